// Small charts of what was confirmed: executed prices of a pair, and times to confirmation.

import { call } from "./api.js";
import { compare, grouped, significant } from "./decimal.js";
import { byId, h, svg, write } from "./dom.js";
import { clockTime, duration, timeTaken } from "./wording.js";

const ORDERS = 40;
const WIDTH = 100;
const HEIGHT = 40;
const MARGIN = 4;
const FEW = 12;

export class Charts {
  #orders = [];
  #isRead = false;
  #isReading = false;
  #isWanted = false;

  constructor() {
    byId("chart-pair").addEventListener("change", () => this.#show());
  }

  /** Read at first, and anew if there is a confirmed order that the charts don't show yet; one at a time. */
  async update(orders) {
    const newest = orders.find((order) => order.status === "confirmed");
    const isNews = newest && !this.#orders.some(({ orderId }) => orderId === newest.orderId);
    if (this.#isRead && !isNews) return;
    this.#isWanted = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#read();
    }
    this.#isReading = false;
  }

  async #read() {
    const page = await call("GET", `api/orders?status=confirmed&limit=${ORDERS}`).catch(() => null);
    if (!page) return;
    this.#isRead = true;
    this.#orders = page.orders.reverse();
    if (!this.#orders.length) return;
    this.#showPairs();
    this.#show();
  }

  #showPairs() {
    const select = byId("chart-pair");
    const pairs = [...new Set(this.#orders.map(pairOf).reverse())];
    const chosen = pairs.includes(select.value) ? select.value : pairs[0];
    select.replaceChildren(...pairs.map((pair) => h("option", {}, pair)));
    select.value = chosen;
  }

  #show() {
    byId("charts-note").hidden = this.#orders.length > 0;
    byId("charts-body").hidden = this.#orders.length === 0;
    const ofPair = this.#orders.filter((order) => pairOf(order) === byId("chart-pair").value);
    const prices = ofPair.map(({ fill }) => significant(fill.executedPrice, 7));
    draw("price", ofPair, prices, { compared: compare, label: grouped, mark: line });
    draw("time", ofPair, ofPair.map(timeTaken), {
      compared: (a, b) => a - b,
      from: 0,
      label: duration,
      mark: bars,
    });
  }
}

const pairOf = (order) => `${order.tokenIn} \u2192 ${order.tokenOut}`;

function draw(name, orders, values, { compared, from = null, label, mark }) {
  const sorted = [...values].sort(compared);
  const [least, most, newest] = [sorted[0], sorted.at(-1), values.at(-1)];
  const heights = scaled(values.map(Number), Number(from ?? least), Number(most));
  const titles = orders.map((order, index) => `${label(values[index])}, ${clockTime(order.acceptedAt)}`);
  const count = orders.length === 1 ? "1 order" : `${orders.length} orders`;
  const range = `${label(least)} to ${label(most)}, ${count}`;
  const plot = byId(`${name}-chart`);
  plot.setAttribute("aria-label", `Newest ${label(newest)}; ${range}`);
  plot.replaceChildren(...mark(heights, titles));
  write(byId(`${name}-newest`), label(newest));
  write(byId(`${name}-range`), range);
}

/** Distances from the top, for pixels only: here a float is no money. */
function scaled(values, from, to) {
  const room = HEIGHT - 2 * MARGIN;
  return values.map(
    (value) => HEIGHT - MARGIN - (to > from ? ((value - from) / (to - from)) * room : room / 2),
  );
}

function line(heights, titles) {
  const step = (WIDTH - 2 * MARGIN) / (Math.max(FEW, heights.length) - 1);
  const at = heights.map((height, index) => `${MARGIN + index * step} ${height}`);
  // A line of no length with round ends stays a round dot however the chart is stretched.
  const dots = at.map((place, index) =>
    svg("path", { class: "dot", d: `M${place}h0` }, svg("title", {}, titles[index])),
  );
  return [svg("path", { class: "line", d: `M${at.join("L")}` }), ...dots];
}

function bars(heights, titles) {
  const step = WIDTH / Math.max(FEW, heights.length);
  return heights.map((height, index) =>
    svg(
      "rect",
      {
        class: "column",
        x: index * step + step * 0.15,
        y: height,
        width: step * 0.7,
        height: HEIGHT - height,
      },
      svg("title", {}, titles[index]),
    ),
  );
}
