"""Execute's workers are killed on the running stack; what they were at is traded once all the same."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.ledger import landings
from tests.e2e.trader import Trader
from tests.e2e.workers import execute_workers

pytestmark = pytest.mark.e2e

KILLS = 10
ORDERS = 60
PATIENCE = 60


def orders_in_hand(trader):
    """The orders that are being executed now."""
    page = trader.request("GET", "/api/orders?limit=100").json()["orders"]
    return {order["orderId"] for order in page if order["status"] in {"routing", "building", "submitted"}}


def kill_one_at_work(stack, trader, chance):
    """Kill a worker while orders are in hand; returns those that may have been hit."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        in_hand, workers = orders_in_hand(trader), execute_workers(stack)
        if in_hand and workers:
            chance.choice(workers).kill()
            return in_hand
    raise AssertionError("No execution was found to be killed")


@pytest.mark.timeout(300)
@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R9")
def test_orders_whose_worker_is_killed_are_confirmed_and_none_trades_twice(real_stack):
    trader, chance = Trader(real_stack.rest_url), random.Random(7)  # noqa: S311 - not for secrets
    with ThreadPoolExecutor(ORDERS) as clients:
        accepted = [trader.place(validForSeconds=120).json() for _ in range(ORDERS)]
        following = [clients.submit(trader.follow, answer["streamUrl"]) for answer in accepted]
        hit: set[str] = set()
        for _ in range(KILLS):
            hit |= kill_one_at_work(real_stack, trader, chance)
        histories = [done.result() for done in following]
    last = {a["orderId"]: seen[-1]["status"] for a, seen in zip(accepted, histories, strict=True)}
    for seen in histories:
        assert [event["sequence"] for event in seen] == list(range(1, len(seen) + 1))
    assert hit
    assert sum(last[order_id] == "confirmed" for order_id in hit) >= 0.95 * len(hit)
    landed = landings(real_stack)
    for order_id, status in last.items():
        assert len(landed.get(order_id, [])) == (1 if status == "confirmed" else 0)
