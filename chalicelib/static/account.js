// All of the account's orders: a socket tells that something happened, the list tells what. Where no socket can
// be opened the list is read all the same, only later.

import { call } from "./api.js";
import { LastingSocket } from "./socket.js";
import { FINAL } from "./wording.js";

/** Orders on a page of the list; the newest page is the list's first. */
export const PAGE = 10;
/** At most so many orders are read by themselves at once: those that are no longer among the newest. */
const READ_AT_ONCE = 5;
const SOON_MS = 1_000;

export class Account {
  #onNewest;
  #onEnd;
  #open = new Set();
  /** Orders that wait for their price, maybe for weeks: they aren't read until something happens to them. */
  #armed = new Set();
  #over = new Set();
  #ended = new Set();
  #since = null;
  #reading = null;
  #again = false;
  #timer = 0;

  /** `onNewest` hears each newest page that was read, or the error; `onEnd` each order that ended meanwhile. */
  constructor({ onNewest, onEnd }) {
    this.#onNewest = onNewest;
    this.#onEnd = onEnd;
  }

  /** Hear of what happens over a socket of its own. */
  listen() {
    new LastingSocket({
      address: async () => (await call("POST", "api/stream-tickets", { body: "{}" })).streamUrl,
      onMessage: (message) => message.orderId && this.#hear(message),
      onLost: () => {},
      isIdle: () => this.#open.size === 0,
    });
  }

  /** Read the newest orders. What is asked for meanwhile is read after that: no answer overtakes another. */
  async refresh() {
    this.#again = Boolean(this.#reading);
    this.#reading ??= this.#read();
    await this.#reading;
  }

  /** These don't wait any more, so that they are read. */
  async look(orderIds) {
    for (const orderId of orderIds) this.#armed.delete(orderId);
    if (orderIds.some((orderId) => this.#open.has(orderId))) await this.refresh();
  }

  async #read() {
    try {
      const page = await call("GET", `api/orders?limit=${PAGE}`);
      page.orders.toReversed().forEach((order) => this.#see(order));
      this.#since = page.orders[0]?.acceptedAt ?? "";
      this.#onNewest({ page });
      await this.#readOthers(page.orders);
    } catch (error) {
      this.#onNewest({ error });
    } finally {
      this.#reading = null;
    }
    if (this.#again) await this.refresh();
  }

  /** Open orders that fell off the newest page may have ended all the same, and the list may lag behind. */
  async #readOthers(listed) {
    const known = new Set(listed.map(({ orderId }) => orderId));
    const others = [...this.#open].filter(
      (orderId) => this.#over.has(orderId) || !(known.has(orderId) || this.#armed.has(orderId)),
    );
    for (const orderId of others.slice(0, READ_AT_ONCE)) {
      this.#open.delete(orderId);
      const path = `api/orders/${encodeURIComponent(orderId)}`;
      const order = await call("GET", path).catch(({ status }) => ({ status }));
      if (order.orderId) this.#see(order);
      else if (order.status !== 404) this.#open.add(orderId); // asked for again when the others were
    }
  }

  #see(order) {
    const { orderId, status, acceptedAt } = order;
    if (status === "armed") this.#armed.add(orderId);
    else this.#armed.delete(orderId);
    if (!FINAL.includes(status)) {
      this.#open.add(orderId);
      return;
    }
    const isNews = this.#open.delete(orderId) || (this.#since !== null && acceptedAt > this.#since);
    if (isNews && !this.#ended.has(orderId)) this.#onEnd(order);
    this.#ended.add(orderId);
  }

  #hear({ orderId, status }) {
    if (this.#ended.has(orderId)) return;
    this.#open.add(orderId);
    if (status !== "armed") this.#armed.delete(orderId);
    if (FINAL.includes(status)) this.#over.add(orderId);
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.refresh();
    }, SOON_MS);
  }
}
