// The form's fields: what a person typed as the API wants it, what is wrong with it, and what can be chosen.

import { apiKey } from "./key.js";
import { compare, fraction, percentOfBps } from "./decimal.js";
import { byId, h, write } from "./dom.js";
import { PricedFields } from "./priced_fields.js";
import { typedNumber, unreadable } from "./typed.js";

const LABELS = {
  tokenIn: "Sell",
  tokenOut: "Buy",
  amount: "Amount",
  price: "The price",
  stopLimit: "The worst price",
  until: "The end",
  slippage: "Slippage",
};
/** The fields at which refusals without a field are told, by their codes. */
const TOLD_AT = { TRIGGER_ALREADY_MET: "price", TRIGGER_IMPLAUSIBLE: "price", TRIGGER_BELOW_FLOOR: "stopLimit" };
/** What an order has besides. */
const OTHERS = { validForSeconds: "Valid for", minimumAmountOut: "The minimum of the quote" };
const HIGHEST_PERCENT = "50";

export class Fields {
  #form;
  #priced;
  #decimals = {};
  /** Which tokens each can be sold for; empty until it is known. */
  #buyable = new Map();
  #sold = "";
  #bought = "";

  constructor(form) {
    this.#form = form;
    this.#priced = new PricedFields(form);
    this.#priced.pair(form.tokenIn.value, form.tokenOut.value);
    this.#restore(history.state?.form);
    this.#sold = form.tokenIn.value;
    this.#bought = form.tokenOut.value;
    this.#priced.pair(this.#sold, this.#bought);
    this.#priced.show();
    for (const button of form.querySelectorAll("[data-percent]"))
      button.addEventListener("click", () => {
        form.slippage.value = button.dataset.percent;
        form.slippage.dispatchEvent(new Event("input", { bubbles: true }));
      });
  }

