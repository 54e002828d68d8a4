// The engine's time, by this computer's clock and what answers tell of their own: this clock may be off.

const UNTOLD_MS = 999; // a Date header leaves the milliseconds out

/** How far the engine's clock lies ahead of this one, in milliseconds: no less and no more than this. */
let [least, most] = [-Infinity, Infinity];

/** Learn from an answer's Date header: it was written between `asked` and `heard` (ms of this clock). */
export function learn(header, asked, heard) {
  const last = /\w{3}, [^,]+ GMT$/.exec(header ?? ""); // a server in between may have added its own
  const told = Date.parse(last?.[0]);
  if (Number.isNaN(told)) return;
  const [low, high] = [told - heard, told + UNTOLD_MS - asked];
  const isAnother = low > most || high < least; // one of the clocks was set meanwhile
  [least, most] = isAnother ? [low, high] : [Math.max(least, low), Math.min(most, high)];
}

export function engineNow() {
  const mayBeRight = least <= 0 && most >= 0;
  return Date.now() + (mayBeRight ? 0 : (least + most) / 2);
}
