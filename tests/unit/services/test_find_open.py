"""Which orders of an account are open, of those that count as open against its limits."""

import pytest

from chalicelib.domain import transitions
from chalicelib.domain.armed_risk import ArmedEntry, ArmedExposure
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.services.find_open import STORED_WITHIN_MS, FindOpen, closed_among
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository

NOW = 1_700_000_000_000
LONG_AGO = NOW - STORED_WITHIN_MS
OPEN = [OpenEntry("order-b", NOW), OpenEntry("order-a", NOW), OpenEntry("order-c", LONG_AGO)]
CLOSED = OpenEntry("cancelled", NOW)


def armed(name, at):
    """An entry of an order that was armed."""
    return ArmedEntry(name, at, "mint", 5)


ARMED = armed("armed", LONG_AGO + 2)
LOST, YOUNG = OpenEntry("lost", LONG_AGO), OpenEntry("young", LONG_AGO + 1)


@pytest.fixture
def desk():
    return Desk()


class Desk:
    """Three open orders, one of them armed, two final ones, and two that were counted and are not stored."""

    def __init__(self):
        self.exposures, self.armed = InMemoryExposures(), InMemoryArmedExposures()
        self.orders = InMemoryOrderRepository()
        self.exposures.stored["open"] = Exposure(open_orders=frozenset([*OPEN, CLOSED, LOST, YOUNG]))
        self.armed.stored["open"] = ArmedExposure(frozenset([ARMED, armed("ended", NOW)]))
        for entry in (*OPEN, ARMED, CLOSED, armed("ended", NOW)):
            self.orders.orders[entry.order_id] = an_order(entry.order_id, entry.accepted_at)
        for ended in (CLOSED.order_id, "ended"):
            self.orders.orders[ended] = transitions.cancel(self.orders.orders[ended], Stamp(NOW, "w"))
        self.find_open = FindOpen(self.exposures, self.armed, self.orders)


def test_open_orders_are_those_that_are_stored_and_not_final_newest_first(desk):
    assert desk.find_open.open_of("open") == [*OPEN[:2], ARMED, *OPEN[2:]]


def test_those_that_count_are_told_with_the_closed_ones_newest_first(desk):
    counted = [entry.order_id for entry in desk.find_open.counted_of("open")]
    assert counted == ["order-b", "order-a", "ended", "cancelled", "armed", "young", "order-c", "lost"]


def test_an_order_no_longer_counts_when_it_is_final_or_was_not_stored_in_time(desk):
    counted = desk.exposures.read("open").open_orders
    assert closed_among(desk.orders, counted, NOW) == {CLOSED, LOST}
    assert closed_among(desk.orders, desk.armed.read("open").open_orders, NOW) == {armed("ended", NOW)}


def test_an_account_that_has_never_ordered_has_no_open_order(desk):
    assert desk.find_open.open_of("another") == []
    assert closed_among(desk.orders, [], NOW) == frozenset()
