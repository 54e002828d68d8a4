// The quotes below the form: they say how old they are, and are asked anew while somebody looks.

import { call, persist } from "./api.js";
import { percentOfBps, significant } from "./decimal.js";
import { announce, byId, facts, h, write } from "./dom.js";
import { ALARMING_BPS, isDenied } from "./doubts.js";
import { distanceText } from "./prices.js";
import { verdict, venueCards } from "./quotes_view.js";
import { reason } from "./refusals.js";
import { clockTime, tokens } from "./wording.js";

const ANEW_AFTER_MS = 10_000;
const OLD_AFTER_MS = 30_000;
/** How long they are asked anew after a person asked last. */
const KEPT_UP_MS = 300_000;
/** How much of the price an order moves: from here it is shown. */
const NOTED_BPS = 100;

export class QuotePanel {
  #question = null;
  #quote = null;
  #heardAt = 0;
  #keptUntil = 0;
  #round = 0;
  #renewing = false;
  #trouble = "";

  /** Ask for what is in the form, again and again if need be; `onWait` is told of each pause. */
  async ask(question, { signal, onWait, patient = true }) {
    const round = ++this.#round;
    const body = JSON.stringify(question);
    const request = () => call("POST", "api/quotes", { body, signal });
    const quote = await (patient ? persist(request, { signal, onWait }) : request());
    if (round !== this.#round) return null; // another question was asked since
    this.#question = body;
    this.#keptUntil = Date.now() + KEPT_UP_MS;
    this.#show(quote);
    const priced = quote.priceIn ? `Its price is ${distanceText(String(quote.distanceBps))}. ` : "";
    announce(`About ${tokens(quote.amountOut, quote.tokenOut)}. ${priced}${told(quote, question)}`);
    return quote;
  }

  /** The quote that is shown for this question, be it old; null when there is none. */
  shown(question) {
    return this.#question === JSON.stringify(question) ? this.#quote : null;
  }

  get isOld() {
    return Date.now() - this.#heardAt >= OLD_AFTER_MS;
  }

  hide() {
    this.#round += 1;
    this.#question = this.#quote = null;
    byId("preview").hidden = true;
  }

  /** Show the time that passes, and ask anew when it is time. */
  tick() {
    if (!this.#quote) return;
    const age = Date.now() - this.#heardAt;
    const seconds = Math.floor(age / 1000);
    write(byId("preview-age"), `${seconds}\u00a0s old`);
    write(byId("preview-trouble"), this.isOld ? this.#trouble || "Get quotes again: these are old." : "");
    byId("preview").dataset.state = this.isOld ? "old" : "fresh";
    const isDue = age >= ANEW_AFTER_MS && Date.now() < this.#keptUntil && !document.hidden;
    if (isDue && !this.#renewing) this.#renew();
  }

  async #renew() {
    const [question, round] = [this.#question, this.#round];
    this.#renewing = true;
    try {
      const quote = await call("POST", "api/quotes", { body: question });
      if (round === this.#round) this.#show(quote);
    } catch (error) {
      this.#trouble = `${error.message} These quotes are old.`;
      await new Promise((resolve) => setTimeout(resolve, ANEW_AFTER_MS));
    } finally {
      this.#renewing = false;
    }
  }

  #show(quote) {
    this.#quote = quote;
    this.#heardAt = Date.now();
    this.#trouble = "";
    const { route, tokenIn, tokenOut } = quote;
    const question = JSON.parse(this.#question);
    const pairs = [
      ...(quote.priceIn ? pricesOf(quote) : []),
      ["You receive about", tokens(quote.amountOut, tokenOut)],
      ["At least", tokens(quote.minimumAmountOut, tokenOut)],
      ["Price impact", impact(quote.priceImpactBps)],
      ["Quoted", clockTime(route.decidedAt)],
    ];
    const preview = byId("preview");
    preview.hidden = false;
    byId("preview-facts").replaceChildren(...facts(pairs));
    write(byId("preview-summary"), quote.summary ?? "");
    write(byId("preview-verdict"), told(quote, question));
    byId("preview-verdict").classList.toggle("alarming", isDenied(question, quote));
    // Who reads or scrolls there isn't thrown out.
    const isRead = byId("preview-venues").contains(document.activeElement);
    if (!isRead) byId("preview-venues").replaceChildren(...venueCards(route, tokenIn, tokenOut, "now"));
    this.tick();
  }
}

/** How the price that an order names compares with what there is now. */
function pricesOf({ distanceBps, reference = null, executable, priceIn }) {
  return [
    ["Your price is", distanceText(String(distanceBps))],
    ["The venues agree on", reference && tokens(significant(reference, 9), priceIn)],
    ["The swap would give", tokens(significant(executable, 9), priceIn)],
  ];
}

function told(quote, question) {
  const isFailing = isDenied(question, quote);
  return isFailing ? `An order would fail. ${reason(quote.denied)}` : verdict(quote.route, quote.tokenOut);
}

function impact(bps) {
  const kind = bps >= ALARMING_BPS ? "alarming" : bps >= NOTED_BPS ? "noted" : null;
  return h("span", { class: kind }, `${percentOfBps(bps)} %`);
}
