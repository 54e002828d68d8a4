"""What every TradingSwitch promises, and what DynamoDB's makes of items that it can't read."""

from typing import Any

import pytest

from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.dynamodb.schema import ORDER, TRADING
from chalicelib.adapters.dynamodb.trading import DynamoTradingSwitch
from chalicelib.domain.trading import NEVER_TURNED, Trading, TradingState
from chalicelib.errors import StorageUnavailable, TradingContended
from chalicelib.ports import TradingSwitch
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.fakes.trading import InMemoryTradingSwitch

HALTED = Trading(TradingState.HALTED, 1, "alice", "a venue lies", 1_700_000_000_000)
RESUMED = Trading(TradingState.ACTIVE, 2, "bob", "it was mended", 1_700_000_060_000)


@pytest.fixture
def memory_switch() -> TradingSwitch:
    return InMemoryTradingSwitch()


@pytest.fixture
def moto_switch(orders_table: DynamoTable) -> TradingSwitch:
    return DynamoTradingSwitch(orders_table.client.as_client, orders_table.table)


@pytest.fixture(params=STORES)
def switch(request: pytest.FixtureRequest) -> TradingSwitch:
    stands: TradingSwitch = request.getfixturevalue(f"{request.param}_switch")
    return stands


def test_a_switch_that_nobody_turned_is_active(switch: TradingSwitch) -> None:
    assert switch.read() == NEVER_TURNED
    assert switch.read().state is TradingState.ACTIVE


def test_it_is_read_back_as_it_was_turned(switch: TradingSwitch) -> None:
    for turned in (HALTED, RESUMED):
        switch.turn(turned)
        assert switch.read() == turned


def test_of_two_who_turn_it_at_once_one_is_told(switch: TradingSwitch) -> None:
    switch.turn(HALTED)
    with pytest.raises(TradingContended):
        switch.turn(Trading(TradingState.REDUCING, 1, "bob", "the same moment", HALTED.at))
    assert switch.read() == HALTED


def test_a_turn_after_one_that_never_was_is_refused(switch: TradingSwitch) -> None:
    with pytest.raises(TradingContended):
        switch.turn(RESUMED)
    assert switch.read() == NEVER_TURNED


def test_the_same_turn_again_is_the_same_turn(switch: TradingSwitch) -> None:
    switch.turn(HALTED)
    switch.turn(HALTED)
    assert switch.read() == HALTED


@pytest.mark.parametrize("fault", [answer_lost, made_twice])
def test_a_turn_whose_answer_was_lost_is_known_as_made(
    moto_switch: TradingSwitch, orders_table: DynamoTable, fault: Fault
) -> None:
    orders_table.client.script("put_item", fault)
    moto_switch.turn(HALTED)
    assert moto_switch.read() == HALTED


@pytest.mark.parametrize("fault", [unreached, throttled, refused("InternalServerError", 500)])
def test_a_turn_that_was_not_stored_is_told(
    moto_switch: TradingSwitch, orders_table: DynamoTable, fault: Fault
) -> None:
    orders_table.client.script("put_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_switch.turn(HALTED)
    assert moto_switch.read() == NEVER_TURNED


@pytest.mark.parametrize(
    "change",
    [
        {"v": {"N": "2"}},
        {"v": None},
        {"state": {"S": "sideways"}},
        {"state": None},
        {"version": {"S": "many"}},
    ],
)
def test_a_switch_that_can_not_be_read_is_not_guessed(
    moto_switch: TradingSwitch, orders_table: DynamoTable, change: dict[str, Any]
) -> None:
    moto_switch.turn(HALTED)
    image = (orders_table.image(pk=TRADING) or {}) | change
    orders_table.put({name: value for name, value in image.items() if value is not None})
    with pytest.raises(StorageUnavailable):
        moto_switch.read()


def test_the_switch_is_in_no_index_of_orders_and_wakes_nobody(
    moto_switch: TradingSwitch, dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    moto_switch.turn(HALTED)
    assert (dynamo_orders.count_waiting(), dynamo_orders.open_orders(10)) == (0, [])
    for index in ("open-orders", "by-account", "watched-orders"):
        found = orders_table.client.scan(TableName=orders_table.table, IndexName=index)
        assert found["Count"] == 0
    assert not TRADING.startswith(ORDER)  # the filter of the table's stream
