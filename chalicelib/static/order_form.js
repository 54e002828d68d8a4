// The order form: quotes before placing, placing safely, and refusals in the API's own words by the fields.

import { call, persist } from "./api.js";
import { grouped, percent } from "./decimal.js";
import { announce, byId, facts, h, write } from "./dom.js";
import { verdict, venueCards } from "./quotes_view.js";
import { clockTime, remaining, tokens } from "./wording.js";

const DECIMAL = /^\d+(\.\d+)?$/;
const LABELS = { tokenIn: "Sell", tokenOut: "Buy", amount: "Amount", slippage: "Slippage" };
const MAYBE_PLACED = "It may have the order all the same. Place it again unchanged: that can't order twice.";
const LOOK_FIRST = "It may have the order all the same: look for it among the recent orders before you place it again.";
/** How long a key is used again: less than the API remembers it, so that no repetition is a second order. */
const KEY_MS = 240_000;

export class OrderForm {
  #form = byId("order-form");
  #onPlaced;
  #unsettled = null;
  #waiting = null;
  #asking = null;

  /** `onPlaced` hears the answer to each order that was accepted. */
  constructor(onPlaced) {
    this.#onPlaced = onPlaced;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#asking) this.#place();
    });
    this.#form.addEventListener("input", () => this.#edited());
    byId("quote").addEventListener("click", () => this.#asking ?? this.#quote());
    byId("turn").addEventListener("click", () => this.#turn());
    byId("stop").addEventListener("click", () => {
      this.#asking?.abort();
      byId("submit").focus();
    });
    this.#edited();
  }

  async loadTokens() {
    let known;
    try {
      ({ tokens: known } = await persist(() => call("GET", "api/tokens")));
    } catch (error) {
      this.#showRefusal(error);
      return;
    }
    for (const select of [this.#form.tokenIn, this.#form.tokenOut]) {
      const chosen = select.value;
      select.replaceChildren(...known.map(({ symbol }) => h("option", {}, symbol)));
      select.value = chosen;
    }
  }

  /** Show the time that passes. */
  tick() {
    if (this.#unsettled && !this.#asking && Date.now() > this.#unsettled.until) {
      if (this.#unsettled.unknown) write(byId("form-error"), LOOK_FIRST);
      this.#unsettled = null;
    }
    if (!this.#waiting) return;
    const { error, until } = this.#waiting;
    write(byId("placing-text"), `${error.message} Asking again in ${remaining(until)}.`);
  }

  #question() {
    const { tokenIn, tokenOut, amount, slippage } = this.#form;
    return {
      tokenIn: tokenIn.value,
      tokenOut: tokenOut.value,
      amount: amount.value.trim(),
      slippage: slippage.value.trim(),
    };
  }

  async #place() {
    const body = JSON.stringify({
      type: "market",
      ...this.#question(),
      validForSeconds: Number(this.#form.validFor.value),
    });
    // What was not settled may have been accepted: the same order goes again under its own key only.
    if (this.#unsettled?.body !== body) {
      const until = Date.now() + KEY_MS;
      this.#unsettled = { body, key: crypto.randomUUID(), until, unknown: false };
    }
    const attempt = this.#unsettled;
    const headers = { "Idempotency-Key": attempt.key };
    const post = async () => {
      try {
        return await call("POST", "api/orders/execute", { body, headers });
      } catch (error) {
        attempt.unknown ||= error.leavesUnknown;
        throw error;
      }
    };
    const { answer, refusal } = await this.#ask("Placing\u2026", post, attempt.until);
    if (!refusal || refusal.settles) this.#unsettled = null;
    else if (attempt.unknown) write(byId("form-error"), `${refusal.message} ${MAYBE_PLACED}`);
    if (!answer) return;
    byId("preview").hidden = true;
    announce("Order accepted.");
    this.#onPlaced(answer);
  }

  async #quote() {
    const question = this.#question();
    const body = JSON.stringify(question);
    const { answer: quote } = await this.#ask("Quoting\u2026", () => call("POST", "api/quotes", { body }));
    if (!quote || body !== JSON.stringify(this.#question())) return;
    const { route, tokenIn, tokenOut } = quote;
    const pairs = [
      ["You receive about", tokens(quote.amountOut, tokenOut)],
      ["Minimum", tokens(quote.minimumAmountOut, tokenOut)],
      ["Price impact", `${quote.priceImpactBps} bps`],
      ["Quoted", clockTime(route.decidedAt)],
    ];
    byId("preview").hidden = false;
    byId("preview-facts").replaceChildren(...facts(pairs));
    const told = quote.denied ? `An order would fail: ${quote.denied.detail}.` : verdict(route, tokenOut);
    write(byId("preview-verdict"), told);
    byId("preview-venues").replaceChildren(...venueCards(route, tokenIn, tokenOut));
    announce(`About ${tokens(quote.amountOut, tokenOut)}. ${told}`);
  }

  /** The answer, or the refusal, which is shown by then. */
  async #ask(doing, request, until) {
    this.#showRefusal(null);
    this.#setBusy(doing);
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      return { answer: await persist(request, { signal, until, onWait: (wait) => this.#wait(wait) }) };
    } catch (error) {
      const refusal = signal.aborted ? this.#waiting.error : error;
      this.#showRefusal(refusal);
      return { refusal };
    } finally {
      this.#asking = null;
      this.#setBusy(null);
    }
  }

  #wait(wait) {
    this.#waiting = wait;
    byId("stop").hidden = false;
    this.tick();
    announce(`${wait.error.message} The page asks again by itself.`);
  }

  #setBusy(doing) {
    this.#waiting = null;
    byId("placing").hidden = !doing;
    byId("stop").hidden = true;
    write(byId("placing-text"), doing ?? "");
    // Not disabled: the keyboard would lose its place.
    for (const id of ["quote", "submit"]) byId(id).setAttribute("aria-disabled", Boolean(doing));
  }

  #showRefusal(refusal) {
    const left = new Map((refusal?.errors ?? []).map(({ pointer, detail }) => [pointer.slice(1), detail]));
    const refused = Object.keys(LABELS).filter((name) => {
      const sentence = left.has(name) ? `${LABELS[name]} ${left.get(name)}.` : "";
      write(byId(`${name}-error`), sentence);
      this.#form[name].setAttribute("aria-invalid", Boolean(sentence));
      return left.delete(name);
    });
    const rest = [...left].map(([name, sentence]) => `${name} ${sentence}`);
    const sentences = refused.length && !rest.length ? "" : [refusal?.message ?? "", ...rest].join(" ");
    write(byId("form-error"), sentences);
    if (!refusal) return;
    announce([sentences, ...refused.map((name) => byId(`${name}-error`).textContent)].join(" "));
    if (refused.length) this.#form[refused[0]].focus();
  }

  #edited() {
    this.#asking?.abort(); // what is placed is what is shown
    byId("preview").hidden = true;
    const { slippage } = this.#form;
    write(
      byId("slippage-percent"),
      DECIMAL.test(slippage.value) ? `= ${grouped(percent(slippage.value))} %` : "",
    );
  }

  #turn() {
    const { tokenIn, tokenOut } = this.#form;
    [tokenIn.value, tokenOut.value] = [tokenOut.value, tokenIn.value];
    this.#edited();
  }
}
