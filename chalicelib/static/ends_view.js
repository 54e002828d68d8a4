// The ends of orders that are not looked at: a note on the page, and the page's title.

import { announce, byId, h } from "./dom.js";
import { swap, tokens } from "./wording.js";

const TITLE = document.title;
const NOTES = 3;
const NOTED_FOR_MS = 12_000;

/** Tell that an order ended. `isFollowed` when the page shows it anyway. */
export function tellEnd(order, isFollowed) {
  const { fill, tokenOut, status, orderId } = order;
  const received = fill ? tokens(fill.amountOut, tokenOut) : null;
  document.title = `${received ? `\u2713 ${received}` : `\u2717 ${status}`} \u2013 ${TITLE}`;
  if (isFollowed) return;
  const sentence = received
    ? `${swap(order)} confirmed: ${received} received.`
    : `${swap(order)} ${status}. Nothing was traded.`;
  announce(sentence);
  const note = h("p", { class: status }, h("a", { href: `#order=${orderId}` }, sentence));
  const notes = byId("ends");
  notes.append(note);
  while (notes.children.length > NOTES) notes.firstChild.remove();
  setTimeout(() => note.remove(), NOTED_FOR_MS);
}

/** Somebody looks at the page anew: nothing has ended since. */
export function forgetEnds() {
  document.title = TITLE;
}
