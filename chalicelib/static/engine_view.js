// How the engine stands: whether it answers and trades, its backlog, and how many executions run.

import { call } from "./api.js";
import { byId, facts } from "./dom.js";
import { capital } from "./wording.js";

/** Ask the engine and show what it says; what a release doesn't tell is left out. */
export async function refreshEngine() {
  let health;
  try {
    health = await call("GET", "api/health");
  } catch {
    health = { status: "no answer" };
  }
  const { status, trading, openOrders, executing, estimatedWaitSeconds } = health;
  const wait = estimatedWaitSeconds === undefined ? null : `${estimatedWaitSeconds} s`;
  byId("engine").dataset.state = status === "ok" ? (trading ?? "active") : "degraded";
  byId("engine").replaceChildren(
    ...facts([
      ["Engine", capital(status)],
      ["Trading", trading ? capital(trading) : null],
      ["Open orders", openOrders ?? null],
      ["Executing", executing ?? null],
      ["Estimated wait", wait],
    ]),
  );
}
