"""Which orders of an account are open, of those that count as open against its limits."""

import pytest

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.services.find_open import STORED_WITHIN_MS, FindOpen
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository

NOW = 1_700_000_000_000
LONG_AGO = NOW - STORED_WITHIN_MS
OPEN = [OpenEntry("order-b", NOW), OpenEntry("order-a", NOW), OpenEntry("order-c", LONG_AGO)]
CLOSED = OpenEntry("cancelled", NOW)
LOST, YOUNG = OpenEntry("lost", LONG_AGO), OpenEntry("young", LONG_AGO + 1)


@pytest.fixture
def find_open():
    """Three open orders, a final one, and two that were counted and are not stored."""
    exposures, orders = InMemoryExposures(), InMemoryOrderRepository()
    exposures.stored["open"] = Exposure(open_orders=frozenset([*OPEN, CLOSED, LOST, YOUNG]))
    for entry in (*OPEN, CLOSED):
        orders.orders[entry.order_id] = an_order(entry.order_id, entry.accepted_at)
    orders.orders[CLOSED.order_id] = transitions.cancel(orders.orders[CLOSED.order_id], Stamp(NOW, "w"))
    return FindOpen(exposures, orders)


def test_open_orders_are_those_that_are_stored_and_not_final_newest_first(find_open):
    assert find_open.open_of("open") == OPEN


def test_an_order_no_longer_counts_when_it_is_final_or_was_not_stored_in_time(find_open):
    closed, left = find_open.closed_of("open", NOW)
    assert set(closed) == {CLOSED, LOST}
    assert left == len([*OPEN, YOUNG])


def test_an_account_that_has_never_ordered_has_no_open_order(find_open):
    assert find_open.open_of("another") == []
    assert find_open.closed_of("another", NOW) == (set(), 0)
