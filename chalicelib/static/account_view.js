// Who the page is to the engine: the account, what its key allows, and what is left of the account's limits.

import { call } from "./api.js";
import { compare, grouped } from "./decimal.js";
import { byId, facts, h, write } from "./dom.js";
import { apiKey, keyName } from "./key.js";

const AGAIN_AFTER_MS = 10_000;
const EVERYBODY = "This engine asks for no key: all who use it are one account.";
/** What a scope allows; `trade` allows also what `read` does. */
const ALLOWED = {
  trade: "place, cancel and see orders",
  read: "see orders and quotes",
  admin: "stop and start trading",
};

let reading = null;
let isWantedAgain = false;
let isKnown = false;
let timer = 0;

/** Read how the account stands, and show it. What is asked for meanwhile is read after that. */
export async function refreshAccount() {
  isWantedAgain = Boolean(reading);
  reading ??= read();
  await reading;
}

async function read() {
  clearTimeout(timer);
  try {
    show(await call("GET", "api/me"));
  } catch (error) {
    if (error.status === 401) showStranger();
    else tellTrouble(error);
  } finally {
    reading = null;
  }
  if (isWantedAgain) await refreshAccount();
}

function readAfter(milliseconds) {
  timer = setTimeout(() => (document.hidden ? readAfter(milliseconds) : refreshAccount()), milliseconds);
}

function show({ account, keyId, scopes, ordersThisMinute: minute, openOrders: open, tokens }) {
  isKnown = true;
  say(keyId ? `You are ${account}, with the key ${keyId}. It allows you to ${allowed(scopes)}.` : EVERYBODY);
  byId("may-not-trade").hidden = scopes.includes("trade");
  byId("account-limits").replaceChildren(
    ...facts([
      ["Orders left this minute", of(minute.remaining, minute.limit, minute.remaining === 0)],
      ["Open orders", of(open.used, open.limit, open.used >= open.limit)],
      ...tokens.flatMap(limitsOf),
    ]),
  );
  // Nothing else tells that a new minute has begun.
  if (minute.used > 0) readAfter(minute.resetSeconds * 1000);
}

function showStranger() {
  isKnown = true;
  const named = keyName() ? `The key ${keyName()}` : "This key";
  say(apiKey() ? `${named} gives you no account here.` : "Without a key you have no account here.");
  byId("may-not-trade").hidden = true;
  byId("account-limits").replaceChildren();
}

/** What was shown before stays: it is the best that is known. */
function tellTrouble(error) {
  if (!isKnown) say(`It is not known yet who you are. ${error.message}`);
  readAfter(AGAIN_AFTER_MS);
}

function say(sentence) {
  write(byId("account-who"), sentence);
}

function allowed(scopes) {
  const told = scopes.includes("trade") ? scopes.filter((scope) => scope !== "read") : scopes;
  return told.map((scope) => ALLOWED[scope] ?? scope).join(", and to ");
}

/** The limits on selling a token; one that isn't there is left out. */
function limitsOf({ symbol, limitPerOrder, limitPerDay, remainingToday }) {
  const isNoneLeft = Boolean(limitPerDay) && compare(remainingToday, "0") === 0;
  return [
    [`${symbol} left today (UTC)`, limitPerDay ? of(remainingToday, limitPerDay, isNoneLeft) : null],
    [`${symbol} in one order`, limitPerOrder ? `at most ${grouped(limitPerOrder)}` : null],
  ];
}

/** A part of a limit; it stands out where nothing more is allowed. */
function of(part, whole, isAtLimit) {
  const text = `${grouped(String(part))} of ${grouped(String(whole))}`;
  return h("span", { class: isAtLimit ? "alarming" : null }, text);
}
