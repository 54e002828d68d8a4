"""What every registry of armed orders promises."""

from typing import Any

import pytest

from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.dynamodb.schema import ORDER, WATCH
from chalicelib.adapters.dynamodb.watch_registry import DynamoWatchRegistry
from chalicelib.domain.tokens import SOL, USDC, Token
from chalicelib.domain.watching import Direction, Watching
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import WatchRegistry
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.fakes.watching import InMemoryWatchRegistry

NOON = 1_700_000_000_000
SELL, BUY = Direction(SOL, USDC), Direction(USDC, SOL)


@pytest.fixture
def memory_registry() -> WatchRegistry:
    return InMemoryWatchRegistry()


@pytest.fixture
def moto_registry(orders_table: DynamoTable) -> WatchRegistry:
    return DynamoWatchRegistry(orders_table.client.as_client, orders_table.table)


@pytest.fixture(params=STORES)
def registry(request: pytest.FixtureRequest) -> WatchRegistry:
    store: WatchRegistry = request.getfixturevalue(f"{request.param}_registry")
    return store


def test_nothing_is_noted_at_first(registry: WatchRegistry) -> None:
    assert registry.read() == Watching()


def test_directions_are_noted_with_their_tokens_and_when_they_were_last_armed(
    registry: WatchRegistry,
) -> None:
    assert registry.arm(SELL, NOON) == Watching({SELL: NOON})
    assert registry.arm(BUY, NOON + 1) == Watching({SELL: NOON, BUY: NOON + 1})
    registry.arm(SELL, NOON + 2)
    assert registry.read() == Watching({SELL: NOON + 2, BUY: NOON + 1})


def test_a_slow_clock_takes_no_time_back(registry: WatchRegistry) -> None:
    registry.arm(SELL, NOON)
    assert registry.arm(SELL, NOON - 1) == Watching({SELL: NOON})
    assert registry.read() == Watching({SELL: NOON})


def test_a_token_that_goes_by_another_name_now_makes_no_other_direction(registry: WatchRegistry) -> None:
    renamed = Direction(Token("WSOL", SOL.mint, 9), USDC)
    registry.arm(SELL, NOON)
    registry.arm(renamed, NOON)
    assert registry.read() == Watching({renamed: NOON})
    assert registry.retire(SELL, NOON)
    assert registry.read() == Watching()


def test_a_watcher_leaves_signs_of_life_beside_what_is_armed(registry: WatchRegistry) -> None:
    registry.beat(NOON, None)
    assert registry.read() == Watching(beat_at=NOON)
    registry.arm(SELL, NOON)
    registry.beat(NOON + 5, NOON + 4)
    assert registry.read() == Watching({SELL: NOON}, beat_at=NOON + 5, looked_at=NOON + 4)
    registry.beat(NOON + 6, None)
    assert registry.read() == Watching({SELL: NOON}, beat_at=NOON + 6, looked_at=NOON + 4)


def test_of_two_watchers_the_newest_signs_are_kept(registry: WatchRegistry) -> None:
    registry.beat(NOON, NOON - 1)
    registry.beat(NOON - 2, NOON - 3)
    assert registry.read() == Watching(beat_at=NOON, looked_at=NOON - 1)
    registry.beat(NOON + 1, NOON - 60_000)  # one that reads, and nothing that counts
    assert registry.read() == Watching(beat_at=NOON + 1, looked_at=NOON - 1)


def test_a_direction_is_forgotten_as_it_was_seen(registry: WatchRegistry) -> None:
    registry.arm(SELL, NOON)
    registry.arm(BUY, NOON)
    registry.beat(NOON, NOON)
    assert registry.retire(SELL, NOON)
    assert registry.read() == Watching({BUY: NOON}, beat_at=NOON, looked_at=NOON)
    assert registry.retire(SELL, NOON)


def test_a_direction_in_which_an_order_was_armed_since_is_kept(registry: WatchRegistry) -> None:
    registry.arm(SELL, NOON)
    registry.arm(SELL, NOON + 1)
    assert not registry.retire(SELL, NOON)
    assert registry.read() == Watching({SELL: NOON + 1})


def test_one_that_was_never_noted_is_not_there_either(registry: WatchRegistry) -> None:
    assert registry.retire(SELL, NOON)
    assert registry.read() == Watching()


