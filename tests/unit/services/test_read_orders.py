"""An account's history: every order once, also narrowed to a status, and never too much at once."""

from itertools import chain

import pytest

from chalicelib.domain import transitions
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Status
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.services.read_orders import MOST_READ, READ_AT_ONCE, ReadOrders, SwappedTokens
from tests.fakes.examples import a_waiting_order, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures, StoredOrdersCount
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository


class Desk:
    """An account's orders, the oldest first; `calls` names what was asked of the stores."""

    def __init__(self):
        self.orders = InMemoryOrderRepository()
        self.exposures = StoredOrdersCount(self.orders)
        self.armed = InMemoryArmedExposures()
        self.read = ReadOrders(self.orders, self.exposures, self.armed)
        self.calls: list[str] = []
        self.orders.interrupt = self.exposures.interrupt = lambda method, _moment: self.calls.append(method)

    def stores(self, count, *, is_cancelled=False, account="open"):
        for number in range(len(self.orders.orders), len(self.orders.orders) + count):
            order = an_order(f"order-{number:04d}", at=1_000 + number // 3, account=account)
            self.orders.orders[order.order_id] = (
                transitions.cancel(order, Stamp(9, "w")) if is_cancelled else order
            )

    def pages(self, status, limit):
        pages: list[list[str]] = []
        after = None
        while not pages or after is not None:
            page = self.read.history(
                "open", statuses={status} if isinstance(status, Status) else status, limit=limit, after=after
            )
            pages.append([order.order_id for order in page.orders])
            after = page.following
        return pages

    def names(self, status):
        theirs = [o for o in self.orders.orders.values() if o.account == "open" and o.status is status]
        return [o.order_id for o in sorted(theirs, key=lambda o: (o.accepted_at, o.order_id), reverse=True)]


@pytest.fixture
def desk():
    return Desk()


@pytest.mark.parametrize("status", [None, Status.PENDING, Status.CANCELLED])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_an_order_that_can_not_be_read_is_told_of_beside_those_that_can(desk, status, limit):
    desk.stores(3, is_cancelled=status is Status.CANCELLED)
    desk.orders.unreadable = {"order-0001"}
    assert list(chain(*desk.pages(status, limit))) == ["order-0002", "order-0000"]
    everything = desk.read.history(
        "open", statuses=set() if status is None else {status}, limit=100, after=None
    )
    assert list(everything.unreadable) == ["order-0001"]


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_a_status_s_orders_come_newest_first_each_once(desk, status, limit):
    for _ in range(4):
        desk.stores(2)
        desk.stores(3, is_cancelled=True)
        desk.stores(1, account="another")
    pages = desk.pages(status, limit)
    assert list(chain(*pages)) == desk.names(status)
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1] != []
    assert desk.pages(Status.CONFIRMED, limit) == [[]]


def test_every_open_status_is_found_among_what_counts_as_open(desk):
    for order in a_life()[:4]:
        desk.orders.orders[order.order_id] = order
        assert desk.pages(order.status, 5) == [[order.order_id]]
    assert "history" not in desk.calls


def test_orders_that_ended_and_are_rare_take_several_pages_of_which_none_reads_too_much(desk):
    desk.stores(1, is_cancelled=True)
    desk.stores(MOST_READ + 1)
    first = desk.read.history("open", statuses={Status.CANCELLED}, limit=5, after=None)
    assert first.orders == []
    assert desk.calls == ["history"] * (MOST_READ // READ_AT_ONCE)
    following = desk.read.history("open", statuses={Status.CANCELLED}, limit=5, after=first.following)
    assert [order.order_id for order in following.orders] == ["order-0000"]
    assert following.following is None


def test_a_page_that_is_full_when_no_more_may_be_read_goes_on_where_reading_ended(desk):
    desk.stores(1, is_cancelled=True)
    desk.stores(MOST_READ - 2)
    desk.stores(2, is_cancelled=True)
    assert desk.pages(Status.CANCELLED, 2) == [["order-0300", "order-0299"], ["order-0000"]]


def test_of_many_open_orders_no_more_are_read_than_a_page_takes(desk):
    desk.stores(2 * READ_AT_ONCE)
    desk.read.history("open", statuses={Status.PENDING}, limit=10, after=None)
    assert desk.calls == ["read", "read_all"]


def test_several_statuses_are_asked_for_at_once(desk):
    for _ in range(3):
        desk.stores(2)
        desk.stores(1, is_cancelled=True)
    everything = desk.pages(set(), 100)
    assert desk.pages({Status.PENDING, Status.CANCELLED}, 100) == everything
    assert desk.pages({Status.PENDING, Status.ROUTING}, 100) == [desk.names(Status.PENDING)]


def test_an_order_is_found_by_the_key_that_it_was_placed_with_while_the_key_binds(desk):
    order = an_order()
    record = IdempotencyRecord("open", "key-1", "…", order.order_id, 2_000)
    desk.orders.create(order, record)
    assert desk.read.placed_with("key-1", "open", 1_999).orders == [order]
    for key, account, now in (("key-2", "open", 1_000), ("key-1", "bob", 1_000), ("key-1", "open", 2_000)):
        assert desk.read.placed_with(key, account, now).orders == []


@pytest.mark.parametrize("statuses", [set(), {Status.PENDING}, {Status.PENDING, Status.FAILED}])
def test_of_the_orders_of_some_tokens_no_others_are_told(desk, statuses):
    desk.stores(2)
    bought = an_order("bought", at=2_000, token_in=USDC, token_out=SOL)
    desk.orders.orders["bought"] = bought
    for tokens, told in (
        (SwappedTokens(USDC, SOL), ["bought"]),
        (SwappedTokens(token_out=SOL), ["bought"]),
        (SwappedTokens(token_in=SOL), ["order-0001", "order-0000"]),
        (SwappedTokens(SOL, SOL), []),
    ):
        page = desk.read.history("open", statuses=statuses, limit=5, after=None, tokens=tokens)
        assert [order.order_id for order in page.orders] == told


def test_orders_that_count_as_armed_are_among_the_open_ones_newest_first():
    armed = [a_waiting_order(f"order-{number}", at=1_000 + 2 * number) for number in range(2)]
    orders = InMemoryOrderRepository(*armed, an_order("pending", at=1_001))
    exposures, counted = InMemoryExposures(), InMemoryArmedExposures()
    exposures.count(orders.orders["pending"], Limits(10, 10))
    for order in armed:
        counted.count(order, Limits(10, 10))
    read = ReadOrders(orders, exposures, counted)

    def names(*statuses):
        page = read.history("open", statuses=frozenset(statuses), limit=10, after=None)
        return [order.order_id for order in page.orders]

    assert names(Status.ARMED) == ["order-1", "order-0"]
    assert names(Status.PENDING, Status.ARMED) == ["order-1", "pending", "order-0"]