  /** Offer what can be traded. */
  offer(tokens, pairs) {
    this.#decimals = Object.fromEntries(tokens.map(({ symbol, decimals }) => [symbol, decimals]));
    // The account of a key may have a list of tokens of its own.
    const offered = pairs.filter(({ allowed }) => allowed || apiKey());
    this.#buyable = new Map();
    for (const [one, other] of offered.flatMap((pair) => [pair.tokens, pair.tokens.toReversed()]))
      this.#buyable.set(one, [...(this.#buyable.get(one) ?? []), other]);
    const sold = tokens.map(({ symbol }) => symbol).filter((symbol) => this.#buyable.has(symbol));
    offerIn(this.#form.tokenIn, sold);
    this.#offerBought();
  }

  /** Keep the two tokens a pair that trades after one of them was chosen: the same one twice turns them. */
  pair() {
    const { tokenIn, tokenOut } = this.#form;
    if (tokenIn.value === tokenOut.value) {
      if (tokenIn.value === this.#sold) this.#turn(this.#bought, tokenIn.value);
      else this.#turn(tokenIn.value, this.#sold);
    }
    this.#offerBought();
  }

  turn() {
    this.#turn(this.#form.tokenOut.value, this.#form.tokenIn.value);
    this.#offerBought();
  }

  /** Fill in the terms of an order. */
  fill({ tokenIn, tokenOut, amount, slippageBps }) {
    this.#restore({ type: "market", tokenIn, tokenOut, amount, slippage: percentOfBps(slippageBps) });
    this.#offerBought();
    this.#priced.show();
  }

  /** Keep what is typed past a reload, with the address that is shown. */
  remember() {
    const named = [...this.#form.elements].filter(({ name }) => name);
    const form = Object.fromEntries(named.map(({ name, value }) => [name, value]));
    history.replaceState({ form }, "");
  }

  /** What the person asks for; null when something can't be read, which is told beside it then. */
  read() {
    const { amount, slippage } = this.#form;
    if (this.refuse(this.#errors()).length) return null;
    amount.value = typedNumber(amount.value);
    slippage.value = typedNumber(slippage.value);
    return this.#terms();
  }

  /** The same of an order with a price, without a word about what can't be read yet. */
  peek() {
    const isReadable = this.#priced.isPriced && Object.values(this.#errors()).every((error) => !error);
    return isReadable ? this.#terms() : null;
  }

  #errors() {
    const { tokenIn, amount, slippage } = this.#form;
    return {
      amount: this.#amountError(amount.value, tokenIn.value),
      ...this.#priced.errors(),
      slippage: slippageError(slippage.value),
    };
  }

  #terms() {
    const { tokenIn, tokenOut, amount, slippage } = this.#form;
    return {
      tokenIn: tokenIn.value,
      tokenOut: tokenOut.value,
      amount: typedNumber(amount.value),
      slippage: fraction(typedNumber(slippage.value)),
      ...this.#priced.terms(),
    };
  }

  get percent() {
    return typedNumber(this.#form.slippage.value);
  }

  get validForSeconds() {
    return Number(this.#form.validFor.value);
  }

  /** Tell what is wrong, beside each field, and go to the first one. Return what was told. */
  refuse(errors, { focus = true } = {}) {
    const refused = Object.keys(LABELS).filter((name) => {
      write(byId(`${name}-error`), errors[name] ?? "");
      this.#form[name].setAttribute("aria-invalid", Boolean(errors[name]));
      return errors[name];
    });
    if (refused.length && focus) this.#form[refused[0]].focus();
    return refused.map((name) => errors[name]);
  }

  /** The API's own sentences about fields, by their names; and those about others. */
  worded(refusal) {
    const at = TOLD_AT[refusal?.code];
    if (at) return [{ [at]: refusal.message }, []];
    const errors = refusal?.errors ?? [];
    const told = errors.map(({ pointer, detail }) => [this.#priced.named(String(pointer).slice(1)), detail]);
    const ours = told.filter(([name]) => name in LABELS);
    const others = told.filter(([name]) => !(name in LABELS));
    return [
      Object.fromEntries(ours.map(([name, detail]) => [name, `${LABELS[name]} ${detail}.`])),
      others.map(([name, detail]) => `${OTHERS[name] ?? "The order"} ${detail}.`),
    ];
  }

  #amountError(text, symbol) {
    const number = typedNumber(text);
    if (number === null) return unreadable(text, "Enter an amount, like 1.5.");
    if (compare(number, "0") === 0) return "Enter an amount above zero.";
    const most = this.#decimals[symbol];
    const places = number.replace(/0+$/, "").split(".")[1]?.length ?? 0;
    return places > most ? `${symbol} has at most ${most} places after the point.` : "";
  }

  #turn(sold, bought) {
    const { tokenIn, tokenOut } = this.#form;
    choose(tokenIn, sold);
    choose(tokenOut, bought);
  }

  /** Offer what the sold token can be sold for, and itself: to choose it turns the pair. */
  #offerBought() {
    const { tokenIn, tokenOut } = this.#form;
    const buyable = this.#buyable.get(tokenIn.value);
    if (buyable) {
      const chosen = buyable.includes(tokenOut.value) ? tokenOut.value : buyable.find((s) => s === this.#sold);
      offerIn(tokenOut, [...buyable, tokenIn.value]);
      tokenOut.value = chosen ?? buyable[0];
    }
    this.#sold = tokenIn.value;
    this.#bought = tokenOut.value;
    this.#priced.pair(this.#sold, this.#bought);
  }

  #restore(form) {
    if (!form) return;
    for (const [name, value] of Object.entries(form)) choose(this.#form[name], value);
  }
}

function slippageError(text) {
  const number = typedNumber(text);
  if (number === null) return unreadable(text, "Enter a percentage, like 0.5.");
  return compare(number, HIGHEST_PERCENT) > 0 ? `Slippage may be at most ${HIGHEST_PERCENT} %.` : "";
}

function offerIn(select, symbols) {
  const { value } = select;
  select.replaceChildren(...symbols.map((symbol) => h("option", {}, symbol)));
  select.value = symbols.includes(value) ? value : symbols[0];
}

/** Put a value into a field, also one that a list doesn't offer yet. */
function choose(field, value) {
  const isOffered = !field.options || [...field.options].some((option) => option.value === value);
  if (!isOffered) field.append(h("option", {}, value));
  field.value = value;
}
