// An order's events over a socket: each once, in order and without a gap, whatever becomes of the connection.

import { LastingSocket } from "./socket.js";

export class OrderStream {
  #orderId;
  #last;
  #onEvents;
  #onLink;
  #socket;
  #wasLost = false;
  #live = false;

  /**
   * Follow from the first event above `last`. `address` gives the address of each new socket. `onLink` hears
   * {state: "connecting"}, {state: "waiting", until, failures} and {state: "live", missed}, where `missed` counts
   * what a resumed connection caught up with.
   */
  constructor(orderId, last, { address, onEvents, onLink }) {
    this.#orderId = orderId;
    this.#last = last;
    this.#onEvents = onEvents;
    this.#onLink = onLink;
    this.#socket = new LastingSocket({
      address: async () => `${await address()}&after=${this.#last}`,
      onMessage: (message) => this.#hear(message),
      onLost: (wait) => this.#lose(wait),
    });
    onLink({ state: "connecting" });
  }

  close() {
    this.#socket.close();
  }

  #hear(message) {
    if (message.type === "pong" && message.sequence > this.#last) this.#askForMissing();
    if (message.type === "backfill") this.#take(message.logs);
    if (message.type === "status_update") this.#take([message]);
  }

  #take(events) {
    const fresh = [];
    for (const event of events) {
      if (event.sequence > this.#last + 1) {
        this.#askForMissing();
        break;
      }
      if (event.sequence === this.#last + 1) {
        this.#last = event.sequence;
        fresh.push(event);
      }
    }
    if (!this.#live) this.#onLink({ state: "live", missed: this.#wasLost ? fresh.length : null });
    this.#live = true;
    this.#wasLost = false;
    if (fresh.length) this.#onEvents(fresh);
  }

  #askForMissing() {
    this.#socket.say({ action: "subscribe", orderId: this.#orderId, after: this.#last });
  }

  #lose(wait) {
    this.#live = false;
    this.#wasLost = true;
    this.#onLink({ state: "waiting", ...wait });
  }
}
