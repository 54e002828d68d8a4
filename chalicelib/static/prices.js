// The prices that orders wait for, and how far they are from what a swap would give.

import { bpsAbove, compare, grouped, multiply, percentOfBps, significant } from "./decimal.js";

/** The price that an order waits for. */
export const priceOf = ({ trigger, limitPrice }) => trigger?.price ?? limitPrice;

/** By how much of the market's price this one is higher, in basis points; `quote` is of the same direction. */
export function distanceBps(price, { priceIn, tokenIn }, { amount, amountOut }) {
  return priceIn === tokenIn
    ? bpsAbove(multiply(price, amountOut), amount)
    : bpsAbove(multiply(price, amount), amountOut);
}

/** For people: 8.31 % above the market. */
export function distanceText(bps) {
  const percent = significant(percentOfBps(bps.replace("-", "")), 3);
  if (compare(percent, "0") === 0) return "at the market";
  return `${grouped(percent)}\u00a0% ${bps.startsWith("-") ? "below" : "above"} the market`;
}

/** Whether an order waits for its price, or acts at once. */
export const isWaiting = ({ timeInForce }) => Boolean(timeInForce) && timeInForce !== "FOK";