def test_each_is_one_call_and_a_sign_of_life_two_where_another_has_seen_more(
    moto_registry: WatchRegistry, orders_table: DynamoTable
) -> None:
    moto_registry.arm(SELL, NOON)
    moto_registry.arm(BUY, NOON)
    moto_registry.read()
    moto_registry.beat(NOON, NOON)
    moto_registry.retire(BUY, NOON)
    assert orders_table.client.made == [
        "update_item",
        "update_item",
        "get_item",
        "update_item",
        "update_item",
    ]
    moto_registry.beat(NOON + 1, NOON - 1)
    assert orders_table.client.made[5:] == ["update_item", "update_item"]


@pytest.mark.parametrize("fault", [answer_lost, made_twice])
def test_a_write_whose_answer_was_lost_is_known_as_made(
    moto_registry: WatchRegistry, orders_table: DynamoTable, fault: Fault
) -> None:
    orders_table.client.script("update_item", fault)
    assert moto_registry.arm(SELL, NOON) == Watching({SELL: NOON})
    orders_table.client.script("update_item", fault)
    assert moto_registry.retire(SELL, NOON)
    assert moto_registry.read() == Watching()


@pytest.mark.parametrize("fault", [unreached, throttled, refused("InternalServerError", 500)])
def test_a_write_that_was_not_made_is_told(
    moto_registry: WatchRegistry, orders_table: DynamoTable, fault: Fault
) -> None:
    orders_table.client.script("update_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_registry.arm(SELL, NOON)
    moto_registry.arm(SELL, NOON)
    for write in (
        lambda: moto_registry.arm(SELL, NOON + 1),
        lambda: moto_registry.beat(NOON, NOON),
        lambda: moto_registry.retire(SELL, NOON),
    ):
        orders_table.client.script("update_item", fault)
        with pytest.raises(StorageUnavailable):
            write()
    assert moto_registry.read() == Watching({SELL: NOON})


def test_an_order_that_is_armed_while_the_answer_is_lost_is_watched(
    moto_registry: WatchRegistry, orders_table: DynamoTable
) -> None:
    def armed_before_it(_real: Any, arguments: dict[str, Any]) -> Any:
        moto_registry.arm(SELL, NOON + 1)
        return answer_lost(lambda **_: None, arguments)

    moto_registry.arm(SELL, NOON)
    orders_table.client.script("update_item", armed_before_it)
    assert not moto_registry.retire(SELL, NOON)
    assert moto_registry.read() == Watching({SELL: NOON + 1})


@pytest.mark.parametrize(
    "change",
    [
        {"v": {"N": "2"}},
        {"v": None},
        {"beat_at": {"S": "soon"}},
        {f"{SOL.mint}>{USDC.mint}": {"M": {"at": {"N": "1"}}}},
        {f"{SOL.mint}>{USDC.mint}": {"N": "1"}},
    ],
)
def test_a_registry_that_can_not_be_read_is_not_guessed(
    moto_registry: WatchRegistry, orders_table: DynamoTable, change: dict[str, Any]
) -> None:
    moto_registry.arm(SELL, NOON)
    moto_registry.beat(NOON, NOON)
    image = (orders_table.image(pk=WATCH) or {}) | change
    orders_table.put({name: value for name, value in image.items() if value is not None})
    with pytest.raises(StorageUnavailable):
        moto_registry.read()


def test_a_registry_of_a_newer_release_is_left_alone(
    moto_registry: WatchRegistry, orders_table: DynamoTable
) -> None:
    moto_registry.arm(SELL, NOON)
    newer = (orders_table.image(pk=WATCH) or {}) | {"v": {"N": "2"}}
    orders_table.put(newer)
    for write in (
        lambda: moto_registry.arm(BUY, NOON + 1),
        lambda: moto_registry.arm(SELL, NOON + 1),
        lambda: moto_registry.beat(NOON, NOON),
        lambda: moto_registry.retire(SELL, NOON),
    ):
        with pytest.raises(StorageUnavailable):
            write()
    assert orders_table.image(pk=WATCH) == newer


def test_the_registry_is_in_no_index_of_orders_and_wakes_nobody(
    moto_registry: WatchRegistry, dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    moto_registry.arm(SELL, NOON)
    moto_registry.beat(NOON, NOON)
    assert (dynamo_orders.count_waiting(), dynamo_orders.open_orders(10)) == (0, [])
    for index in ("open-orders", "by-account", "watched-orders"):
        found = orders_table.client.scan(TableName=orders_table.table, IndexName=index)
        assert found["Count"] == 0
    assert not WATCH.startswith(ORDER)  # the filter of the table's stream
