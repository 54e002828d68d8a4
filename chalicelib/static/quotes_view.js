// The venues' quotes side by side, the pools behind them, and which one won by how much.

import { aligned, bpsAbove, compare, grouped, percentOfBps, signed, significant, subtract } from "./decimal.js";
import { h } from "./dom.js";
import { plainly, poolReason } from "./refusals.js";
import { capital, poolType, shortened, tokens } from "./wording.js";

const FIGURES = ["Out", "Fee", "Impact"];
const OUTCOMES = { chosen: "Best", outbid: "Outbid", implausible: "Left out", failed: "No offer" };

/** Why this route: one sentence. */
export function verdict({ quotes }, tokenOut) {
  const [best, second] = quotes;
  const winner = capital(best.dex);
  if (second?.outcome !== "outbid") return `${winner} gave the only offer that could be used.`;
  const ahead = subtract(best.amountOut, second.amountOut);
  if (ahead === "0")
    return `${winner} and ${capital(second.dex)} offered the same; the smaller price impact won.`;
  const behind = bpsAbove(second.amountOut, best.amountOut).replace("-", "");
  return `${winner} beat ${capital(second.dex)} by ${tokens(ahead, tokenOut)} (${behind} bps).`;
}

/** `where` tells apart for screen readers what is shown twice. */
export function venueCards({ quotes }, tokenIn, tokenOut, where) {
  return quotes.map((quote) => venueCard(quote, quotes[0], tokenIn, tokenOut, where));
}

function venueCard(quote, best, tokenIn, tokenOut, where) {
  const badge = h("span", { class: `outcome ${quote.outcome}` }, OUTCOMES[quote.outcome] ?? quote.outcome);
  return h(
    "article",
    { class: `venue ${quote.outcome}` },
    h("h4", {}, capital(quote.dex), badge),
    quote.amountOut ? h("p", { class: "offer" }, tokens(quote.amountOut, tokenOut)) : null,
    quote.amountOut ? h("p", { class: "hint" }, standing(quote, best)) : null,
    quote.error ? h("p", { class: "hint" }, plainly(quote.error.detail)) : null,
    quote.pools?.length ? poolTable(quote, tokenIn, tokenOut, where) : null,
  );
}

function standing(quote, best) {
  const impact = `price impact ${percentOfBps(quote.priceImpactBps)} %`;
  return quote === best ? impact : `${signed(bpsAbove(quote.amountOut, best.amountOut))} bps, ${impact}`;
}

function poolTable(quote, tokenIn, tokenOut, where) {
  const heads = ["Pool", ...FIGURES].map((name) => h("th", { scope: "col" }, name));
  const offering = quote.pools
    .filter((pool) => pool.amountOut)
    .sort((a, b) => compare(b.amountOut, a.amountOut));
  const amounts = aligned(offering.map((pool) => pool.amountOut));
  const refusing = quote.pools.filter((pool) => !pool.amountOut);
  const rows = [
    ...offering.map((pool, index) =>
      offerRow(pool, amounts[index], pool.pool === quote.pool, tokenIn, tokenOut),
    ),
    ...refusing.map((pool) =>
      h("tr", {}, poolName(pool), h("td", { colspan: 3 }, pool.error ? poolReason(pool.error) : "No offer")),
    ),
  ];
  return h(
    "div",
    { class: "scrolled", tabindex: "0", role: "region", "aria-label": `${capital(quote.dex)}'s pools, ${where}` },
    h("table", { class: "pools" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
  );
}

function poolName(pool) {
  return h(
    "th",
    { scope: "row" },
    poolType(pool.type),
    h("small", { title: pool.pool }, shortened(pool.pool)),
  );
}

function offerRow(pool, amountOut, best, tokenIn, tokenOut) {
  const [fee, symbol] = pool.feeOut === "0" ? [pool.feeIn, tokenIn] : [pool.feeOut, tokenOut];
  return h(
    "tr",
    { class: best ? "best" : null },
    poolName(pool),
    figure(0, grouped(amountOut), tokenOut),
    figure(1, grouped(significant(fee, 4)), symbol),
    figure(2, percentOfBps(pool.priceImpactBps), "%"),
  );
}

/** Its column's name goes with it, for where there is no room for columns. */
function figure(column, value, unit) {
  return h("td", { "data-name": FIGURES[column] }, `${value} `, h("small", {}, unit));
}
