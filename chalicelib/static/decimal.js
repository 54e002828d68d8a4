// Money is never a float: decimals come as text, and are reckoned with as whole numbers of one scale.

const BPS = 10_000n;

function read(text) {
  const [whole, fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), places: fraction.length };
}

const scaled = ({ digits, places }, to) => digits * 10n ** BigInt(to - places);

function onOneScale(a, b) {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  return [scaled(x, places), scaled(y, places), places];
}

function placed(digits, places) {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const point = text.length - places;
  return sign + text.slice(0, point) + (places ? `.${text.slice(point)}` : "");
}

function written(digits, places) {
  return placed(digits, places)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/** Halves go away from zero. */
function dividedAndRounded(dividend, divisor) {
  const half = dividend < 0n ? -divisor : divisor;
  return (2n * dividend + half) / (2n * divisor);
}

export function compare(a, b) {
  const [x, y] = onOneScale(a, b);
  return x < y ? -1 : Number(x > y);
}

export function subtract(a, b) {
  const [x, y, places] = onOneScale(a, b);
  return written(x - y, places);
}

export function multiply(a, b) {
  const [x, y] = [read(a), read(b)];
  return written(x.digits * y.digits, x.places + y.places);
}

/** How far `a` lies above `b`, in basis points of `b`, to two places. */
export function bpsAbove(a, b) {
  const [x, y] = onOneScale(a, b);
  return written(dividedAndRounded((x - y) * BPS * 100n, y), 2);
}

/** A fraction as a percentage: 0.01 is 1. */
export function percent(fraction) {
  const { digits, places } = read(fraction);
  return written(digits * 100n, places);
}

/** A percentage as a fraction: 0.5 is 0.005. */
export function fraction(percentage) {
  const { digits, places } = read(percentage);
  return written(digits, places + 2);
}

/** Basis points as a percentage: 831 is 8.31. */
export const percentOfBps = (bps) => fraction(String(bps));

/** At most so many significant digits; whole places are never given up. Zeros stay, so that columns align. */
export function significant(text, count) {
  const { digits, places } = read(text);
  const surplus = Math.min(digits.toString().replace("-", "").length - count, places);
  return surplus > 0 ? placed(dividedAndRounded(digits, 10n ** BigInt(surplus)), places - surplus) : text;
}

/** The same decimals with as many places each, so that their digits stand below each other. */
export function aligned(texts) {
  const decimals = texts.map(read);
  const places = Math.max(...decimals.map((decimal) => decimal.places));
  return decimals.map((decimal) => placed(scaled(decimal, places), places));
}

/** For people: thousands apart, a true minus. */
export function grouped(text) {
  const [whole, fraction] = text.replace("-", "\u2212").split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
}

/** The same with a plus before what is above zero. */
export function signed(text) {
  return (text === "0" || text.startsWith("-") ? "" : "+") + grouped(text);
}
