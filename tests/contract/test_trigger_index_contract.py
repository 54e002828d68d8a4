"""What every TriggerIndex promises: it finds what a price triggers, and at the same cost among many."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.dynamodb.schema import ARMED, order_key, watch_partition
from chalicelib.adapters.dynamodb.trigger_index import DynamoTriggerIndex
from chalicelib.domain import price_keys, transitions
from chalicelib.domain.firing import Sighting, fire
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.domain.price_keys import Side
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import IfRecovered, LimitTerms, StopTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC, USDT, Token
from chalicelib.domain.watching import Direction
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import OrderRepository, TriggerIndex
from tests.contract.conftest import DynamoTable, Store
from tests.contract.scripted_client import Fault, refused, throttled, unreached
from tests.fakes.examples import a_waiting_order, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.watching import InMemoryTriggerIndex

SELL, BUY = Direction(SOL, USDC), Direction(USDC, SOL)
LIMIT = 25
IDS = [FakeIdentifiers(series).order_id() for series in range(150)]


@pytest.fixture
def index(orders: Store[OrderRepository], request: pytest.FixtureRequest) -> TriggerIndex:
    if isinstance(orders.repository, InMemoryOrderRepository):
        return InMemoryTriggerIndex(orders.repository)
    table: DynamoTable = request.getfixturevalue("orders_table")
    return DynamoTriggerIndex(table.client.as_client, table.table)


def spot(usdc: str, decimals: int = 6) -> Fraction:
    """The price of one SOL in base units of USDC for one of SOL."""
    return Fraction(usdc) * Fraction(10) ** decimals / 10**9


def named(usdc: str) -> NamedPrice:
    return NamedPrice(Decimal(usdc), USDC)


def limit_at(usdc: str) -> LimitTerms:
    return LimitTerms(100, named(usdc), TimeInForce.GTC)


def stop_at(usdc: str, limit: str | None = None) -> StopTerms:
    floor = named(limit) if limit is not None else None
    return StopTerms(100, named(usdc), TimeInForce.GTC, IfRecovered.HOLD, floor)


def stored(orders: Store[OrderRepository], *armed: Order) -> None:
    for order in armed:
        orders.repository.create(order, None)


def test_of_the_orders_above_those_are_found_that_the_price_has_reached_lowest_first(
    orders: Store[OrderRepository], index: TriggerIndex
) -> None:
    prices = ["160", "150.5", "99.9", "150", "1000"]
    stored(orders, *(a_waiting_order(IDS[n], terms=limit_at(at)) for n, at in enumerate(prices)))
    assert index.past(SELL, Side.ABOVE, spot("150.5"), LIMIT) == [IDS[2], IDS[3], IDS[1]]
    assert index.past(SELL, Side.ABOVE, spot("150.5"), 2) == [IDS[2], IDS[3]]
    assert index.past(SELL, Side.ABOVE, spot("99.8"), LIMIT) == []


def test_of_the_orders_below_those_are_found_that_the_price_has_reached_highest_first(
    orders: Store[OrderRepository], index: TriggerIndex
) -> None:
    prices = ["130", "140.5", "99.9", "140", "9"]
    stored(orders, *(a_waiting_order(IDS[n], terms=stop_at(at)) for n, at in enumerate(prices)))
    assert index.past(SELL, Side.BELOW, spot("130"), LIMIT) == [IDS[1], IDS[3], IDS[0]]
    assert index.past(SELL, Side.BELOW, spot("130"), 2) == [IDS[1], IDS[3]]
    assert index.past(SELL, Side.BELOW, spot("141"), LIMIT) == []


def test_directions_and_sides_are_apart(orders: Store[OrderRepository], index: TriggerIndex) -> None:
    stored(
        orders, a_waiting_order(IDS[0], terms=limit_at("160")), a_waiting_order(IDS[1], terms=stop_at("130"))
    )
    stored(orders, a_waiting_order(IDS[2], terms=limit_at("140"), token_in=USDC, token_out=SOL))
    assert index.past(SELL, Side.ABOVE, spot("160"), LIMIT) == [IDS[0]]
    assert index.past(SELL, Side.BELOW, spot("130"), LIMIT) == [IDS[1]]
    assert index.past(BUY, Side.ABOVE, 1 / spot("140"), LIMIT) == [IDS[2]]
    assert index.past(BUY, Side.ABOVE, 1 / spot("140.01"), LIMIT) == []
    assert index.past(Direction(SOL, USDT), Side.ABOVE, spot("160"), LIMIT) == []


def test_a_token_is_known_by_its_mint(orders: Store[OrderRepository], index: TriggerIndex) -> None:
    stored(orders, a_waiting_order(IDS[0]))
    renamed = Direction(Token("WSOL", SOL.mint, 9), USDC)
    assert index.past(renamed, Side.ABOVE, spot("160"), LIMIT) == [IDS[0]]
    assert index.has_any(renamed)


@pytest.mark.parametrize("side", Side)
def test_a_price_of_more_digits_than_a_key_finds_what_it_may_have_reached(
    orders: Store[OrderRepository], index: TriggerIndex, side: Side
) -> None:
    price = "150.123456789012345"
    terms = limit_at(price) if side is Side.ABOVE else stop_at(price)
    stored(orders, a_waiting_order(IDS[0], terms=terms))
    hair = Fraction(1, 10**30)
    for near in (spot(price) - hair, spot(price), spot(price) + hair):
        assert index.past(SELL, side, near, LIMIT) == [IDS[0]]


def test_an_order_is_found_while_it_is_armed(orders: Store[OrderRepository], index: TriggerIndex) -> None:
    waits = a_waiting_order(IDS[0])
    assert not index.has_any(SELL)
    stored(orders, waits, an_order(IDS[1]))
    assert index.has_any(SELL)
    assert not index.has_any(BUY)
    fired = fire(waits, Sighting(240_000_000, 1), Stamp(2_000, "fired"))
    orders.repository.save(fired)
    assert index.past(SELL, Side.ABOVE, spot("200"), LIMIT) == []
    assert index.due(waits.enqueued_at, LIMIT) == []


@pytest.mark.promise("R19")
def test_a_direction_has_an_order_until_it_is_final_for_one_that_fired_may_come_back(
    orders: Store[OrderRepository], index: TriggerIndex
) -> None:
    stored(orders, a_waiting_order(IDS[0]))
    fired = fire(orders.repository.get(IDS[0]), Sighting(240_000_000, 1), Stamp(2_000, "fired"))
    orders.repository.save(fired)
    assert index.has_any(SELL)
    orders.repository.save(transitions.cancel(fired, Stamp(3_000, "cancel")))
    assert not index.has_any(SELL)


def test_one_order_on_either_side_is_any(orders: Store[OrderRepository], index: TriggerIndex) -> None:
    stored(orders, a_waiting_order(IDS[0], terms=stop_at("130")))
    assert index.has_any(SELL)


def test_those_whose_time_is_over_are_found_oldest_first(
    orders: Store[OrderRepository], index: TriggerIndex
) -> None:
    stored(orders, *(a_waiting_order(IDS[n], until=10_000 - n) for n in range(40)), an_order(IDS[40]))
    assert index.due(9_960, LIMIT) == []
    assert index.due(9_963, LIMIT) == [IDS[39], IDS[38], IDS[37]]
    assert index.due(10_000, 7) == list(reversed(IDS[33:40]))
    assert index.due(10_000, 100) == list(reversed(IDS[:40]))
    orders.repository.save(transitions.cancel(orders.repository.get(IDS[39]), Stamp(2_000, "cancel")))
    assert index.due(9_963, LIMIT) == [IDS[38], IDS[37]]


def test_a_price_that_is_none_is_refused(index: TriggerIndex) -> None:
    with pytest.raises(ValueError, match="over 0"):
        index.past(SELL, Side.ABOVE, Fraction(0), LIMIT)


@pytest.mark.parametrize("fault", [unreached, throttled, refused("InternalServerError", 500)])
def test_what_can_not_be_read_is_told(orders_table: DynamoTable, fault: Fault) -> None:
    index = DynamoTriggerIndex(orders_table.client.as_client, orders_table.table)
    asks: list[Callable[[], Any]] = [
        lambda: index.past(SELL, Side.ABOVE, spot("150"), LIMIT),
        lambda: index.has_any(SELL),
        lambda: index.due(1, LIMIT),
    ]
    for ask in asks:
        orders_table.client.script("query", fault)
        with pytest.raises(StorageUnavailable):
            ask()


def entries(count: int) -> list[dict[str, Any]]:
    """So many orders above at 200 USDC and more and below at 100 and less, as the indexes hold them."""
    items = []
    for number in range(count):
        side = Side.ABOVE if number % 2 else Side.BELOW
        price = spot("200") + number if side is Side.ABOVE else spot("100") / (number + 1)
        items.append(
            {
                "pk": {"S": order_key(f"00000000-0000-4000-9000-{number:012d}")},
                "watch": {"S": watch_partition(SOL.mint, USDC.mint, side)},
                "watch_key": {"S": price_keys.order_key(side, price)},
                "open": {"S": ARMED[number % len(ARMED)]},
                "enqueued_at": {"N": str(1_000_000 + number)},
                "requeues": {"N": "0"},
            }
        )
    return items


class ReadingMeter:
    """A client that counts the queries it makes, and the entries that they read."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.queries = self.entries = 0

    def query(self, **asked: Any) -> Any:
        page = self._client.query(**asked)
        self.queries += 1
        self.entries += page["ScannedCount"]
        return page


