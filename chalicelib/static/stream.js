// An order's events over a socket: each once, in order and without a gap, whatever becomes of the connection.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const BACKFILL_WITHIN_MS = 2_000;
const PING_AFTER_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;

export class OrderStream {
  #orderId;
  #address;
  #last;
  #onEvents;
  #onLink;
  #socket = null;
  #attempt = null;
  #timer = 0;
  #failures = 0;
  #live = false;
  #reopen = () => this.#attempt ?? this.#open();

  /**
   * Follow from the first event above `last`. `address` gives the address of each new socket. `onLink` hears {state: "connecting"}, {state: "waiting", until,
   * failures} and {state: "live", missed}, where `missed` counts what a resumed connection caught up with.
   */
  constructor(orderId, last, { address, onEvents, onLink }) {
    this.#orderId = orderId;
    this.#address = address;
    this.#last = last;
    this.#onEvents = onEvents;
    this.#onLink = onLink;
    window.addEventListener("online", this.#reopen);
    this.#open();
    onLink({ state: "connecting" });
  }

  close() {
    window.removeEventListener("online", this.#reopen);
    this.#drop();
  }

  async #open() {
    clearTimeout(this.#timer);
    const attempt = (this.#attempt = {});
    const url = await this.#address().catch(() => null);
    if (attempt !== this.#attempt) return; // dropped meanwhile
    if (url) this.#connect(`${url}&after=${this.#last}`);
    else this.#lose();
  }

  #connect(url) {
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => this.#askAfter(BACKFILL_WITHIN_MS);
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = () => this.#lose();
    this.#timer = setTimeout(() => this.#lose(), ANSWER_WITHIN_MS);
  }

  #hear(message) {
    this.#askAfter(PING_AFTER_MS);
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
    if (!this.#live) this.#onLink({ state: "live", missed: this.#failures ? fresh.length : null });
    this.#live = true;
    this.#failures = 0;
    if (fresh.length) this.#onEvents(fresh);
  }

  #askForMissing() {
    this.#say({ action: "subscribe", orderId: this.#orderId, after: this.#last });
  }

  /** Ping after a silence; when even that brings nothing, the socket is dead though nobody closed it. */
  #askAfter(silence) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#say({ action: "ping" });
      this.#timer = setTimeout(() => this.#lose(), ANSWER_WITHIN_MS);
    }, silence);
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #lose() {
    this.#drop();
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS) * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.#live = false;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#onLink({ state: "waiting", until: Date.now() + wait, failures: this.#failures });
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#attempt = null;
    if (this.#socket) {
      this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close();
      this.#socket = null;
    }
  }
}
