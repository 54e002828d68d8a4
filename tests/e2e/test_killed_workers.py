"""Workers of Execute and of Land are killed on the running stack; what they were at is traded once."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.ledger import landings
from tests.e2e.trader import Trader
from tests.e2e.workers import busy_workers
from tests.load.invocations import invocations

pytestmark = pytest.mark.e2e

KILLS = 10
ORDERS = 60
PATIENCE = 60
IN_HAND = {"ExecuteFunction": {"routing", "building"}, "LandFunction": {"submitted"}}
"""The statuses of the orders that a function works on."""


def orders_in_hand(trader, function):
    """The orders that the function works on now."""
    answer = trader.request("GET", "/api/orders?limit=100")
    if answer.is_server_error:
        return set()  # too much at once for the emulator: the caller looks again
    return {order["orderId"] for order in answer.json()["orders"] if order["status"] in IN_HAND[function]}


def kill_one_at_work(stack, trader, function, chance):
    """Kill a worker while orders are in hand; returns those that may have been hit."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        in_hand = orders_in_hand(trader, function)
        for workers in busy_workers(stack, function, seconds=0.1):
            if in_hand:
                chance.choice(workers).kill()
                return in_hand
    raise AssertionError(f"No worker of {function} was found at work")


def trade(trader):
    """Place an order and follow it; returns its id and its history."""
    accepted = trader.place(validForSeconds=120).json()
    return accepted["orderId"], trader.follow(accepted["streamUrl"])


@pytest.mark.timeout(300)
@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R9")
@pytest.mark.parametrize("function", IN_HAND)
def test_orders_whose_worker_is_killed_are_confirmed_and_none_trades_twice(real_stack, function):
    trader, chance = Trader(real_stack.rest_url), random.Random(7)  # noqa: S311 - not for secrets
    with ThreadPoolExecutor(ORDERS) as clients:
        trading = [clients.submit(trade, trader) for _ in range(ORDERS)]
        hit: set[str] = set()
        for _ in range(KILLS):
            hit |= kill_one_at_work(real_stack, trader, function, chance)
        histories = dict(traded.result() for traded in trading)
    assert sum(one.killed for one in invocations(real_stack, function)) >= KILLS // 2
    for seen in histories.values():
        assert [event["sequence"] for event in seen] == list(range(1, len(seen) + 1))
    last = {order_id: seen[-1]["status"] for order_id, seen in histories.items()}
    assert hit
    assert sum(last[order_id] == "confirmed" for order_id in hit) >= 0.95 * len(hit)
    landed = landings(real_stack)
    for order_id, status in last.items():
        assert len(landed.get(order_id, [])) == (1 if status == "confirmed" else 0)
