// Orders that were sent and whose outcome is not known yet: each can be sent again, under its own key, without
// ordering twice. They outlive a reload of the page.

import { keyName } from "./key.js";

const NAME = "unsettled-orders";
/** How long a key is used again: less than the API remembers it, so that no repetition is a second order. */
const KEY_MS = 240_000;

export class Attempts {
  #unsettled = kept();
  #underWay = null;

  /** Those of which is not known whether they were placed. */
  get unknown() {
    return this.#unsettled.filter((attempt) => attempt !== this.#underWay);
  }

  /** A new order, kept before it is sent. `terms` are what the person chose; `others` go with it, by their names. */
  begin(terms, others) {
    const body = JSON.stringify({ type: "market", ...terms, ...others });
    const until = Date.now() + KEY_MS;
    const attempt = { terms, body, key: crypto.randomUUID(), until, account: keyName(), unknown: false };
    this.#unsettled.push(attempt);
    this.#keep();
    return attempt;
  }

  /** Tell which one is being sent; null when none is any more. */
  send(attempt) {
    this.#underWay = attempt;
  }

  /** It is known what became of it, or the person doesn't ask any more. */
  settle(attempt) {
    this.#unsettled = this.#unsettled.filter((other) => other !== attempt);
    this.#keep();
  }

  /** Whether sending it again can't order twice. */
  isRepeatable(attempt) {
    return Date.now() < attempt.until && attempt.account === keyName();
  }

  /** The unsettled order of the same terms. */
  of(terms) {
    return this.#unsettled.find((attempt) => JSON.stringify(attempt.terms) === JSON.stringify(terms));
  }

  #keep() {
    if (this.#unsettled.length) sessionStorage.setItem(NAME, JSON.stringify(this.#unsettled));
    else sessionStorage.removeItem(NAME);
  }
}

/** What an earlier life of the page left behind: it may have been sent. */
const kept = () => JSON.parse(sessionStorage.getItem(NAME) ?? "[]").map((left) => ({ ...left, unknown: true }));
