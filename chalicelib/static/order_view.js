// The followed order: where it stands, its timeline, its quotes, and the fill against the quote.

import { bpsAbove, grouped, percentOfBps, significant, signed, subtract } from "./decimal.js";
import { announce, byId, facts, h, write } from "./dom.js";
import { verdict, venueCards } from "./quotes_view.js";
import { background, reason } from "./refusals.js";
import { tickTimeline, timelineRows } from "./timeline.js";
import {
  CANCELLABLE,
  capital,
  clockTime,
  duration,
  FINAL,
  priceText,
  remaining,
  swap,
  times,
  timeTaken,
  tokens,
} from "./wording.js";

const COPIED_FOR_MS = 2_000;
const CHANGES = { amended: "amended", fired: "fired", returned: "waits for its price again" };

/** The buttons whose text is being copied. */
const copying = new WeakSet();

export class OrderView {
  #order = null;
  #shown = null;

  /** `onAgain` hears which ended order is to be placed again. */
  constructor(onAgain) {
    byId("again").addEventListener("click", () => onAgain(this.#order.record));
    byId("cancel").addEventListener("click", () => this.#order.cancel());
    byId("order").addEventListener("click", ({ target }) => target.dataset.copy && copy(target));
    byId("copy").hidden = !navigator.clipboard;
  }

  /** Show an order from now on; whatever happens to it is told to `changed`. */
  show(order) {
    this.#order = order;
    this.#shown = null;
    byId("order").dataset.state = "reading";
    write(byId("order-heading"), "Order");
    write(byId("order-id"), order.orderId);
    write(byId("order-status"), "");
    byId("order-body").hidden = true;
    this.#showCancel(false);
    byId("again").hidden = true;
    this.#showProblem(null);
    this.tick();
  }

  focus() {
    byId("order-heading").focus();
  }

  changed({ events, link, problem }) {
    const { record } = this.#order;
    this.#showProblem(this.#order.problem);
    if (record !== this.#shown) this.#showRecord(record);
    if (events) announceEvents(events, record);
    if (link?.failures === 1) announce("The connection was lost. The page reconnects by itself.");
    if (link?.state === "live") announce(resumed(link) || "Following the order live.");
    const caughtUp = this.#order.link.state === "final" ? resumed(this.#order.link) : "";
    if (events && caughtUp) announce(caughtUp);
    if (problem) announce(problem.sentence);
    this.tick();
  }

  /** Show the time that passes. */
  tick() {
    if (!this.#order) return;
    const { record, link, problem } = this.#order;
    write(byId("link"), linkText(this.#order));
    byId("link").dataset.state = link.state;
    if (problem?.until) write(byId("order-retry"), againIn(problem.until));
    if (record) tickTimeline(byId("timeline").rows, record, this.#order.inStatus);
  }

  #showProblem(problem) {
    byId("order-problem").hidden = !problem;
    write(byId("order-sentence"), problem?.sentence ?? "");
    write(byId("order-retry"), problem?.until ? againIn(problem.until) : "");
  }

  #showRecord(record) {
    this.#shown = record;
    byId("order").dataset.state = record.status;
    write(byId("order-heading"), swap(record));
    byId("order-body").hidden = false;
    write(byId("order-status"), capital(record.status));
    this.#showCancel(CANCELLABLE.includes(record.status));
    byId("again").hidden = !FINAL.includes(record.status) || record.type !== "market";
    byId("order-error").hidden = !record.error;
    byId("order-error").replaceChildren(...(record.error ? why(record.error) : []));
    byId("outcome").replaceChildren(...outcome(record));
    byId("order-facts").replaceChildren(...facts(figures(record)));
    byId("signature").hidden = !record.txHash;
    write(byId("signature-text"), record.txHash ?? "");
    byId("copy").dataset.copy = record.txHash ?? "";
    byId("timeline").replaceChildren(...timelineRows(record));
    byId("order-route").hidden = !record.route;
    if (record.route) {
      write(byId("order-verdict"), verdict(record.route, record.tokenOut));
      const cards = venueCards(record.route, record.tokenIn, record.tokenOut, "as the order met them");
      byId("order-venues").replaceChildren(...cards);
    }
  }

  #showCancel(possible) {
    const button = byId("cancel");
    if (!possible && document.activeElement === button) this.focus();
    button.hidden = !possible;
  }
}

async function copy(button) {
  if (button.textContent === "Copied" || copying.has(button)) return;
  copying.add(button);
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    announce("The browser did not let the page copy the signature.");
    return;
  } finally {
    copying.delete(button);
  }
  announce("Signature copied.");
  write(button, "Copied");
  setTimeout(() => write(button, "Copy"), COPIED_FOR_MS);
}

function outcome({ fill, route, minimumAmountOut, tokenOut, ...order }) {
  const given = tokens(order.amount, order.tokenIn);
  if (fill) return [h("strong", {}, tokens(fill.amountOut, tokenOut)), ` received for ${given}`];
  if (FINAL.includes(order.status)) return [h("strong", {}, "Nothing was traded"), ` ${given} were not sold`];
  if (order.status === "armed") return [h("strong", {}, "Waits for its price"), ` ${order.summary}`];
  if (!route) return [];
  const promised = `quoted for ${given}, at least ${tokens(minimumAmountOut, tokenOut)}`;
  return [h("strong", {}, tokens(route.quotes[0].amountOut, tokenOut)), ` ${promised}`];
}

function figures(order) {
  const { fill, route, tokenIn, tokenOut } = order;
  const quoted = route?.quotes[0].amountOut;
  const difference = fill ? subtract(fill.amountOut, quoted) : null;
  const bps = fill ? bpsAbove(fill.amountOut, quoted) : null;
  return [
    ["Quoted", quoted ? tokens(quoted, tokenOut) : null],
    [
      "Fill against quote",
      difference && [`${signed(difference)} ${tokenOut}`, h("small", {}, `${signed(bps)} bps`)],
    ],
    ["Trigger", order.trigger ? priceText(order.trigger.price, order) : null],
    ["Limit", limit(order)],
    ["Minimum", order.minimumAmountOut ? tokens(order.minimumAmountOut, tokenOut) : null],
    [`${tokenOut} per ${tokenIn}`, fill ? grouped(significant(fill.executedPrice, 9)) : null],
    ["Price impact", route ? `${percentOfBps(route.quotes[0].priceImpactBps)} %` : null],
    ["Slippage", `${percentOfBps(order.slippageBps)} %`],
    ["Accepted", clockTime(order.acceptedAt)],
    ["Good till", order.goodTill ? clockTime(order.goodTill) : null],
    ending(order),
    ["Fired", order.goodTill ? times(order.firings) : null],
    ["Amended", order.amendments ? times(order.amendments) : null],
    ["Waits again", order.lastReturn ? reason(order.lastReturn) : null],
    ["Attempt", attemptOf(order)],
  ];
}

function limit({ limitPrice, ...order }) {
  if (!limitPrice) return null;
  if (order.goodTill) return priceText(limitPrice, order);
  return `${grouped(limitPrice)} ${order.priceIn}, at once or not at all`;
}

function ending(order) {
  if (FINAL.includes(order.status)) return ["Took", duration(timeTaken(order))];
  return ["Valid until", order.status === "armed" ? null : clockTime(order.expiresAt)];
}

/** Which attempt it is of those that it has; one that waits has as many each time that it fires. */
function attemptOf({ attempt, goodTill, type, status, logs }) {
  if (status === "armed") return null;
  const fired = logs.findLast(({ change }) => change === "fired");
  return `${Math.max(1, attempt - (fired?.attempt ?? 0))} of ${type === "limit" && !goodTill ? 1 : 4}`;
}

function why(error) {
  const more = background(error);
  return [
    h("span", {}, reason(error)),
    more ? h("small", {}, more) : null,
    h("small", { class: "code" }, error.code),
  ].filter(Boolean);
}

function announceEvents(events, record) {
  const { status, change } = events.at(-1);
  const cause = record.error ? ` Nothing was traded. ${reason(record.error)}` : "";
  const received = events.at(-1).amountOut
    ? ` ${tokens(events.at(-1).amountOut, record.tokenOut)} received.`
    : "";
  const why = change === "returned" ? ` ${reason(events.at(-1).reason)}` : "";
  announce(`Order ${CHANGES[change] ?? status}.${received}${cause}${why}`);
}

const againIn = (until) => ` Asking again in ${remaining(until)}.`;

/** What a lost connection kept back; without a socket it is read. */
function resumed({ missed = null, read = null }) {
  const count = missed ?? read;
  if (count === null) return "";
  const told = missed === null ? "Caught up" : "Connected again";
  if (count === 0) return `${told}. Nothing was missed.`;
  return `${told}. ${count} missed ${count === 1 ? "event" : "events"} arrived.`;
}

function linkText({ link, asOf }) {
  const states = {
    reading: "Reading the order\u2026",
    connecting: "Connecting\u2026",
    waiting: `Connection lost. Trying again in ${remaining(link.until)}`,
    live: "Live",
    final: "Final",
  };
  const meanwhile = link.state === "waiting" && !asOf ? "The order is read every few seconds meanwhile." : "";
  const old = asOf ? `This is as of ${clockTime(asOf)}.` : "";
  const caughtUp = link.state === "waiting" ? "" : resumed(link);
  return [states[link.state], caughtUp, meanwhile, old].filter(Boolean).join(". ");
}
