"""Stops fire on a price that stays and that venues agree on, and sell into offers at their trigger alone."""

from decimal import Decimal

import pytest

from infra.local.waiting import wait_until
from tests.acceptance.market import history, is_fired, journey
from tests.e2e.trader import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R24"), pytest.mark.promise("R25")]

STOP = "0.8667"
TOLERANCE = Decimal("1.005")
"""How far above its trigger a stop may sell."""


def is_unsold(order):
    """Whether an order waits for its price and nothing was ever sent for it."""
    return order["status"] == "armed" and not any("txHash" in event for event in order["logs"])


def armed_again(market, order_id):
    """The order if it waits; a look may have fired it just now."""
    order = market.trader.read(order_id)
    return order if order["status"] == "armed" else None


def reason_of(event):
    return event["change"], event["reason"]["code"]


def sold_at(market, order_id):
    order = market.trader.read(order_id)
    assert order["status"] == "confirmed"
    return Decimal(order["fill"]["executedPrice"])


def test_a_wick_sells_nothing_and_a_fall_that_lasts_does(sol):
    order_id = sol.stop(STOP)
    sol.move("0.85", forMs=500)
    sol.wait_for_looks(2)
    order = wait_until(lambda: armed_again(sol, order_id), PATIENCE)
    assert order is not None
    assert is_unsold(order)
    reasons = [event["reason"]["code"] for event in order["logs"] if "reason" in event]
    assert set(reasons) <= {"TRIGGER_DISPROVED"}  # two looks may have seen it, and its execution did not
    sol.move("0.85", forMs=20_000)
    history(sol.trader, order_id)
    assert sold_at(sol, order_id) <= Decimal(sol.at(STOP)) * TOLERANCE


def test_a_venue_that_lies_neither_fires_a_stop_nor_keeps_it_from_firing(sol):
    order_id = sol.stop(STOP)
    sol.feed("lying", bps=-2000, venue="raydium", forMs=60_000)
    sol.wait_for_looks(4)
    order = sol.trader.read(order_id)
    assert (order["status"], order["firings"]) == ("armed", 0)

    sol.feed("lying", bps=2000, venue="raydium")
    sol.move("0.85")
    history(sol.trader, order_id)
    assert abs(sold_at(sol, order_id) / sol.usual - Decimal("0.85")) < Decimal("0.01")


@pytest.mark.promise("R23")
@pytest.mark.promise("R26")
def test_a_stop_with_a_limit_is_not_sold_below_it_and_waits_for_it_from_then_on(sol):
    limit = sol.at("0.86")
    order_id = sol.stop(STOP, limitPrice=limit)
    sol.move("0.8")
    seen = history(sol.trader, order_id, until=lambda event: event.get("change") == "returned")
    assert is_fired(seen[1])
    assert reason_of(seen[-1]) == ("returned", "ROUTE_BELOW_MINIMUM")
    assert is_unsold(sol.trader.read(order_id))
    sol.move("0.8655")
    assert journey(history(sol.trader, order_id))[-1] == "confirmed"
    assert sold_at(sol, order_id) >= Decimal(limit)
