// A socket that is opened again whenever it is lost, and asked whether it lives when it says nothing.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const FIRST_WORD_WITHIN_MS = 2_000;
const PING_AFTER_MS = 30_000;
const IDLE_PING_AFTER_MS = 300_000;
const ANSWER_WITHIN_MS = 10_000;

export class LastingSocket {
  #address;
  #onMessage;
  #onLost;
  #isIdle;
  #socket = null;
  #attempt = null;
  #timer = 0;
  #failures = 0;
  #heardAt = 0;
  #reopen = () => this.#attempt ?? this.#open();

  /**
   * `address` gives the address of each new socket. `onLost` hears {until, failures}: when it is opened again,
   * and how often it was lost since it last said something. While `isIdle()` pings only keep the socket open.
   */
  constructor({ address, onMessage, onLost, isIdle = () => false }) {
    this.#address = address;
    this.#onMessage = onMessage;
    this.#onLost = onLost;
    this.#isIdle = isIdle;
    window.addEventListener("online", this.#reopen);
    this.#open();
  }

  say(message) {
    this.#socket.send(JSON.stringify(message));
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
    if (url) this.#connect(url);
    else this.#lose();
  }

  #connect(url) {
    this.#heardAt = 0;
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => this.#askAfter(FIRST_WORD_WITHIN_MS);
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = () => this.#lose();
    this.#timer = setTimeout(() => this.#lose(), ANSWER_WITHIN_MS);
  }

  #hear(message) {
    this.#heardAt = Date.now();
    this.#askAfter(PING_AFTER_MS);
    this.#failures = 0;
    this.#onMessage(message);
  }

  /** Ping after a silence; when even that brings nothing, the socket is dead though nobody closed it. */
  #askAfter(silence) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isIdle() && Date.now() - this.#heardAt < IDLE_PING_AFTER_MS) {
        this.#askAfter(PING_AFTER_MS);
        return;
      }
      this.say({ action: "ping" });
      this.#timer = setTimeout(() => this.#lose(), ANSWER_WITHIN_MS);
    }, silence);
  }

  #lose() {
    this.#drop();
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS) * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#onLost({ until: Date.now() + wait, failures: this.#failures });
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
