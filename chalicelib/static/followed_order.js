// One order as it stands: read once, then kept up to date by its stream.

import { call, persist } from "./api.js";
import { OrderStream } from "./stream.js";
import { FINAL } from "./wording.js";

const BRINGS_ROUTE_OR_FILL = ["building", ...FINAL];

/** What the stream tells; the rest of an order comes only by reading it. */
const told = ({ status, sequence, attempt, txHash, error, logs }) => ({
  status,
  sequence,
  attempt,
  txHash,
  error,
  logs,
});

export class FollowedOrder {
  record = null;
  link = { state: "reading" };
  problem = null;
  #onChange;
  #stream = null;
  #abandoned = new AbortController();
  #arrivals = new Map();

  /** `onChange` hears what happened: {events}, {link} or {problem}, of which all may be null. */
  constructor(orderId, onChange) {
    this.orderId = orderId;
    this.#onChange = onChange;
  }

  async follow() {
    await this.#read();
    if (this.#abandoned.signal.aborted) return;
    if (!this.record) {
      this.#relink({ state: "unread" });
    } else if (FINAL.includes(this.record.status)) {
      this.#relink({ state: "final" });
    } else {
      this.#openStream();
    }
  }

  #openStream() {
    this.#stream = new OrderStream(this.orderId, this.record.sequence, {
      address: () => this.#address(),
      onEvents: (events) => this.#absorb(events),
      onLink: (link) => this.#relink(link),
    });
  }

  /** A ticket opens one socket, also where no keys are asked for: it tells that this page is the API's own. */
  async #address() {
    const body = JSON.stringify({ orderId: this.orderId });
    return (await call("POST", "api/stream-tickets", { body })).streamUrl;
  }

  abandon() {
    this.#abandoned.abort();
    this.#stream?.close();
  }

  async cancel() {
    const cancelled = await this.#asking(() => call("DELETE", this.#path));
    if (cancelled) await this.#read();
  }

  /** Milliseconds in the present status, by this computer's clock alone where the event came live. */
  get inStatus() {
    const latest = this.record.logs.at(-1);
    return Date.now() - (this.#arrivals.get(latest.sequence) ?? Date.parse(latest.timestamp));
  }

  get #path() {
    return `api/orders/${encodeURIComponent(this.orderId)}`;
  }

  async #read() {
    const record = await this.#asking(() => call("GET", this.#path));
    if (!record) return;
    this.record =
      record.sequence < (this.record?.sequence ?? 0) ? { ...record, ...told(this.record) } : record;
    this.#tell({});
  }

  async #asking(request) {
    const { signal } = this.#abandoned;
    try {
      const answer = await persist(request, {
        signal,
        onWait: ({ error, until }) => this.#complain(error, until),
      });
      if (this.problem) this.#complain(null);
      return answer;
    } catch (error) {
      if (!signal.aborted) this.#complain(error);
      return null;
    }
  }

  #absorb(events) {
    const { record } = this;
    const news = events.filter(({ sequence }) => sequence > record.sequence);
    if (news.length) {
      const logs = [...record.logs, ...news];
      this.record = { ...record, ...told({ txHash: record.txHash, ...news.at(-1), logs }) };
    }
    events.forEach(({ sequence }) => this.#arrivals.set(sequence, Date.now()));
    if (FINAL.includes(events.at(-1).status)) {
      this.#stream.close();
      this.link = { ...this.link, state: "final" };
    }
    this.#tell({ events });
    if (events.some((event) => BRINGS_ROUTE_OR_FILL.includes(event.status))) this.#read();
  }

  #relink(link) {
    this.link = link;
    this.#tell({ link });
  }

  #complain(error, until = null) {
    this.problem = error && { sentence: error.message, until };
    this.#tell({ problem: this.problem });
  }

  #tell({ events = null, link = null, problem = null }) {
    if (!this.#abandoned.signal.aborted) this.#onChange({ events, link, problem });
  }
}
