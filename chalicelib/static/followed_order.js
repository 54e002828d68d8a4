// One order as it stands: read once, then kept up to date by its stream.

import { call, persist } from "./api.js";
import { engineNow } from "./clock.js";
import { OrderStream } from "./stream.js";
import { FINAL } from "./wording.js";

const READ_EVERY_MS = 3_000;
/** What was told so long ago may not be true any more. */
const KNOWN_FOR_MS = 8_000;
const BRINGS_MORE = ["armed", "building", ...FINAL];

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
  #timer = 0;
  #toldAt = null;
  #isCancelling = false;

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

  /** Read it now and then for as long as no socket tells of it. */
  async #readMeanwhile() {
    if (this.link.state !== "live" && !document.hidden) await this.#readQuietly();
  }

  #openStream() {
    this.#timer = setInterval(() => this.#readMeanwhile(), READ_EVERY_MS);
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
    this.#leave();
  }

  #leave() {
    clearInterval(this.#timer);
    this.#stream?.close();
  }

  async cancel() {
    if (this.#isCancelling) return;
    this.#isCancelling = true;
    const cancelled = await this.#asking(() => call("DELETE", this.#path));
    this.#isCancelling = false;
    if (cancelled) await this.#read();
  }

  /** When it was last known to stand so (ms of the engine's time), where that is a while ago; else null. */
  get asOf() {
    const isKnown = ["live", "final"].includes(this.link.state) || engineNow() - this.#toldAt < KNOWN_FOR_MS;
    return isKnown ? null : this.#toldAt;
  }

  /** Milliseconds in the present status; they stop where nobody knows any more. */
  get inStatus() {
    return (this.asOf ?? engineNow()) - Date.parse(this.record.logs.at(-1).timestamp);
  }

  get #path() {
    return `api/orders/${encodeURIComponent(this.orderId)}`;
  }

  async #read() {
    const record = await this.#asking(() => call("GET", this.#path), { tries: Infinity });
    if (record) this.#adopt(record);
  }

  async #readQuietly() {
    const record = await call("GET", this.#path).catch(() => null);
    if (!record || this.#abandoned.signal.aborted || this.link.state === "final") return;
    this.#adopt(record);
  }

  /** Take what was read; what the stream told since stays. */
  #adopt(record) {
    const known = this.record?.sequence ?? record.sequence;
    this.#toldAt = engineNow();
    this.record = record.sequence < known ? { ...record, ...told(this.record) } : record;
    const events = record.logs.filter(({ sequence }) => sequence > known);
    if (!events.length) return this.#tell({});
    if (this.link.state === "waiting") this.link.read = (this.link.read ?? 0) + events.length;
    this.#endWith(events);
    this.#tell({ events });
  }

  async #asking(request, { tries } = {}) {
    const { signal } = this.#abandoned;
    try {
      const answer = await persist(request, {
        signal,
        tries,
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
    this.#endWith(events);
    this.#tell({ events });
    if (events.some(({ status, change }) => change || BRINGS_MORE.includes(status))) this.#read();
  }

  #endWith(events) {
    if (!FINAL.includes(events.at(-1).status)) return;
    this.#leave();
    this.link = { ...this.link, state: "final" };
  }

  #relink(link) {
    if (this.link.state === "live") this.#toldAt = engineNow();
    this.link = { ...link, read: this.link.read };
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
