"""What every ArmedExposures promises, and what DynamoDB's makes of lost answers and damaged items."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bench.stack.sizes import size_of
from chalicelib.adapters.dynamodb.armed_exposures import TRIES, DynamoArmedExposures
from chalicelib.domain.armed_risk import ArmedExposure, armed_entry_of
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import OpenEntry
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import ArmedAmountAboveLimit, ArmedOrdersAtLimit, LimitRefusal, StorageUnavailable
from chalicelib.ports import ArmedExposures
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.fakes.examples import a_waiting_order
from tests.fakes.exposures import InMemoryArmedExposures

NOON = 1_700_000_000_000
WIDE = Limits(orders_per_minute=1, open_orders=1)
TWO = replace(WIDE, armed_orders=2)
TEN_SOL = 10 * 10**9


@pytest.fixture
def memory_exposures() -> ArmedExposures:
    return InMemoryArmedExposures()


@pytest.fixture
def moto_exposures(accounts_table: DynamoTable) -> ArmedExposures:
    return DynamoArmedExposures(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def exposures(request: pytest.FixtureRequest) -> ArmedExposures:
    store: ArmedExposures = request.getfixturevalue(f"{request.param}_exposures")
    return store


def order(number: int = 1, at: int = NOON, amount_in: int = TEN_SOL, **changes: object) -> Order:
    order_id = f"00000000-0000-4000-8000-{number:012d}"
    return a_waiting_order(order_id, at, amount_in=amount_in, **changes)  # type: ignore[arg-type]


def selling_usdc(number: int, amount_in: int = 7) -> Order:
    return order(number, amount_in=amount_in, token_in=USDC, token_out=SOL)


def exposure_of(*orders: Order) -> ArmedExposure:
    reserved: dict[str, int] = {}
    for one in orders:
        reserved[one.token_in.mint] = reserved.get(one.token_in.mint, 0) + one.amount_in
    return ArmedExposure(frozenset(map(armed_entry_of, orders)), reserved)


def test_an_account_that_armed_nothing_has_no_armed_exposure(exposures: ArmedExposures) -> None:
    assert exposures.read("open") == ArmedExposure()


def test_orders_count_with_the_amounts_that_are_reserved_for_them(exposures: ArmedExposures) -> None:
    counted = [exposures.count(one, WIDE) for one in (order(1), selling_usdc(2), order(3, amount_in=1))]
    assert counted == [1, 2, 3]
    assert exposures.read("open") == exposure_of(order(1), selling_usdc(2), order(3, amount_in=1))


def test_accounts_are_counted_apart(exposures: ArmedExposures) -> None:
    one = replace(WIDE, armed_orders=1)
    exposures.count(order(1, account="alice"), one)
    exposures.count(order(2, account="bob"), one)
    with pytest.raises(ArmedOrdersAtLimit):
        exposures.count(order(3, account="alice"), one)


@pytest.mark.promise("R2")
def test_an_order_id_counts_once_also_of_a_copy_that_came_a_moment_later(exposures: ArmedExposures) -> None:
    for at in (NOON, NOON, NOON + 1_000):
        assert exposures.count(order(1, at), WIDE) == 1
    assert exposures.read("open") == exposure_of(order(1))


def test_what_is_counted_already_is_not_refused_for_itself(exposures: ArmedExposures) -> None:
    full = replace(WIDE, armed_orders=1, armed_amounts={SOL.mint: TEN_SOL})
    exposures.count(order(1), full)
    assert exposures.count(order(1), full) == 1


def test_armed_orders_are_limited_with_the_numbers_told(exposures: ArmedExposures) -> None:
    exposures.count(order(1), TWO)
    exposures.count(order(2), TWO)
    with pytest.raises(ArmedOrdersAtLimit) as refusal:
        exposures.count(order(3), TWO)
    assert refusal.value.numbers == {"limit": "2", "used": "2"}
    assert exposures.read("open") == exposure_of(order(1), order(2))


def test_amounts_are_limited_token_by_token_with_the_numbers_told(exposures: ArmedExposures) -> None:
    limits = replace(WIDE, armed_amounts={SOL.mint: TEN_SOL})
    exposures.count(order(1, amount_in=TEN_SOL - 1), limits)
    exposures.count(selling_usdc(2, amount_in=10**15), limits)
    with pytest.raises(ArmedAmountAboveLimit) as refusal:
        exposures.count(order(3, amount_in=2), limits)
    assert refusal.value.numbers == {
        "token": "SOL",
        "limit": "10",
        "used": "9.999999999",
        "requested": "0.000000002",
    }
    exposures.count(order(4, amount_in=1), limits)
    with pytest.raises(ArmedAmountAboveLimit):
        exposures.count(order(5, amount_in=1), limits)


def test_one_order_above_the_amounts_limit_is_refused_also_where_nothing_of_its_token_is_armed(
    exposures: ArmedExposures,
) -> None:
    limits = replace(WIDE, armed_amounts={SOL.mint: 5})
    for before in (None, selling_usdc(1)):
        if before is not None:
            exposures.count(before, limits)
        with pytest.raises(ArmedAmountAboveLimit) as refusal:
            exposures.count(order(2, amount_in=6), limits)
        assert refusal.value.numbers["used"] == "0"


def test_what_is_forgotten_gives_back_exactly_what_was_reserved_for_it(exposures: ArmedExposures) -> None:
    armed = [order(1), selling_usdc(2), order(3, amount_in=1), order(4, amount_in=3)]
    for one in armed:
        exposures.count(one, WIDE)
    unknown = OpenEntry("00000000-0000-4000-8000-000000000099", NOON)
    for _ in range(2):  # to forget again changes nothing
        exposures.forget("open", [armed_entry_of(armed[0]), armed_entry_of(armed[1]), unknown])
        assert exposures.read("open") == exposure_of(*armed[2:])
    exposures.forget("open", [armed_entry_of(one) for one in armed])
    assert exposures.read("open") == ArmedExposure()
    exposures.forget("nobody", [unknown])
    assert exposures.count(armed[0], TWO) == 1


@pytest.mark.parametrize(
    ("limits", "fitting"),
    [(replace(WIDE, armed_orders=20), 20), (replace(WIDE, armed_amounts={SOL.mint: 6 * TEN_SOL}), 6)],
    ids=["orders", "amounts"],
)
def test_of_fifty_at_once_exactly_those_are_counted_that_fit(
    exposures: ArmedExposures, limits: Limits, fitting: int
) -> None:
    everybody = threading.Barrier(50)

    def ask(one: Order) -> bool:
        everybody.wait()
        while True:
            try:
                exposures.count(one, limits)
            except LimitRefusal:
                return False
            except StorageUnavailable:
                continue  # too many others were first: the client asks again
            return True

    asking = [order(number) for number in range(50)]
    with ThreadPoolExecutor(50) as clients:
        counted = list(clients.map(ask, asking))
    fits = [one for one, was in zip(asking, counted, strict=True) if was]
    assert len(fits) == fitting
    assert exposures.read("open") == exposure_of(*fits)


def test_the_first_order_of_an_account_is_two_calls_and_every_other_one(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    assert accounts_table.client.made == ["update_item"] * 2
    moto_exposures.count(order(2), WIDE)
    assert accounts_table.client.made == ["update_item"] * 3


def test_a_call_that_is_made_twice_counts_once_and_forgets_once(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1), WIDE)
    accounts_table.client.script("update_item", made_twice)
    assert moto_exposures.count(order(2), WIDE) == 2
    accounts_table.client.script("update_item", made_twice)
    moto_exposures.forget("open", [armed_entry_of(order(1))])
    assert moto_exposures.read("open") == exposure_of(order(2))


@pytest.mark.parametrize("fault", [answer_lost, unreached, throttled, refused("InternalServerError", 500)])
def test_whether_an_order_was_counted_or_forgotten_is_not_guessed_and_asking_again_is_exact(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable, fault: Fault
) -> None:
    moto_exposures.count(order(1), WIDE)
    asks: list[Callable[[], Any]] = [
        lambda: moto_exposures.count(order(2), WIDE),
        lambda: moto_exposures.forget("open", [armed_entry_of(order(1))]),
    ]
    for ask in asks:
        accounts_table.client.script("update_item", fault)
        with pytest.raises(StorageUnavailable):
            ask()
        ask()
    assert moto_exposures.read("open") == exposure_of(order(2))


def test_an_order_that_is_armed_while_others_are_forgotten_is_kept(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable
) -> None:
    def overtaken(real: Any, arguments: dict[str, Any]) -> Any:
        moto_exposures.count(order(9), WIDE)
        return real(**arguments)

    moto_exposures.count(order(1), WIDE)
    accounts_table.client.script("update_item", overtaken)
    moto_exposures.forget("open", [armed_entry_of(order(1))])
    assert moto_exposures.read("open") == exposure_of(order(9))


def test_who_loses_every_race_is_told_to_ask_again(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable
) -> None:
    first = iter(range(100, 200))

    def overtaken(real: Any, arguments: dict[str, Any]) -> Any:
        moto_exposures.count(order(next(first)), WIDE)
        return real(**arguments)

    moto_exposures.count(order(1), WIDE)
    accounts_table.client.script("update_item", *[overtaken, lambda real, given: real(**given)] * TRIES)
    with pytest.raises(StorageUnavailable, match=f"{TRIES} times"):
        moto_exposures.forget("open", [armed_entry_of(order(1))])
    assert moto_exposures.read("open").counts(order(1).order_id)
    accounts_table.client.script("update_item", *[refused("ConditionalCheckFailedException")] * TRIES)
    with pytest.raises(StorageUnavailable, match=f"{TRIES} times"):
        moto_exposures.count(order(2), WIDE)


@pytest.mark.parametrize(
    "change",
    [
        {"v": {"N": "2"}},
        {"v": None},
        {"entries": None},
        {"entries": {"M": {order().order_id: {"S": "soon"}}}},
        {"entries": {"M": {order().order_id: {"N": "1"}}}},
        {"reserved": {"M": {SOL.mint: {"S": "much"}}}},
    ],
)
def test_an_armed_exposure_that_can_not_be_read_admits_nobody(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable, change: dict[str, Any]
) -> None:
    moto_exposures.count(order(1), WIDE)
    image = (accounts_table.image(pk="ARMED#open") or {}) | change
    kept = {name: value for name, value in image.items() if value is not None}
    accounts_table.put(kept)
    asks: list[Callable[[], Any]] = [
        lambda: moto_exposures.read("open"),
        lambda: moto_exposures.count(order(1), WIDE),
        lambda: moto_exposures.forget("open", [armed_entry_of(order(1))]),
    ]
    for ask in asks:
        with pytest.raises(StorageUnavailable):
            ask()
    assert accounts_table.image(pk="ARMED#open") == kept


def test_an_account_with_2_000_armed_orders_has_an_item_that_the_table_takes(
    moto_exposures: ArmedExposures, accounts_table: DynamoTable
) -> None:
    moto_exposures.count(order(1, amount_in=2**64 - 1), WIDE)
    image = accounts_table.image(pk="ARMED#open") or {}
    (text,) = image["entries"]["M"].values()
    entries = {"M": {order(number).order_id: text for number in range(2_000)}}
    assert size_of({**image, "entries": entries}) < 250 * 1024
