// What refusals and failures mean, for people: by their stable codes, with the API's own numbers.

const NOTHING_PLACED = "Nothing was placed.";
const MISUNDERSTOOD = "The engine and this page don't understand each other. Load the page anew.";

const REFUSALS = {
  TRADING_HALTED: () => `Trading is halted. ${NOTHING_PLACED} Place the order again when trading is active.`,
  TRADING_REDUCING: () =>
    `No new orders are taken while open ones end. ${NOTHING_PLACED} Place the order again when trading is active.`,
  BACKLOG_TOO_LONG: (_, seconds) =>
    `The engine has more orders than it can execute in time. ${NOTHING_PLACED} ${later(seconds)}, or let the order be valid for longer.`,
  RATE_LIMIT_EXCEEDED: (_, seconds) => `Too many orders came at once. ${NOTHING_PLACED} ${later(seconds)}.`,
  GATEWAY_THROTTLED: (_, seconds) => `Too much was asked at once. ${NOTHING_PLACED} ${later(seconds)}.`,
  OPEN_ORDERS_AT_LIMIT: ({ limit }) =>
    `You have as many open orders as you may have${limit ? ` (${limit})` : ""}. ${NOTHING_PLACED} Wait for some to end, or cancel some.`,
  TOKEN_NOT_ALLOWED: ({ allowed }) =>
    `You may not trade this token.${allowed ? ` You may trade ${allowed}.` : ""} ${NOTHING_PLACED}`,
  ORDER_AMOUNT_ABOVE_LIMIT: ({ limit, requested }) =>
    limit && requested
      ? `One order may be at most ${limit}; you asked for ${requested}. ${NOTHING_PLACED}`
      : `The order is larger than one order may be. ${NOTHING_PLACED}`,
  DAILY_AMOUNT_ABOVE_LIMIT: ({ limit, used }) =>
    limit && used
      ? `You may order ${limit} of this token a day, and ordered ${used} today. ${NOTHING_PLACED} The next day begins at midnight UTC.`
      : `You would order more of this token than you may in a day. ${NOTHING_PLACED}`,
  SCOPE_MISSING: () => "Your API key does not allow this. Change it for one that does.",
  AUTHENTICATION_REQUIRED: () => "The engine asks for an API key that it knows.",
  ORDER_NOT_FOUND: () => "There is no such order in your account.",
  ORDER_NOT_CANCELLABLE: () => "It is too late to cancel: the order was sent, or has ended. Most orders are sent within a second.",
  ORDER_BUSY: () => "The order is being executed at this very moment.",
  REQUEST_INVALID: () => "Something in the form is not right.",
  REQUEST_REFUSED: () => MISUNDERSTOOD,
  MEDIA_TYPE_UNSUPPORTED: () => MISUNDERSTOOD,
  METHOD_NOT_ALLOWED: () => MISUNDERSTOOD,
  ROUTE_UNKNOWN: () => MISUNDERSTOOD,
  VENUE_UNAVAILABLE: () => "No venue made an offer in time.",
  RECORD_NEWER_THAN_SERVER: (_, seconds) => `The engine is being renewed at this moment. ${later(seconds)}.`,
  STORAGE_UNAVAILABLE: () => "The engine's memory did not answer in time.",
  GATEWAY_UNAVAILABLE: () => "The engine could not be reached.",
  INTERNAL_ERROR: () => "The engine failed.",
};

const REASONS = {
  ROUTE_NOT_FOUND: "No venue can fill this swap.",
  PRICE_IMPACT_ABOVE_LIMIT: "The price would move by more than is allowed. Try a smaller amount.",
  ROUTE_BELOW_MINIMUM: "The best offer is below your minimum.",
  SLIPPAGE_EXCEEDED: "The price moved by more than your slippage allows.",
  ORDER_EXPIRED: "Its time was over.",
  QUOTE_STALE: "The quotes were too old to trade on.",
  TRANSACTION_REVERTED: "The chain took the transaction and swapped nothing.",
  EXECUTION_LATE: "The engine came to it too late.",
  TRIGGER_DISPROVED: "The market was not at the trigger any more when it was to trade.",
  FIRINGS_SPENT: "It fired as often as an order may, and could not be filled.",
  EXECUTION_CRASHED: "The engine failed while it worked on the order.",
  ORDER_CLOSED_BY_OPERATOR: "Whoever runs the engine closed the order.",
  TRANSACTION_EXPIRED: "The transaction did not get into the chain in time.",
  VENUE_UNAVAILABLE: "No venue made an offer in time.",
};

const POOLS = {
  POOL_INSUFFICIENT_LIQUIDITY: "The amount is too large for this pool.",
  POOL_PRICE_OUT_OF_RANGE: "The amount is too large for this pool.",
  POOL_ZERO_OUTPUT: "The amount is too small for this pool.",
  POOL_DISABLED: "This pool takes no swaps.",
  POOL_NOT_ACTIVE: "This pool is not open yet.",
};

/** What a problem document says, for people. `seconds` is what its Retry-After asks for. */
export function refusal(document, seconds = null) {
  const worded = REFUSALS[document.code];
  if (worded) return worded(document, seconds);
  const detail = document.detail ?? document.message ?? "The answer can't be read.";
  return document.title ? `${document.title}. ${detail}` : detail;
}

/** Why an order ended, or a quote was refused, for people. */
export function reason({ code, detail }) {
  return REASONS[code] ?? plainly(detail);
}

/** What is behind that, where it says more. */
export function background({ code, detail }) {
  return code in REASONS && plainly(detail) !== REASONS[code] ? plainly(detail) : "";
}

/** Why a pool makes no offer, for people. */
export const poolReason = ({ code, detail }) => POOLS[code] ?? plainly(detail);

/** A detail without the codes in it, which are no words. */
export const plainly = (detail) =>
  detail
    .replace(/\b([a-z]\w*): [A-Z]+(?:_[A-Z]+)+ \(([^()]*)\)/g, "$1: $2")
    .replace(/ \([A-Z]+(?:_[A-Z]+)+\)/g, "");

const later = (seconds) => (seconds ? `Try again in ${Math.ceil(seconds)} s` : "Try again in a while");
