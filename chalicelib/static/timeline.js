// An order's statuses with the time spent in each.

import { h, write } from "./dom.js";
import { reason } from "./refusals.js";
import { between, capital, duration, exactTime, FINAL, shortened, tokens } from "./wording.js";

/** The rows of the timeline's table. */
export function timelineRows(order) {
  return order.logs.map((event) =>
    h(
      "tr",
      { class: event.status },
      h("th", { scope: "row" }, capital(event.status), ...notes(event, order)),
      h("td", {}, h("time", { datetime: event.timestamp, title: event.timestamp }, exactTime(event.timestamp))),
      h("td", { class: "spent" }, h("span", {}), h("span", { class: "track" }, h("span", { class: "bar" }))),
    ),
  );
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

function notes(event, { tokenOut }) {
  const told = [
    event.status === "routing" && event.attempt > 1 ? `Attempt ${event.attempt} of 4` : null,
    event.quotedAmountOut ? `${capital(event.dex)} quoted ${tokens(event.quotedAmountOut, tokenOut)}` : null,
    event.status === "submitted" ? signature(event.txHash) : null,
    event.amountOut ? `${tokens(event.amountOut, tokenOut)} received` : null,
    event.reason ? reason(event.reason) : null,
  ];
  return told.filter((note) => note !== null).map((note) => h("small", {}, note));
}

/** Short to look at, whole to copy: an attempt that failed is looked up by it too. */
function signature(text) {
  const copy = h("button", { type: "button", class: "quiet", "data-copy": text }, "Copy");
  copy.setAttribute("aria-label", `Copy signature ${shortened(text)}`);
  const short = h("span", { title: text }, shortened(text));
  return ["Signature ", short, " ", ...(navigator.clipboard ? [copy] : [])];
}
