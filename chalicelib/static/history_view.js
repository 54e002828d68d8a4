// The account's orders, newest first: filtered, a page at a time.

import { call } from "./api.js";
import { grouped, significant } from "./decimal.js";
import { byId, h, write } from "./dom.js";
import { capital, clockTime, duration, swap, timeTaken, tokens } from "./wording.js";

const PAGE = 10;

export class HistoryView {
  #cursors = [null];
  #next = null;
  #shown = "";
  #followed = "";
  #onOrders;

  /** `onOrders` hears each page of orders that was read. */
  constructor(onOrders) {
    this.#onOrders = onOrders;
    byId("filter").addEventListener("change", () => this.#turnTo([null]));
    byId("older").addEventListener("click", () => this.#next && this.#turnTo([...this.#cursors, this.#next]));
    byId("newer").addEventListener(
      "click",
      () => this.#cursors.length > 1 && this.#turnTo(this.#cursors.slice(0, -1)),
    );
  }

  /** Mark this order's row. */
  mark(orderId) {
    this.#followed = orderId;
    for (const row of byId("orders").rows) {
      row.querySelector("a").setAttribute("aria-current", row.dataset.orderId === orderId);
    }
  }

  async refresh() {
    const query = new URLSearchParams({ limit: PAGE });
    if (byId("filter").value) query.set("status", byId("filter").value);
    if (this.#cursors.at(-1)) query.set("cursor", this.#cursors.at(-1));
    const asked = this.#cursors;
    try {
      const { orders, nextCursor } = await call("GET", `api/orders?${query}`);
      if (asked !== this.#cursors) return;
      this.#next = nextCursor;
      this.#show(orders);
      this.#onOrders(orders);
    } catch (error) {
      write(byId("history-note"), error.message);
    }
  }

  async #turnTo(cursors) {
    this.#cursors = cursors;
    await this.refresh();
  }

  #show(orders) {
    write(byId("history-note"), orders.length ? "" : "No orders here yet.");
    byId("history-table").hidden = !orders.length;
    byId("pages").hidden = !this.#next && this.#cursors.length === 1;
    byId("older").setAttribute("aria-disabled", !this.#next);
    byId("newer").setAttribute("aria-disabled", this.#cursors.length === 1);
    write(byId("page"), `Page ${this.#cursors.length}`);
    const shown = JSON.stringify(orders.map(({ orderId, sequence }) => [orderId, sequence]));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement.closest("#orders tr")?.dataset.orderId;
    byId("orders").replaceChildren(...orders.map(orderRow));
    this.mark(this.#followed);
    if (focused) byId("orders").querySelector(`[data-order-id="${focused}"] a`)?.focus();
  }
}

function orderRow(order) {
  const { fill } = order;
  const received = fill ? h("small", {}, tokens(fill.amountOut, order.tokenOut)) : null;
  const venue = fill ? h("small", {}, capital(fill.dex)) : null;
  const milliseconds = timeTaken(order);
  const took = milliseconds === null ? null : h("small", {}, duration(milliseconds));
  const link = h("a", { href: `#order=${order.orderId}` }, order.orderId.slice(0, 8));
  return h(
    "tr",
    { "data-order-id": order.orderId },
    h("th", { scope: "row" }, link, h("small", {}, clockTime(order.acceptedAt))),
    h("td", {}, swap(order), received),
    h("td", {}, h("span", { class: `status ${order.status}` }, capital(order.status)), took),
    h("td", { class: "wide figure" }, ...(fill ? [grouped(significant(fill.executedPrice, 7)), venue] : [])),
  );
}
