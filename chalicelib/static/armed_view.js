// The orders that wait for their price, in a table: each is amended and cancelled in its row.

import { AmendForm } from "./amend_form.js";
import { call, persist } from "./api.js";
import { announce, byId, h, write } from "./dom.js";
import { distanceBps, distanceText, priceOf } from "./prices.js";
import { reason } from "./refusals.js";
import { capital, clockTime, priceText, swap, times } from "./wording.js";

const TYPES = { limit: "Limit", stop: "Stop", takeProfit: "Take profit" };

export class ArmedView {
  #orders = [];
  #quoteOf = () => null;
  #cancelling = new Set();
  #form;
  #onAct;

  /** `onAct` hears that an order was amended or cancelled here, or could not be. */
  constructor(onAct) {
    this.#form = new AmendForm({
      onAmended: (order) => this.#amended(order),
      onRefused: (order, sentence) => {
        this.#tell(`${swap(order)}: ${sentence}`);
        this.#onAct();
      },
      onClose: (orderId, wasFocused) => wasFocused && this.#button(orderId, "amend")?.focus(),
    });
    this.#onAct = onAct;
    byId("armed-orders").addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-act]");
      const orderId = button?.closest("tr").dataset.armedId;
      if (button?.dataset.act === "cancel") this.#cancel(orderId);
      if (button?.dataset.act !== "amend") return;
      this.#tell("");
      this.#form.open(this.#order(orderId), button.closest("tr"));
    });
  }

  /** Show these orders; `quoteOf` gives the quote by which an order's distance is told, if there is one. */
  show({ orders, hasMore, quoteOf }) {
    this.#orders = orders;
    this.#quoteOf = quoteOf;
    byId("armed").hidden = !orders.length && !byId("armed-problem").textContent;
    write(byId("armed-count"), hasMore ? `the newest ${orders.length}` : String(orders.length));
    this.#draw();
  }

  /** Draw only what has changed, so that nobody is thrown out of what he types or stands on. */
  #draw() {
    const listed = new Set(this.#orders.map(({ orderId }) => orderId));
    for (const row of byId("armed-orders").querySelectorAll("[data-armed-id]")) {
      if (!listed.has(row.dataset.armedId)) this.#remove(row);
    }
    let next = null;
    for (const order of this.#orders.toReversed()) next = this.#drawRow(order, next);
  }

  /** Return the row of this order, above `next` if it is a new one. */
  #drawRow(order, next) {
    const distance = this.#distance(order);
    const shown = JSON.stringify([order.sequence, distance]);
    const known = this.#row(order.orderId);
    if (known?.dataset.shown === shown) return known;
    const row = orderRow(order, distance);
    row.dataset.shown = shown;
    const act = known?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    if (known) known.replaceWith(row);
    else byId("armed-orders").insertBefore(row, next);
    row.querySelector('[data-act="cancel"]').setAttribute("aria-disabled", this.#cancelling.has(order.orderId));
    if (act !== null) (this.#button(order.orderId, act) ?? row.querySelector("a")).focus();
    return row;
  }

  #remove(row) {
    const wasFocused = row.contains(document.activeElement) || this.#form.forget(row.dataset.armedId);
    row.remove();
    if (wasFocused) byId("armed-heading").focus();
  }

  #distance(order) {
    const quote = this.#quoteOf(order);
    return quote ? distanceText(distanceBps(priceOf(order), order, quote)) : "";
  }

  #order(orderId) {
    return this.#orders.find((order) => order.orderId === orderId);
  }

  #row(orderId) {
    return byId("armed-orders").querySelector(`[data-armed-id="${orderId}"]`);
  }

  #button(orderId, act) {
    return this.#row(orderId)?.querySelector(`[data-act="${act}"]`);
  }

  #amended(order) {
    this.#orders = this.#orders.map((shown) => (shown.orderId === order.orderId ? order : shown));
    this.#draw();
    this.#onAct();
  }

  async #cancel(orderId) {
    if (this.#cancelling.has(orderId)) return;
    const named = swap(this.#order(orderId));
    this.#cancelling.add(orderId);
    this.#button(orderId, "cancel").setAttribute("aria-disabled", true);
    this.#tell("");
    const ask = () => call("DELETE", `api/orders/${encodeURIComponent(orderId)}`);
    try {
      await persist(ask, { onWait: ({ error }) => this.#tell(`${named}: ${error.message}`) });
      this.#tell("");
    } catch (error) {
      this.#tell(`${named}: ${error.message}`);
    }
    await this.#onAct();
    this.#cancelling.delete(orderId);
    this.#button(orderId, "cancel")?.setAttribute("aria-disabled", false);
  }

  #tell(sentence) {
    write(byId("armed-problem"), sentence);
    if (sentence) announce(sentence);
  }
}

function orderRow(order, distance) {
  const named = `${swap(order)}, ${TYPES[order.type] ?? order.type} at ${priceText(priceOf(order), order)}`;
  const limit = order.trigger && order.limitPrice ? `Limit ${priceText(order.limitPrice, order)}` : null;
  const button = (act, name) => {
    const attributes = { type: "button", class: "quiet", "data-act": act, "aria-label": `${name} ${named}` };
    return h("button", attributes, name);
  };
  const again = order.lastReturn ? h("small", {}, reason(order.lastReturn)) : null;
  return h(
    "tr",
    { "data-armed-id": order.orderId },
    h("th", { scope: "row" }, h("a", { href: `#order=${order.orderId}` }, swap(order))),
    h(
      "td",
      { "data-name": "Price" },
      `${TYPES[order.type] ?? capital(order.type)} ${priceText(priceOf(order), order)}`,
      limit && h("small", {}, limit),
    ),
    h("td", { "data-name": "Distance" }, distance || "\u2013"),
    h("td", { "data-name": "Good till" }, h("time", { datetime: order.goodTill }, clockTime(order.goodTill))),
    h("td", { "data-name": "Fired" }, times(order.firings), again),
    h("td", { class: "acts" }, button("amend", "Amend"), button("cancel", "Cancel")),
  );
}
