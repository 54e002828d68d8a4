// The account's orders, newest first: filtered, a page at a time.

import { PAGE } from "./account.js";
import { call, persist } from "./api.js";
import { grouped, significant } from "./decimal.js";
import { announce, byId, h, write } from "./dom.js";
import { CANCELLABLE, capital, clockTime, duration, swap, timeTaken, timeZone, tokens } from "./wording.js";

/** A place in the list: the filter, and the cursors of the pages up to the one that is shown. */
const START = { filter: "", cursors: [null] };

export class HistoryView {
  #place = START;
  #next = null;
  #turning = null;
  /** Pages that are still to be turned; below zero towards the newest. */
  #turns = 0;
  #orders = [];
  #shown = "";
  #followed = "";
  #asked = 0;
  #answered = 0;
  #cancelling = new Set();
  #onCancelled;

  /** `onCancelled` hears that an order was cancelled here, or could not be. */
  constructor(onCancelled) {
    this.#onCancelled = onCancelled;
    byId("filter").addEventListener("change", ({ target }) => {
      this.#turns = 0;
      this.#turnTo({ filter: target.value, cursors: [null] });
    });
    byId("older").addEventListener("click", () => this.#turn(1));
    byId("newer").addEventListener("click", () => this.#turn(-1));
    byId("orders").addEventListener("click", ({ target }) => {
      const row = target.closest("tr");
      if (target.closest("button")) this.#cancel(row.dataset.orderId);
      // The whole row opens its order, where a finger easily misses the link.
      else if (!target.closest("a")) row?.querySelector("a").click();
    });
    write(byId("zone"), `Times in ${timeZone()}`);
  }

  /** Whether it shows the newest of all orders. */
  get isNewest() {
    return !this.#turning && !this.#place.filter && this.#place.cursors.length === 1;
  }

  /** Mark this order's row. */
  mark(orderId) {
    this.#followed = orderId;
    for (const row of byId("orders").rows) {
      row.querySelector("a").setAttribute("aria-current", row.dataset.orderId === orderId);
    }
  }

  /** Read the page that is shown. */
  async refresh() {
    await this.#read(this.#place);
  }

  /** The newest page, or the error instead of it, as another part has read it. */
  hear({ page, error }) {
    if (!this.isNewest) return;
    if (page) this.#show(page, START);
    else write(byId("history-note"), error.message);
  }

  /** Show how an order stands, if it is newer than what its row shows. */
  update(order) {
    this.#draw(this.#orders.map((shown) => (shown.orderId === order.orderId ? newerOf(shown, order) : shown)));
  }

  /** Turn pages, one at a time: the page after this one is known only when this one is. */
  #turn(pages) {
    this.#turns += pages;
    if (!this.#turns || this.#turning) return;
    const { cursors } = this.#place;
    const [back, on] = [cursors.slice(0, -1), this.#next ? [...cursors, this.#next] : []];
    const turned = this.#turns > 0 ? on : back;
    this.#turns -= Math.sign(this.#turns);
    if (turned.length) this.#turnTo({ ...this.#place, cursors: turned });
    else this.#turns = 0;
  }

  /** Show another page, or stay where it is when that can't be read. */
  async #turnTo(place) {
    this.#turning = place;
    await this.#read(place);
    if (this.#turning !== place) return; // another one was chosen since
    this.#turning = null;
    byId("filter").value = this.#place.filter;
    if (this.#place !== place) this.#turns = 0;
    this.#turn(0); // what was asked for meanwhile
  }

  async #read(place) {
    const query = new URLSearchParams({ limit: PAGE });
    if (place.filter) query.set("status", place.filter);
    if (place.cursors.at(-1)) query.set("cursor", place.cursors.at(-1));
    const asked = ++this.#asked;
    const isWanted = () => asked > this.#answered && place === (this.#turning ?? this.#place);
    try {
      const page = await call("GET", `api/orders?${query}`);
      if (!isWanted()) return;
      this.#answered = asked;
      this.#show(page, place);
    } catch (error) {
      if (isWanted()) write(byId("history-note"), error.message);
    }
  }

  /** Cancel an order; whether its row still offers that is told by the list. */
  async #cancel(orderId) {
    if (this.#cancelling.has(orderId)) return;
    const order = this.#orders.find((shown) => shown.orderId === orderId);
    this.#tellCancel("");
    this.#markCancelling(orderId, true);
    const ask = () => call("DELETE", `api/orders/${encodeURIComponent(orderId)}`);
    try {
      await persist(ask, { onWait: ({ error }) => this.#tellCancel(`${swap(order)}: ${error.message}`) });
      this.#tellCancel("");
    } catch (error) {
      this.#tellCancel(`${swap(order)}: ${error.message}`);
    }
    await this.#onCancelled();
    this.#markCancelling(orderId, false);
  }

  #tellCancel(sentence) {
    write(byId("history-problem"), sentence);
    if (sentence) announce(sentence);
  }

  #markCancelling(orderId, isCancelling) {
    if (isCancelling) this.#cancelling.add(orderId);
    else this.#cancelling.delete(orderId);
    const button = byId("orders").querySelector(`[data-order-id="${orderId}"] button`);
    button?.setAttribute("aria-disabled", isCancelling);
  }

  #show({ orders, nextCursor, unreadable = [] }, place) {
    this.#place = place;
    this.#next = nextCursor;
    write(byId("history-note"), orders.length || unreadable.length ? "" : "No orders here yet.");
    write(byId("unreadable"), unread(unreadable));
    byId("history-table").hidden = !orders.length;
    byId("pages").hidden = !nextCursor && place.cursors.length === 1;
    byId("older").setAttribute("aria-disabled", !nextCursor);
    byId("newer").setAttribute("aria-disabled", place.cursors.length === 1);
    write(byId("page"), `Page ${place.cursors.length}`);
    const known = new Map(this.#orders.map((order) => [order.orderId, order]));
    this.#draw(orders.map((order) => newerOf(known.get(order.orderId), order)));
  }

  #draw(orders) {
    this.#orders = orders;
    const shown = JSON.stringify(orders.map(({ orderId, sequence }) => [orderId, sequence]));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement.closest("#orders tr")?.dataset.orderId;
    const wasButton = document.activeElement.matches("#orders button");
    byId("orders").replaceChildren(...orders.map(orderRow));
    this.mark(this.#followed);
    for (const orderId of this.#cancelling) this.#markCancelling(orderId, true);
    if (!focused) return;
    const [link, button] = byId("orders").querySelectorAll(`[data-order-id="${focused}"] :is(a, button)`);
    ((wasButton && button) || link)?.focus();
  }
}

/** The same order as it stands later: an answer may come late, and a list may lag behind. */
const newerOf = (known, read) => (known && known.sequence > read.sequence ? known : read);

/** Say which orders are there and can't be shown. */
function unread(orderIds) {
  if (!orderIds.length) return "";
  const [count, them] = orderIds.length === 1 ? ["1 order", "it"] : [`${orderIds.length} orders`, "them"];
  const named = orderIds.map((orderId) => orderId.slice(0, 8)).join(", ");
  return `${count} can't be shown, because a newer release of the engine wrote ${them} or something damaged ${them}: ${named}.`;
}

function orderRow(order) {
  const { fill } = order;
  const received = fill ? h("small", {}, tokens(fill.amountOut, order.tokenOut)) : null;
  const venue = fill ? h("small", {}, capital(fill.dex)) : null;
  const milliseconds = timeTaken(order);
  const took = milliseconds === null ? null : h("small", {}, duration(milliseconds));
  const cancel = CANCELLABLE.includes(order.status) ? cancelButton(order) : null;
  const link = h("a", { href: `#order=${order.orderId}` }, order.orderId.slice(0, 8));
  const price = fill ? grouped(significant(fill.executedPrice, 7)) : null;
  const at = h("time", { datetime: order.acceptedAt, title: order.acceptedAt }, clockTime(order.acceptedAt));
  return h(
    "tr",
    { "data-order-id": order.orderId },
    h("th", { scope: "row" }, link, h("small", {}, at)),
    h("td", {}, swap(order), received, price && h("small", { class: "narrow" }, `at ${price}`)),
    h("td", {}, h("span", { class: `status ${order.status}` }, capital(order.status)), took, cancel),
    h("td", { class: "wide figure" }, price, venue),
  );
}

const cancelButton = (order) =>
  h("button", { type: "button", class: "quiet", "aria-label": `Cancel ${swap(order)}` }, "Cancel");
