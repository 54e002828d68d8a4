// The form's fields of orders that name a price: only those of the chosen type are shown and read.

import { byId, h, write } from "./dom.js";
import { typedTime } from "./times.js";
import { typedNumber, unreadable } from "./typed.js";
import { timeZone } from "./wording.js";

const PRICE = { limit: "Limit price", stop: "Trigger price", takeProfit: "Trigger price" };
/** What becomes of an order whose price is there already, unless a person chooses: a limit can't trade worse. */
const IF_MET = { limit: "fire", stop: "refuse", takeProfit: "refuse" };
const ENTER = "Enter a price, like 130.5.";

export class PricedFields {
  #form;

  constructor(form) {
    this.#form = form;
    form.type.addEventListener("input", () => {
      form.ifMet.value = IF_MET[this.type] ?? "refuse";
      if (this.type !== "limit" && form.waits.value === "FOK") form.waits.value = "GTC";
      this.show();
    });
    form.waits.addEventListener("input", () => this.show());
    write(byId("until-label"), `Date and time (${timeZone()})`);
  }

  get type() {
    return this.#form.type.value;
  }

  get isPriced() {
    return this.type in PRICE;
  }

  /** Show the fields of the chosen type. */
  show() {
    const isWaiting = this.#form.waits.value !== "FOK";
    byId("priced").hidden = !this.isPriced;
    write(byId("price-label"), PRICE[this.type] ?? "Price");
    byId("if-met-field").hidden = !isWaiting;
    byId("until-field").hidden = this.#form.waits.value !== "GTD";
    for (const id of ["stop-limit-field", "if-recovered-field"]) byId(id).hidden = this.type !== "stop";
    this.#form.waits.querySelector('[value="FOK"]').hidden = this.type !== "limit";
    write(byId("valid-for-label"), this.isPriced && isWaiting ? "Once it fires, valid for" : "Valid for");
  }

  /** Let a price be in either of these tokens, and at first in the one that is a dollar. */
  pair(sold, bought) {
    const { priceIn } = this.#form;
    const chosen = [sold, bought].includes(priceIn.value) ? priceIn.value : null;
    const dollar = [bought, sold].find((symbol) => symbol.startsWith("USD"));
    priceIn.replaceChildren(
      h("option", { value: bought }, `${bought} for one ${sold}`),
      h("option", { value: sold }, `${sold} for one ${bought}`),
    );
    priceIn.value = chosen ?? dollar ?? bought;
  }

  /** What is wrong with them, by their names. */
  errors() {
    if (!this.isPriced) return {};
    const { price, stopLimit, waits, until } = this.#form;
    const limit = this.type === "stop" && stopLimit.value.trim() ? priceError(stopLimit.value) : "";
    const end = waits.value === "GTD" && !typedTime(until.value) ? "Choose a date and a time." : "";
    return { price: priceError(price.value), stopLimit: limit, until: end };
  }

  /** The terms that only such an order has; none of a market order. */
  terms() {
    if (!this.isPriced) return {};
    const { price, priceIn, stopLimit, waits, until, ifMet, ifRecovered } = this.#form;
    const isStop = this.type === "stop";
    const named = (field) => (field.value = typedNumber(field.value));
    const asked = named(price);
    return {
      type: this.type,
      ...(this.type === "limit" ? { limitPrice: asked } : { trigger: { price: asked } }),
      ...(isStop && stopLimit.value.trim() ? { limitPrice: named(stopLimit) } : {}),
      priceIn: priceIn.value,
      timeInForce: waits.value,
      ...(waits.value === "GTD" ? { expiresAt: typedTime(until.value) } : {}),
      ...(waits.value === "FOK" ? {} : { ifMet: ifMet.value }),
      ...(isStop ? { ifRecovered: ifRecovered.value } : {}),
    };
  }

  /** The field that a name of the API means. */
  named(name) {
    if (name === "limitPrice") return this.type === "stop" ? "stopLimit" : "price";
    return { trigger: "price", "trigger/price": "price", priceIn: "price", expiresAt: "until" }[name] ?? name;
  }
}

function priceError(text) {
  const number = typedNumber(text);
  if (number === null) return unreadable(text, ENTER);
  return /[1-9]/.test(number) ? "" : "Enter a price above zero.";
}
