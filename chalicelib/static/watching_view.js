// A banner for when nobody watches prices, and something waits for them.

import { announce, byId, write } from "./dom.js";
import { duration } from "./wording.js";

const UNWATCHED = "Nobody watches prices at the moment: orders that wait for one don't fire until somebody does.";

let [armed, watching] = [0, {}];

/** So many orders wait for their price. */
export function tellArmed(count) {
  armed = count;
  show();
}

/** Whether prices are watched, as the engine's health has it. */
export function tellWatching(state) {
  watching = state;
  show();
}

function show() {
  const isStale = armed > 0 && watching.state === "stale";
  const age = watching.lookAgeMs === undefined ? "" : ` The last look was ${duration(watching.lookAgeMs)} ago.`;
  if (isStale && byId("unwatched").hidden) announce(UNWATCHED);
  byId("unwatched").hidden = !isStale;
  write(byId("unwatched"), isStale ? UNWATCHED + age : "");
}
