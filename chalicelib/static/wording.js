// How statuses, venues, times and amounts are written.

import { grouped } from "./decimal.js";

const POOL_TYPES = {
  raydium_amm_v4: "AMM v4",
  raydium_cpmm: "CPMM",
  raydium_clmm: "CLMM",
  meteora_dlmm: "DLMM",
  meteora_damm_v2: "DAMM v2",
};

export const FINAL = ["confirmed", "failed", "expired", "cancelled"];
export const CANCELLABLE = ["armed", "pending", "routing", "building"];

export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

export const poolType = (type) => POOL_TYPES[type] ?? type;

export const tokens = (amount, symbol) => `${grouped(amount)} ${symbol}`;

export const swap = (order) => `${tokens(order.amount, order.tokenIn)} \u2192 ${order.tokenOut}`;

/** A price in words: 130 USDC for one SOL. */
export function priceText(price, { tokenIn, tokenOut, priceIn }) {
  return `${tokens(price, priceIn)} for one ${priceIn === tokenOut ? tokenIn : tokenOut}`;
}

export const times = (count) => (count === 1 ? "once" : count ? `${count} times` : "not yet");

export const shortened = (text) => `${text.slice(0, 4)}\u2026${text.slice(-4)}`;

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const TO_THE_SECOND = new Intl.DateTimeFormat("en-GB", CLOCK);
const TO_THE_MILLISECOND = new Intl.DateTimeFormat("en-GB", { ...CLOCK, fractionalSecondDigits: 3 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A time of today; with its day when that is another. */
export function clockTime(timestamp) {
  const [at, today] = [new Date(timestamp), new Date()];
  const day = at.toDateString() === today.toDateString() ? "" : `${DAY.format(at)}, `;
  return day + TO_THE_SECOND.format(at);
}

/** The zone of all times that are shown, as people name it. */
export const timeZone = () =>
  new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" })
    .formatToParts(new Date())
    .find(({ type }) => type === "timeZoneName").value;

export const exactTime = (timestamp) => TO_THE_MILLISECOND.format(new Date(timestamp));

export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Until then, for a person who waits. */
export const remaining = (until) => `${Math.max(0, Math.ceil((until - Date.now()) / 1000))}\u00a0s`;

export const between = (earlier, later) => Date.parse(later) - Date.parse(earlier);

/** From acceptance to the final status; null while there is none. */
export function timeTaken(order) {
  return FINAL.includes(order.status) ? between(order.acceptedAt, order.logs.at(-1).timestamp) : null;
}
