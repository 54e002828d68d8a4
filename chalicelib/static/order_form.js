// The order form: placing safely, asking twice where it may hurt, and refusals by the fields.

import { Attempts } from "./attempts.js";
import { call, NoAnswer, persist } from "./api.js";
import { announce, byId, h, write } from "./dom.js";
import { doubtsOf } from "./doubts.js";
import { Fields } from "./fields.js";
import { QuotePanel } from "./quote_panel.js";
import { remaining, swap } from "./wording.js";

/** One click more in this time is the same order. */
const HELD_MS = 2_000;
/** The same order again in this time is asked about. */
const AGAIN_MS = 10_000;
/** So long an order waits for the quote that it is looked at with; it never depends on it. */
const LOOKED_AT_MS = 3_000;
/** So long after the last change what an order with a price would do is told by itself. */
const SETTLED_MS = 600;
const SAFE = "The engine may have it. Sending it again can't order twice.";
const LOOK_FIRST = "The engine may have it: look for it among the recent orders before you place it again.";

export class OrderForm {
  #form = byId("order-form");
  #fields = new Fields(this.#form);
  #quotes = new QuotePanel();
  #attempts = new Attempts();
  #onPlaced;
  #waiting = null;
  #placing = null;
  #quoting = null;
  #settling = 0;
  #placed = { terms: "", at: 0, isHeld: false };
  #doubted = {};

