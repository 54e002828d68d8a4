// Why a person may not want an order: each reason in a sentence, by its kind.

import { compare, grouped, percentOfBps } from "./decimal.js";
import { distanceText, isWaiting } from "./prices.js";
import { reason } from "./refusals.js";

const ALARMING_PERCENT = "5";
/** So much of the price moved by an order is asked about. */
export const ALARMING_BPS = 500;
/** A price that is so far from the market's is asked about. */
const FAR_BPS = "5000";

/** By its terms, its slippage in percent, and the quote that it was looked at with; null when there was none. */
export function doubtsOf(terms, quote, percent) {
  const doubts = {};
  if (compare(percent, ALARMING_PERCENT) > 0)
    doubts.slippage = `Slippage of ${grouped(percent)} %: you may receive that much less than the quote says.`;
  const waits = isWaiting(terms);
  const failing = waits ? "As the market is now, it would not trade." : "The order would fail.";
  if (quote?.refusal) doubts.refused = `${failing} ${quote.refusal.message}`;
  if (quote && isDenied(terms, quote)) doubts.denied = `${failing} ${reason(quote.denied)}`;
  if (quote?.priceImpactBps >= ALARMING_BPS)
    doubts.impact = `The order moves the price against you by ${percentOfBps(quote.priceImpactBps)} %.`;
  if (waits && quote?.distanceBps !== undefined) Object.assign(doubts, doubtsOfPrice(terms, quote));
  return doubts;
}

/** Whether a quote says that the order would fail: one that waits for its price doesn't until it is there. */
export const isDenied = (terms, { denied }) =>
  Boolean(denied) && !(isWaiting(terms) && denied.code === "ROUTE_BELOW_MINIMUM");

function doubtsOfPrice({ type, ifMet }, quote) {
  const bps = String(quote.distanceBps);
  const isFar = compare(bps.replace("-", ""), FAR_BPS) > 0;
  // A limit can't trade at a worse price than its own.
  const firesAtOnce = type !== "limit" && ifMet === "fire" && quote.wouldFire;
  return {
    ...(isFar ? { far: `Its price is ${distanceText(bps)}.` } : {}),
    ...(firesAtOnce ? { met: "The market is at its price already: it would trade at once." } : {}),
  };
}
