// How the engine stands: what it trades on, whether it answers and trades, and how much work it has.

import { call } from "./api.js";
import { byId, facts, write } from "./dom.js";
import { tellWatching } from "./watching_view.js";
import { capital } from "./wording.js";

const MARKETS = {
  paper: ["Paper trading", "Orders are filled by a simulation. No real token is moved."],
  shadow: ["Shadow trading", "Prices are live. Orders are filled by a simulation, and no real token is moved."],
};
const TRADING = { active: "Active", reducing: "No new orders", halted: "Halted" };

let [asked, answered] = [0, 0];

/** Ask the engine and show what it says; what a release doesn't tell is left out. */
export async function refreshEngine() {
  const round = ++asked;
  const health = await call("GET", "api/health").catch(() => ({ status: "no answer" }));
  if (round < answered) return; // a newer one came first
  answered = round;
  const { status, market, trading, openOrders, executing, estimatedWaitSeconds } = health;
  if (market) showMarket(market);
  if (health.watching) tellWatching(health.watching);
  const wait = estimatedWaitSeconds === undefined ? null : `${estimatedWaitSeconds}\u00a0s`;
  byId("engine").dataset.state = status === "ok" ? (trading ?? "active") : "degraded";
  byId("engine").replaceChildren(
    ...facts([
      ["Engine", capital(status)],
      ["Trading", trading ? (TRADING[trading] ?? capital(trading)) : null],
      ["Backlog of all accounts", openOrders ?? null],
      ["Executing", executing ?? null],
      ["Estimated wait", wait],
    ]),
  );
}

/** Say what orders are traded on; this stays when the engine doesn't answer. */
function showMarket(market) {
  const [name, meaning] = MARKETS[market] ?? [`Market: ${market}`, ""];
  byId("market").hidden = false;
  document.documentElement.dataset.market = market;
  write(byId("market"), name);
  byId("market").title = meaning;
}