  /** `onPlaced` hears the answer to each order that was accepted. */
  constructor(onPlaced) {
    this.#onPlaced = onPlaced;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#place();
    });
    this.#form.addEventListener("input", () => this.#edited());
    for (const id of ["tokenIn", "tokenOut"]) byId(id).addEventListener("change", () => this.#paired());
    byId("quote").addEventListener("click", () => this.#quote());
    byId("turn").addEventListener("click", () => {
      this.#fields.turn();
      this.#edited();
    });
    byId("stop").addEventListener("click", () => {
      (this.#placing ?? this.#quoting)?.abort();
      byId("submit").focus();
    });
    byId("sure").addEventListener("click", () => this.#place({ isSure: true }));
    byId("unsure").addEventListener("click", () => {
      this.#askTwice({});
      byId("submit").focus();
    });
    this.#showUnknown();
  }

  async loadPairs() {
    const ask = (path) => persist(() => call("GET", path));
    try {
      const [{ tokens }, { pairs }] = await Promise.all([ask("api/tokens"), ask("api/pairs")]);
      this.#fields.offer(tokens, pairs);
    } catch (error) {
      this.#showRefusal(error);
    }
  }

  /** Fill in an order that ended, to be placed again. */
  fill(order) {
    this.#fields.fill(order);
    this.#edited();
    this.#form.amount.focus();
  }

  /** Keep what is typed with the address that is shown now. */
  remember() {
    this.#fields.remember();
  }

  /** Show the time that passes. */
  tick() {
    this.#quotes.tick();
    const isHeld = this.#placed.isHeld && Date.now() < this.#placed.at + HELD_MS;
    if (this.#placed.isHeld !== isHeld) this.#hold(isHeld);
    if (this.#attempts.unknown.some((attempt) => attempt.until < Date.now())) this.#showUnknown();
    if (!this.#waiting) return;
    const { error, until } = this.#waiting;
    write(byId("placing-text"), `${error.message} Asking again in ${remaining(until)}.`);
  }

  /** Place what is shown. `isSure` when a person was asked twice and wants it. */
  async #place({ isSure = false } = {}) {
    if (this.#placing || this.#placed.isHeld) return;
    const question = this.#read();
    if (!question) return;
    this.#quoting?.abort(); // quoting never holds up placing
    const terms = { ...question, validForSeconds: this.#fields.validForSeconds };
    const repeated = this.#attempts.of(terms);
    const { signal } = (this.#placing = new AbortController());
    this.#setBusy("Placing\u2026");
    try {
      if (repeated && this.#attempts.isRepeatable(repeated)) return await this.#send(repeated);
      const shown = this.#quotes.shown(question);
      const quote = shown && !this.#quotes.isOld ? shown : await this.#look(question, signal);
      if (signal.aborted) return;
      const doubts = this.#doubts(terms, quote);
      if (Object.keys(doubts).some((kind) => !isSure || !(kind in this.#doubted))) return this.#askTwice(doubts);
      this.#askTwice({});
      if (repeated) this.#attempts.settle(repeated); // the person is sure of another one
      await this.#send(this.#attempts.begin(terms, othersOf(terms, shown, doubts)));
    } catch (error) {
      this.#showRefusal(error, { focus: !signal.aborted });
    } finally {
      this.#placing = null;
      this.#setBusy(null);
    }
  }

  /** Send an order, again if need be while its outcome is unknown; it settles what is known of it then. */
  async #send(attempt) {
    const headers = { "Idempotency-Key": attempt.key };
    const post = async () => {
      try {
        const answer = await call("POST", "api/orders/execute", { body: attempt.body, headers });
        if (typeof answer.orderId !== "string") throw new NoAnswer("The engine's answer can't be read.");
        return answer;
      } catch (error) {
        attempt.unknown ||= error.leavesUnknown;
        throw error;
      }
    };
    this.#attempts.send(attempt);
    try {
      const answer = await persist(post, {
        signal: this.#placing.signal,
        until: attempt.until,
        // What was refused is the person's again: the price may be another one when it would be taken.
        again: (error) => error.leavesUnknown,
        onWait: (wait) => this.#wait(wait),
      });
      this.#attempts.settle(attempt);
      this.#accepted(answer, attempt);
    } catch (error) {
      if (!attempt.unknown) this.#attempts.settle(attempt);
      throw error;
    } finally {
      this.#attempts.send(null);
      this.#showUnknown();
    }
  }

  #accepted(answer, { terms }) {
    const isShown = !this.#placing.signal.aborted;
    this.#placed = { terms: JSON.stringify(terms), at: Date.now(), isHeld: false };
    if (isShown) this.#hold(true);
    this.#quotes.hide();
    announce("Order accepted.");
    this.#onPlaced(answer);
  }

  /** The quote that the order is looked at with before it is placed, if there is one in time. */
  async #look(question, signal) {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LOOKED_AT_MS)]);
    try {
      return await this.#quotes.ask(question, { signal: limited, patient: false });
    } catch (error) {
      if (error.status === 400 || error.code === "TRIGGER_BELOW_FLOOR") throw error;
      return error.status === 422 ? { refusal: error } : null;
    }
  }

  /** Why a person may not want this order, each in a sentence, by its kind. */
  #doubts(terms, quote) {
    const doubts = doubtsOf(terms, quote, this.#fields.percent);
    if (this.#placed.terms === JSON.stringify(terms) && Date.now() < this.#placed.at + AGAIN_MS)
      doubts.again = "You have just placed the same order.";
    if (this.#attempts.unknown.length) doubts.unknown = "An order that you sent before may have been placed.";
    return doubts;
  }

  /** Ask a person twice; a second click on the same place is no answer. */
  #askTwice(doubts) {
    const sentences = Object.values(doubts);
    this.#doubted = doubts;
    byId("doubts").hidden = !sentences.length;
    byId("doubts-list").replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)));
    if (sentences.length) announce(`${sentences.join(" ")} Choose whether to place it anyway.`);
  }

  #hold(isHeld) {
    this.#placed.isHeld = isHeld;
    write(byId("submit"), isHeld ? "Placed \u2713" : "Place order");
    byId("submit").setAttribute("aria-disabled", isHeld || Boolean(this.#placing));
  }

  async #quote() {
    if (this.#placing || this.#quoting) return;
    const question = this.#read();
    if (!question) return;
    const quoting = (this.#quoting = new AbortController());
    this.#setBusy("Quoting\u2026");
    try {
      await this.#quotes.ask(question, { signal: quoting.signal, onWait: (wait) => this.#wait(wait) });
    } catch (error) {
      if (!this.#placing && !quoting.signal.reason?.isEdit) this.#showRefusal(error);
    } finally {
      this.#quoting = null;
      if (!this.#placing) this.#setBusy(null);
    }
  }

  /** What the form asks for; null when it can't be read, which is told by then. */
  #read() {
    this.#showRefusal(null);
    const question = this.#fields.read();
    const told = [...this.#form.querySelectorAll(".field-error")].map(({ textContent }) => textContent);
    if (!question) announce(told.find(Boolean));
    return question;
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
    byId("quote").setAttribute("aria-disabled", Boolean(doing));
    byId("submit").setAttribute("aria-disabled", Boolean(this.#placing) || this.#placed.isHeld);
  }

  #showRefusal(refusal, { focus = true } = {}) {
    const [errors, others] = this.#fields.worded(refusal);
    const told = this.#fields.refuse(errors, { focus });
    const sentences = told.length && !others.length ? "" : [refusal?.message ?? "", ...others].join(" ");
    write(byId("form-error"), sentences);
    if (refusal) announce([sentences, ...told].join(" "));
  }

  /** The orders that may have been placed, each with what can be done about it. */
  #showUnknown() {
    const { unknown } = this.#attempts;
    const shown = unknown.map((attempt) => [attempt.key, this.#attempts.isRepeatable(attempt)]);
    const list = byId("unknown");
    if (list.dataset.shown === JSON.stringify(shown)) return;
    list.dataset.shown = JSON.stringify(shown);
    list.replaceChildren(...unknown.map((attempt) => this.#unknownRow(attempt)));
    list.hidden = !unknown.length;
  }

  #unknownRow(attempt) {
    const isRepeatable = this.#attempts.isRepeatable(attempt);
    const again = h("button", { type: "button", class: "quiet" }, "Send it again");
    again.addEventListener("click", () => this.#resend(attempt));
    const forget = h("button", { type: "button", class: "quiet" }, "I have looked: forget it");
    forget.addEventListener("click", () => {
      this.#attempts.settle(attempt);
      this.#showUnknown();
      byId("submit").focus();
    });
    const sentence = `${swap(attempt.terms)}: it is not known whether this order was placed.`;
    return h(
      "li",
      { class: "problem" },
      h("p", {}, `${sentence} ${isRepeatable ? SAFE : LOOK_FIRST}`),
      isRepeatable ? again : null,
      forget,
    );
  }

  async #resend(attempt) {
    if (this.#placing) return;
    this.#placing = new AbortController();
    this.#setBusy("Placing\u2026");
    this.#showRefusal(null);
    try {
      await this.#send(attempt);
    } catch (error) {
      this.#showRefusal(error, { focus: false });
    } finally {
      this.#placing = null;
      this.#setBusy(null);
    }
  }

  #paired() {
    this.#fields.pair();
    this.#edited();
  }

  #edited() {
    this.#showRefusal(null);
    const edit = new DOMException("The form was edited.", "AbortError");
    this.#placing?.abort(edit); // what is placed is what is shown
    this.#quoting?.abort(edit);
    this.#quotes.hide();
    this.#askTwice({});
    this.#hold(false);
    this.#fields.remember();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLED_MS);
  }

  /** Tell what an order with a price would do. Where that can't be told, placing or asking for quotes says why. */
  async #settle() {
    const question = this.#placing || this.#quoting ? null : this.#fields.peek();
    if (question) await this.#quotes.ask(question, { patient: false }).catch(() => null);
  }
}

/** What an order asks for besides its terms: no less than a market order was quoted, or a price that is meant. */
function othersOf({ type }, shown, doubts) {
  if (!type && shown) return { minimumAmountOut: shown.minimumAmountOut };
  return doubts.far ? { ifFar: "accept" } : {};
}
