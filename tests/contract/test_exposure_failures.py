"""DynamoDB's Exposures: how many calls it makes, and what it makes of lost answers and damaged items."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.exposures import TRIES, DynamoExposures
from chalicelib.domain.risk import MINUTE_MS, entry_of
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Exposures
from tests.contract.conftest import DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.contract.test_exposures_contract import NOON, WIDE, order


@pytest.fixture
def moto_exposures(accounts_table: DynamoTable) -> Exposures:
    return DynamoExposures(accounts_table.client, accounts_table.table)


def test_an_order_in_a_minute_that_has_begun_is_one_call_and_the_first_of_a_minute_two(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    assert accounts_table.client.made.count("update_item") == 2
    moto_exposures.count(order(2), WIDE)
    assert accounts_table.client.made.count("update_item") == 3
    moto_exposures.count(order(3, NOON + MINUTE_MS), WIDE)
    assert accounts_table.client.made.count("update_item") == 5
    assert accounts_table.client.made.count("get_item") == 0


def test_a_call_that_is_made_twice_counts_once(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    accounts_table.client.script("update_item", made_twice)
    assert moto_exposures.count(order(2), WIDE).remaining == 998
    assert moto_exposures.read("open").requests == 2


@pytest.mark.parametrize("fault", [answer_lost, unreached, throttled, refused("InternalServerError", 500)])
def test_whether_an_order_was_counted_is_not_guessed(
    moto_exposures: Exposures, accounts_table: DynamoTable, fault: Fault
) -> None:
    moto_exposures.count(order(1), WIDE)
    accounts_table.client.script("update_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_exposures.count(order(2), WIDE)


def test_who_loses_every_race_is_told_to_ask_again(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    overtaken = refused("ConditionalCheckFailedException")
    accounts_table.client.script("update_item", *[overtaken] * TRIES)
    with pytest.raises(StorageUnavailable, match=f"{TRIES} times"):
        moto_exposures.count(order(1), WIDE)


@pytest.mark.parametrize(
    "change",
    [
        {"v": {"N": "2"}},
        {"v": None},
        {"minute": {"S": "soon"}},
        {"day": None},
        {"open_orders": {"SS": ["no time"]}},
        {"open_orders": {"N": "1"}},
    ],
)
def test_an_exposure_that_can_not_be_read_admits_nobody(
    moto_exposures: Exposures, accounts_table: DynamoTable, change: dict[str, Any]
) -> None:
    moto_exposures.count(order(1), WIDE)
    image = (accounts_table.image(pk="EXPOSURE#open") or {}) | change
    accounts_table.put({name: value for name, value in image.items() if value is not None})
    asks: list[Callable[[], Any]] = [
        lambda: moto_exposures.read("open"),
        lambda: moto_exposures.count(order(2, NOON + MINUTE_MS), WIDE),
    ]
    for ask in asks:
        with pytest.raises(StorageUnavailable):
            ask()


def test_an_exposure_of_a_newer_release_is_left_alone(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    newer = (accounts_table.image(pk="EXPOSURE#open") or {}) | {"v": {"N": "2"}}
    accounts_table.put(newer)
    with pytest.raises(StorageUnavailable):
        moto_exposures.count(order(2), WIDE)
    moto_exposures.forget("open", [entry_of(order(1))])
    assert accounts_table.image(pk="EXPOSURE#open") == newer
