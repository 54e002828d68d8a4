// The API key: kept by the browser for this tab alone, sent to the API and to nobody else, shown nowhere.

import { announce, byId, write } from "./dom.js";

const NAME = "api-key";
const NAMED = /^oee_([0-9a-f]{12})_/;
const SENDABLE = /^[!-~]+$/; // fetch throws at a header with anything else

export const apiKey = () => sessionStorage.getItem(NAME);

/** The part of the key that names it and is no secret; nothing without a key, or of what is none. */
export const keyName = () => NAMED.exec(apiKey() ?? "")?.[1] ?? "";

/** The header that goes with every request. */
export const authorization = () => (apiKey() ? { Authorization: `Bearer ${apiKey()}` } : {});

/** Ask for a key: the API wants one, or another one. */
export function askForKey() {
  if (!byId("access").hidden) return;
  const sentence = apiKey() ? "The engine doesn't know this API key, or it was revoked." : "The engine asks for an API key.";
  byId("access").hidden = false;
  say(sentence);
}

function say(sentence) {
  write(byId("access-sentence"), sentence);
  announce(sentence);
}

byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("api-key").value.trim();
  if (!text) return;
  if (!SENDABLE.test(text)) {
    say("That is no API key: a key has letters, digits, _ and - only.");
    return;
  }
  sessionStorage.setItem(NAME, text);
  location.reload();
});
byId("change-key").hidden = byId("forget-key").hidden = !apiKey();
byId("change-key").addEventListener("click", () => {
  byId("access").hidden = false;
  say("Enter the API key to use instead.");
  byId("api-key").focus();
});
byId("forget-key").addEventListener("click", () => {
  sessionStorage.removeItem(NAME);
  location.reload();
});
