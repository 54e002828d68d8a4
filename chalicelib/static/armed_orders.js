// The account's orders that wait for a price, all of them, and how far each is from the market.

import { call } from "./api.js";
import { compare } from "./decimal.js";

/** As many as the API lists at once. */
const AT_ONCE = 100;
const PRICED_EVERY_MS = 8_000;

export class ArmedOrders {
  #orders = [];
  #hasMore = false;
  #isKnown = false;
  #quotes = new Map();
  #pricedAt = 0;
  #reading = null;
  #isWantedAgain = false;
  #onChange;
  #onGone;

  /** `onChange` hears {orders, hasMore, quoteOf} when they are read; `onGone` the ids of those that wait no more. */
  constructor({ onChange, onGone }) {
    this.#onChange = onChange;
    this.#onGone = onGone;
  }

  /** Learn from the newest orders whether there are any to read. */
  async hear(newest) {
    const isConcerned = this.#orders.length || newest.some(({ status }) => status === "armed");
    if (isConcerned || !this.#isKnown) await this.refresh();
  }

  /** Read them all. What is asked for meanwhile is read after that. */
  async refresh() {
    this.#isWantedAgain = Boolean(this.#reading);
    this.#reading ??= this.#read();
    await this.#reading;
  }

  async #read() {
    const page = await call("GET", `api/orders?status=armed&limit=${AT_ONCE}`).catch(() => null);
    if (page) this.#take(page); // else what is shown stays, and is read again soon
    this.#reading = null;
    if (this.#isWantedAgain) await this.refresh();
  }

  #take({ orders, nextCursor }) {
    const listed = new Set(orders.map(({ orderId }) => orderId));
    const gone = this.#orders.map(({ orderId }) => orderId).filter((orderId) => !listed.has(orderId));
    this.#orders = orders;
    this.#hasMore = Boolean(nextCursor);
    this.#isKnown = true;
    this.#tell();
    this.#price();
    if (gone.length) this.#onGone(gone);
  }

  /** Ask for a quote of each direction: of the smallest order, which moves the price least. */
  async #price() {
    const smallest = new Map();
    for (const order of this.#orders) {
      const known = smallest.get(direction(order));
      if (!known || compare(order.amount, known.amount) < 0) smallest.set(direction(order), order);
    }
    const isNew = [...smallest.keys()].some((name) => !this.#quotes.has(name));
    if (!isNew && Date.now() < this.#pricedAt + PRICED_EVERY_MS) return;
    this.#pricedAt = Date.now();
    const asked = [...smallest].map(async ([name, { tokenIn, tokenOut, amount }]) => {
      const body = JSON.stringify({ tokenIn, tokenOut, amount });
      return [name, await call("POST", "api/quotes", { body }).catch(() => null)];
    });
    this.#quotes = new Map(await Promise.all(asked));
    this.#tell();
  }

  #tell() {
    const quoteOf = (order) => this.#quotes.get(direction(order));
    this.#onChange({ orders: this.#orders, hasMore: this.#hasMore, quoteOf });
  }
}

const direction = ({ tokenIn, tokenOut }) => `${tokenIn}>${tokenOut}`;
