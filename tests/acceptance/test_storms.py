"""A crash of the market that fires many orders at once leaves room for others."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.market import history
from tests.e2e.trader import JOURNEY

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R31")]

STOPS, MARKET_ORDERS, AT_ONCE = 60, 10, 10


def begin_and_end(seen):
    """When an order's last execution began and when it was sent."""
    moments = {event["status"]: event["timestamp"] for event in seen}
    return moments["routing"], moments["submitted"]


@pytest.mark.timeout(300)
def test_sixty_stops_that_fire_at_once_are_all_sold_and_market_orders_go_in_between(sol):
    with ThreadPoolExecutor(STOPS + MARKET_ORDERS) as clients:
        stops = list(clients.map(lambda _: sol.stop("0.8667"), range(STOPS)))
        sol.move("0.85")
        answers = list(clients.map(lambda _: sol.trader.place(), range(MARKET_ORDERS)))
        assert [answer.status_code for answer in answers] == [202] * MARKET_ORDERS
        others = [answer.json()["orderId"] for answer in answers]
        stories = list(clients.map(lambda order_id: history(sol.trader, order_id), [*stops, *others]))
    assert {seen[-1]["status"] for seen in stories} == {"confirmed"}
    assert all([event["status"] for event in seen] == JOURNEY for seen in stories[STOPS:])
    spans = [begin_and_end(seen) for seen in stories]
    at_once = [sum(begin <= moment < end for begin, end in spans) for moment, _ in spans]
    assert max(at_once) <= AT_ONCE
    last_sold = max(begin for begin, _ in spans[:STOPS])
    assert any(begin < last_sold for begin, _ in spans[STOPS:])
