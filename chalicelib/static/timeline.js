// An order's statuses with the time spent in each.

import { h, write } from "./dom.js";
import { percentOfBps } from "./decimal.js";
import { reason } from "./refusals.js";
import { between, capital, duration, exactTime, FINAL, priceText, shortened, tokens } from "./wording.js";

const CHANGES = { placed: "waits for its price", amended: "amended", fired: "fired", returned: "waits again" };

/** The rows of the timeline's table. */
export function timelineRows(order) {
  let before = 0; // attempts of earlier firings
  return order.logs.map((event) => {
    if (event.change === "fired") before = event.attempt;
    return h(
      "tr",
      { class: event.status },
      h("th", { scope: "row" }, capital(event.status), ...notes(event, order, event.attempt - before)),
      h("td", {}, h("time", { datetime: event.timestamp, title: event.timestamp }, exactTime(event.timestamp))),
      h("td", { class: "spent" }, h("span", {}), h("span", { class: "track" }, h("span", { class: "bar" }))),
    );
  });
}

/** Write how long each status took; one that isn't final still runs, for `inStatus` milliseconds so far. */
export function tickTimeline(rows, { logs }, inStatus) {
  const spent = logs.map((event, index) => {
    if (FINAL.includes(event.status)) return 0;
    return index + 1 < logs.length
      ? between(event.timestamp, logs[index + 1].timestamp)
      : Math.max(0, inStatus);
  });
  const total = spent.reduce((sum, one) => sum + one, 1);
  [...rows].forEach((row, index) => {
    const [time, track] = row.cells[2].children;
    write(time, FINAL.includes(logs[index].status) ? "" : duration(spent[index]));
    track.firstChild.style.inlineSize = `${(100 * spent[index]) / total}%`;
  });
}

/** What came with an event, in lines below its status. `attempt` counts from the last firing. */
function notes(event, order, attempt) {
  const { tokenOut } = order;
  const told = [
    ...waiting(event, order),
    event.status === "routing" && attempt > 1 ? `Attempt ${attempt} of 4` : null,
    event.quotedAmountOut ? `${capital(event.dex)} quoted ${tokens(event.quotedAmountOut, tokenOut)}` : null,
    event.status === "submitted" ? signature(event.txHash) : null,
    event.amountOut ? `${tokens(event.amountOut, tokenOut)} received` : null,
    event.reason ? reason(event.reason) : null,
  ];
  return told.filter((note) => note !== null).map((note) => h("small", {}, note));
}

/** What an event tells of an order that waits for its price. */
function waiting(event, order) {
  const { change, trigger, limitPrice, observed, looks, afterSilenceMs } = event;
  if (!change) return [];
  const named = { ...order, ...event };
  const priced = (name, price) => (price ? `${name} ${priceText(price, named)}` : null);
  const seen = looks === 1 ? "in one look" : `in ${looks} looks in a row`;
  return [
    capital(CHANGES[change] ?? change),
    priced("Trigger", trigger),
    priced("Limit", limitPrice),
    change === "amended" && event.slippageBps !== undefined
      ? `Slippage ${percentOfBps(event.slippageBps)} %`
      : null,
    observed ? `The market stood at ${priceText(observed, named)}, ${seen}` : null,
    afterSilenceMs ? `Nobody could look at prices for ${duration(afterSilenceMs)} before` : null,
  ];
}

/** Short to look at, whole to copy: an attempt that failed is looked up by it too. */
function signature(text) {
  const copy = h("button", { type: "button", class: "quiet", "data-copy": text }, "Copy");
  copy.setAttribute("aria-label", `Copy signature ${shortened(text)}`);
  const short = h("span", { title: text }, shortened(text));
  return ["Signature ", short, " ", ...(navigator.clipboard ? [copy] : [])];
}