def cost_of(ask: Callable[[TriggerIndex], Any], table: DynamoTable) -> tuple[int, int]:
    """The queries that it takes, and the entries that they read."""
    meter: Any = ReadingMeter(table.client.as_client)
    ask(DynamoTriggerIndex(meter, table.table))
    return meter.queries, meter.entries


LOOK: dict[str, Callable[[TriggerIndex], Any]] = {
    "above": lambda index: index.past(SELL, Side.ABOVE, spot("150"), LIMIT),
    "below": lambda index: index.past(SELL, Side.BELOW, spot("150"), LIMIT),
    "any": lambda index: index.has_any(SELL),
    "due": lambda index: index.due(1_002, LIMIT),
}
"""What a look asks. Everything that `entries` makes is far from this price, and from this time."""


def reads_all(index: TriggerIndex) -> Any:
    """What must not be: it reads whatever is armed on a side."""
    return index.past(SELL, Side.ABOVE, spot("1000000000"), 20_000)


@pytest.mark.promise("R33")
def test_what_is_triggered_costs_the_same_to_find_among_ten_and_among_ten_thousand(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    for number in range(3):
        above = a_waiting_order(IDS[2 * number], terms=limit_at("149"), until=1_000 + number)
        below = a_waiting_order(IDS[2 * number + 1], terms=stop_at("151"), until=1_000 + number)
        dynamo_orders.create(above, None)
        dynamo_orders.create(below, None)
    ten, rest = entries(10_000)[:10], entries(10_000)[10:]
    costs = []
    for more in (ten, rest):
        for start in range(0, len(more), 25):
            puts: list[Any] = [{"PutRequest": {"Item": item}} for item in more[start : start + 25]]
            orders_table.client.as_client.batch_write_item(RequestItems={orders_table.table: puts})
        costs.append({name: cost_of(ask, orders_table) for name, ask in LOOK.items()})
    assert costs[0] == costs[1] == {"above": (1, 3), "below": (1, 3), "any": (1, 1), "due": (4, 6)}
    assert cost_of(reads_all, orders_table)[1] == 5_003  # so the meter would have told
