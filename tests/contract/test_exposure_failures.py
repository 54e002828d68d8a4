"""DynamoDB's Exposures: how many calls it makes, and what it makes of lost answers and damaged items."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.stack.sizes import size_of
from chalicelib.adapters.dynamodb.exposure_items import entry_bytes
from chalicelib.adapters.dynamodb.exposures import TRIES, DynamoExposures
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, Exposure, entry_of
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import DailyAmountAboveLimit, OpenOrdersAtLimit, StorageUnavailable
from chalicelib.ports import Exposures
from tests.contract.conftest import DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.contract.test_exposures_contract import NOON, WIDE, claim, order


@pytest.fixture
def moto_exposures(accounts_table: DynamoTable) -> Exposures:
    return DynamoExposures(accounts_table.client.as_client, accounts_table.table)


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
        {"open_entries": {"BS": [b"no time"]}},
        {"open_entries": {"N": "1"}},
        {"amounts": {"M": {SOL.mint: {"S": "much"}}}},
        {"amounts": None, "open_orders": {"SS": ["no time"]}},
        {"claimed": {"N": "1"}},
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


CLAIM = bytes(range(12))


def earlier(at: int = NOON) -> dict[str, Any]:
    """An exposure in its earlier form, with two open orders and a claim, which names no order yet."""
    entries = [f"{each.order_id}@{each.accepted_at}" for each in (order(1, at), order(2, at))]
    return {
        "pk": {"S": "EXPOSURE#open"},
        "v": {"N": "1"},
        "minute": {"N": str(at // MINUTE_MS)},
        "requests": {"N": "2"},
        "day": {"N": str(at // DAY_MS)},
        "spent_SOL": {"N": "7"},
        "spent_USDC": {"N": "9"},
        "open_orders": {"SS": entries},
        "claims": {"SS": [CLAIM.hex()]},
    }


def test_an_exposure_of_before_is_read(moto_exposures: Exposures, accounts_table: DynamoTable) -> None:
    accounts_table.put(earlier())
    assert moto_exposures.read("open") == Exposure(
        minute=NOON // MINUTE_MS,
        requests=2,
        day=NOON // DAY_MS,
        amounts={SOL.mint: 7, USDC.mint: 9},
        open_orders=frozenset({entry_of(order(1)), entry_of(order(2))}),
    )


def test_an_exposure_of_before_is_counted_on_and_takes_its_new_form(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    accounts_table.put(earlier())
    assert moto_exposures.count(order(3, amount_in=5), WIDE).open_orders == 3
    stands = moto_exposures.read("open")
    assert (stands.requests, stands.amounts) == (3, {SOL.mint: 12, USDC.mint: 9})
    assert stands.open_orders == {entry_of(order(number)) for number in (1, 2, 3)}
    image = accounts_table.image(pk="EXPOSURE#open") or {}
    assert set(image) == {"pk", "v", "minute", "requests", "day", "amounts", "open_entries"}
    assert image["amounts"]["M"] == {SOL.mint: {"N": "12"}, USDC.mint: {"N": "9"}}


def test_an_exposure_of_before_holds_against_its_limits(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    accounts_table.put(earlier())
    with pytest.raises(OpenOrdersAtLimit):
        moto_exposures.count(order(3), replace(WIDE, open_orders=2))
    accounts_table.put(earlier())
    with pytest.raises(DailyAmountAboveLimit):
        moto_exposures.count(order(3, amount_in=2), replace(WIDE, daily_amounts={SOL.mint: 8}))


def test_an_exposure_of_before_with_nothing_open_is_counted_on_in_another_minute(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    bare = {name: value for name, value in earlier().items() if name not in {"open_orders", "claims"}}
    accounts_table.put(bare)
    assert moto_exposures.count(order(3, NOON + MINUTE_MS, amount_in=5), WIDE).remaining == 999
    assert moto_exposures.read("open").amounts == {SOL.mint: 12, USDC.mint: 9}


def test_claims_of_before_that_name_no_order_are_passed_over(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    image = accounts_table.image(pk="EXPOSURE#open") or {}
    accounts_table.put({**image, "claimed": {"BS": [CLAIM]}})
    assert moto_exposures.read("open").claims == frozenset()
    moto_exposures.count(order(2), WIDE, claim(2))
    assert moto_exposures.read("open").claims == {claim(2)}


def test_an_account_that_is_allowed_500_open_orders_has_an_item_of_a_dozen_kilobytes(
    moto_exposures: Exposures, accounts_table: DynamoTable
) -> None:
    entries = [entry_bytes(entry_of(order(number))) for number in range(500)]
    moto_exposures.count(order(1), WIDE, claim(1))
    image = accounts_table.image(pk="EXPOSURE#open") or {}
    assert size_of(image) < 290
    assert size_of({**image, "open_entries": {"BS": entries}}) < 12 * 1024
