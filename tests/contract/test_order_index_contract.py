"""What every OrderRepository promises about many orders: the backlog and the history."""

from collections.abc import Callable
from itertools import chain

import pytest

from chalicelib.adapters.dynamodb.schema import order_key
from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order, Status
from chalicelib.errors import UnsupportedSchemaVersion
from chalicelib.ports import HistoryPosition, OpenOrder, OrderRepository
from tests.contract.conftest import DynamoTable, Store
from tests.fakes.examples import an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository

Orders = Store[OrderRepository]

IDS = [FakeIdentifiers(series).order_id() for series in range(150)]


def stored(orders: Orders, *pending: Order) -> None:
    for order in pending:
        orders.repository.create(order, None)


def cancelled(orders: Orders, order: Order) -> None:
    orders.repository.save(transitions.cancel(order, Stamp(9_999, f"cancel {order.order_id}")))


def page_by_page(orders: Orders, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    after: HistoryPosition | None = None
    while not pages or after is not None:
        page = orders.repository.history("open", limit=limit, after=after)
        pages.append([order.order_id for order in page.orders])
        after = page.following
    return pages


@pytest.fixture
def rewrite(orders: Orders, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Store an order as a newer release would."""
    if isinstance(orders.repository, InMemoryOrderRepository):
        return orders.repository.unreadable.add
    table: DynamoTable = request.getfixturevalue("orders_table")

    def rewrite(order_id: str) -> None:
        table.put({**(table.image(pk=order_key(order_id)) or {}), "v": {"N": "3"}})

    return rewrite


def test_an_order_that_can_not_be_read_hides_no_other_and_paging_goes_on(
    orders: Orders, rewrite: Callable[[str], None]
) -> None:
    stored(orders, *[an_order(order_id, at=9_000 - number) for number, order_id in enumerate(IDS[:5])])
    rewrite(IDS[1])
    assert page_by_page(orders, limit=2) == [[IDS[0]], [IDS[2], IDS[3]], [IDS[4]]]
    page = orders.repository.history("open", limit=2, after=None)
    read = orders.repository.read_all(IDS[:6])
    assert [order.order_id for order in read.orders] == [IDS[0], *IDS[2:5]]
    for found in (page, read):
        assert list(found.unreadable) == [IDS[1]]
        assert isinstance(found.unreadable[IDS[1]], UnsupportedSchemaVersion)


def test_open_orders_come_oldest_message_first(orders: Orders) -> None:
    stored(orders, an_order(IDS[0], at=3_000), an_order(IDS[1], at=1_000), an_order(IDS[2], at=2_000))
    assert orders.repository.open_orders(2) == [OpenOrder(IDS[1], 1_000, 0), OpenOrder(IDS[2], 2_000, 0)]
    assert (orders.repository.count_waiting(), orders.repository.count_landing()) == (3, 0)


def test_open_orders_of_all_shards_come_oldest_message_first(orders: Orders) -> None:
    stored(orders, *[an_order(order_id, at=9_000 - number) for number, order_id in enumerate(IDS[:40])])
    oldest_first = list(reversed(IDS[:40]))
    assert [order.order_id for order in orders.repository.open_orders(40)] == oldest_first
    assert [order.order_id for order in orders.repository.open_orders(7)] == oldest_first[:7]
    assert orders.repository.count_waiting() == 40


def test_an_order_is_open_until_it_is_final(orders: Orders) -> None:
    life = a_life()
    stored(orders, life[0])
    for order in life[1:-1]:
        orders.repository.save(order)
        counts = (orders.repository.count_waiting(), orders.repository.count_landing())
        is_landing = order.status is Status.SUBMITTED
        assert counts == ((0, 1) if is_landing else (1, 0))
        assert [found.is_landing for found in orders.repository.open_orders(10)] == [is_landing]
    orders.repository.save(life[-1])
    assert (orders.repository.count_waiting(), orders.repository.count_landing()) == (0, 0)
    assert orders.repository.open_orders(10) == []


def test_it_is_told_which_orders_are_final_and_of_those_that_there_aren_t_nothing(orders: Orders) -> None:
    stored(orders, *[an_order(order_id) for order_id in IDS[:120]])
    for order_id in (IDS[0], IDS[119]):
        cancelled(orders, orders.repository.get(order_id))
    told = orders.repository.are_final(IDS[:130])
    assert told == {order_id: order_id in {IDS[0], IDS[119]} for order_id in IDS[:120]}
    assert orders.repository.are_final([]) == {}


def test_a_requeue_is_recorded_without_touching_the_history(orders: Orders) -> None:
    order = an_order(IDS[0])
    stored(orders, order)
    assert orders.repository.claim_next_message(OpenOrder(IDS[0], 1_000, 0), at=61_000, requeues=1)
    assert orders.repository.open_orders(1) == [OpenOrder(IDS[0], 61_000, 1)]
    read = orders.repository.get(IDS[0])
    assert (read.enqueued_at, read.requeues) == (61_000, 1)
    assert read.events == order.events


def test_of_two_that_requeue_an_order_one_does(orders: Orders) -> None:
    stored(orders, an_order(IDS[0]))
    seen = OpenOrder(IDS[0], 1_000, 0)
    assert orders.repository.claim_next_message(seen, at=61_000, requeues=1)
    assert not orders.repository.claim_next_message(seen, at=61_001, requeues=1)
    assert orders.repository.get(IDS[0]).enqueued_at == 61_000


def test_a_final_or_unknown_order_is_not_requeued(orders: Orders) -> None:
    order = an_order(IDS[0])
    stored(orders, order)
    cancelled(orders, order)
    assert not orders.repository.claim_next_message(OpenOrder(IDS[0], 1_000, 0), at=61_000, requeues=1)
    assert not orders.repository.claim_next_message(OpenOrder(IDS[1], 1_000, 0), at=61_000, requeues=1)
    assert orders.repository.count_waiting() == 0


@pytest.mark.promise("R12")
def test_history_is_the_account_s_own_newest_first_and_whole(orders: Orders) -> None:
    stored(orders, an_order(IDS[0], at=1_000), an_order(IDS[1], at=3_000), an_order(IDS[2], at=2_000))
    stored(orders, an_order(IDS[3], at=4_000, account="other"))
    page = orders.repository.history("open", limit=10, after=None)
    assert [order.order_id for order in page.orders] == [IDS[1], IDS[2], IDS[0]]
    assert page.orders[0] == an_order(IDS[1], at=3_000)
    assert page.following is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_give_every_order_once_also_those_of_the_same_moment(orders: Orders, limit: int) -> None:
    stored(orders, *(an_order(order_id, at=1_000 + index // 3) for index, order_id in enumerate(IDS[:5])))
    pages = page_by_page(orders, limit)
    given = list(chain(*pages))
    assert sorted(given) == IDS[:5]
    assert set(given[:2]) == {IDS[3], IDS[4]}
    assert [len(page) for page in pages] == [limit] * (5 // limit) + [5 % limit] * (5 % limit > 0)


def test_a_long_page_is_whole(orders: Orders) -> None:
    stored(orders, *(an_order(order_id, at=1_000 + index) for index, order_id in enumerate(IDS[:130])))
    page = orders.repository.history("open", limit=120, after=None)
    assert [order.order_id for order in page.orders] == IDS[129:9:-1]
    assert page.following == HistoryPosition(1_010, IDS[10])
