"""Torture for the running stack: `python -m tests.load.torture --orders 1000 --kills 100 --seed 1`.

Every fault is on, clients break their own sockets, and workers of Execute and of Land are killed while they
work. Then ledger, tables, invocations and what clients saw are held against each other.
"""

import argparse
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from chalicelib.adapters.dynamodb.order_items import order_from_image
from infra.local.stack import Stack, up
from infra.local.waiting import wait_until
from infra.output import run
from tests.e2e.ledger import items, landings, swaps_made
from tests.e2e.trader import PATIENCE, Trader
from tests.e2e.workers import busy_workers
from tests.load.clients import Client
from tests.load.invocations import invocations
from tests.load.verdict import Evidence, Told, Verdict, judge

SETTINGS = (
    "RATE_LIMIT_PER_MINUTE=1000000",
    "MAX_OPEN_ORDERS=500",
    "MAX_SOCKETS_PER_ACCOUNT=5000",
    "AVERAGE_EXECUTION_MS=5000",
    # Shorter than on mainnet, in proportion: a transaction lives for eight seconds and is final after two.
    "PAPER_QUOTE_DELAY_MS=20-40",
    "PAPER_LANDING_DELAY_MS=200-600",
    "PAPER_BLOCK_MS=100",
    "PAPER_BLOCKHASH_BLOCKS=80",
    "PAPER_FINALITY_BLOCKS=20",
    "PAPER_FAULT_VENUE_DOWN=0.03",
    "PAPER_FAULT_VENUE_SLOW=0.03",
    "PAPER_FAULT_VENUE_GARBAGE=0.05",
    "PAPER_FAULT_PRICE_STALE=0.05",
    "PAPER_FAULT_PRICE_MISSING=0.03",
    "PAPER_FAULT_PRICE_LYING=0.05",
    "PAPER_FAULT_DROPPED=0.05",
    "PAPER_FAULT_LATE=0.05",
    "PAPER_FAULT_REVERTED=0.03",
    "PAPER_FAULT_FORKED=0.1",
    "PAPER_FAULT_LOST_REQUEST=0.05",
    "PAPER_FAULT_LOST_ANSWER=0.1",
    "PAPER_FAULT_RATE_LIMITED=0.05",
    "PAPER_FAULT_DELAYED=0.05",
    "PAPER_FAULT_LAGGING=0.1",
    "PAPER_FAULT_GARBAGE=0.05",
    "FAULT_TABLE_LOST_ANSWER=0.02",
)
EXECUTE, LAND = "ExecuteFunction", "LandFunction"
"""The functions whose workers are killed, as the stack's outputs have them."""

CLIENTS = 40
"""Clients at once: enough for every slot to be taken, though some orders wait for their next try."""

RAMP = 0.25
"""Seconds from one client's start to the next one's: the emulator starts a process for each that waits."""

WORKING_SHARE = 0.9
"""Workers are killed until this share of the orders is finished, so that there is work to be hit."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard; `life` is how many seconds an order is valid for."""

    orders: int
    kills: int
    seed: str
    life: int = 75

    @property
    def settings(self) -> list[str]:
        """What the stack is to be brought up with."""
        return [*SETTINGS, f"PAPER_SEED={self.seed}"]


def torture(stack: Stack, plan: Plan) -> tuple[Evidence, Verdict]:
    """Run a plan on a stack that was brought up with its settings, and judge what came of it."""
    trader = Trader(stack.rest_url)
    with ThreadPoolExecutor(CLIENTS) as clients:
        following = []
        for number in range(plan.orders):
            following.append(clients.submit(Client(trader, _chance(plan, number), plan.life).trade))
            if number < CLIENTS:
                time.sleep(RAMP)
        _kill_workers(stack, plan, following)
        told = [client.result() for client in following]
    evidence = _gather(stack, told)
    return evidence, judge(evidence)


def _kill_workers(stack: Stack, plan: Plan, following: Sequence[Future[Told]]) -> None:
    """Kill a worker at work each time that a drawn number of orders is finished."""
    chance = _chance(plan, "kills")
    moments = sorted(chance.choices(range(max(1, int(plan.orders * WORKING_SHARE))), k=plan.kills))
    for moment in moments:
        while sum(client.done() for client in following) < moment:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 1))
        busy = wait_until(lambda: busy_workers(stack, EXECUTE, LAND) or None, PATIENCE)
        if busy is None:
            raise TimeoutError("No worker was found at work")
        chance.choice(chance.choice(busy)).kill()


def _gather(stack: Stack, told: Sequence[Told]) -> Evidence:
    images = [image for image in items(stack, "OrdersTable") if image["pk"]["S"].startswith("ORDER#")]
    orders = [order_from_image(image) for image in images]
    return Evidence(
        told=told,
        orders={order.order_id: order for order in orders},
        landings=landings(stack),
        swaps_made=swaps_made(stack),
        executions=invocations(stack, EXECUTE),
        watches=invocations(stack, LAND),
    )


def _chance(plan: Plan, what: object) -> random.Random:
    return random.Random(f"{plan.seed} {what}")  # noqa: S311 - not for secrets


def table(evidence: Evidence, verdict: Verdict) -> str:
    """The outcome for people."""
    statuses = Counter(order.status.value for order in evidence.orders.values())
    rows: dict[str, int] = {
        "accepted": len(evidence.told),
        **{status: statuses[status] for status in ("confirmed", "failed", "expired", "cancelled")},
        "landings": sum(map(len, evidence.landings.values())),
        "executions": len(evidence.executions),
        "executions killed": sum(one.killed for one in evidence.executions),
        "executions at once": verdict.executing,
        "watches": len(evidence.watches),
        "watches killed": sum(one.killed for one in evidence.watches),
        "watches at once": verdict.watching,
        "duplicates": len(verdict.duplicates),
        "lost": len(verdict.lost),
        "gaps": len(verdict.gaps),
        "untrue": len(verdict.untrue),
    }
    return "\n".join(f"{name:<20}{count:>7}" for name, count in rows.items())


def main(say: Callable[[str], object] = print) -> int:
    """Bring up a stack of its own, torture it, and print what came of it; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.torture", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", default="1")
    plan = Plan(**vars(parser.parse_args()))
    running = up(f"torture-{os.getpid()}", port=0, given=plan.settings, say=say)
    try:
        began = time.monotonic()
        evidence, verdict = torture(running.stack, plan)
    finally:
        running.down()
    say(f"\n{table(evidence, verdict)}\n\n{time.monotonic() - began:.0f} s, seed {plan.seed}")
    for sentence in verdict.wrong:
        say(f"WRONG: {sentence}")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    run(main)
