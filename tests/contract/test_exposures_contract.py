"""What every Exposures promises."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb.exposures import DynamoExposures
from chalicelib.domain.idempotency import Claim, claim_of
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, Exposure, OpenEntry, beginning, entry_of
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import (
    DailyAmountAboveLimit,
    IdempotencyKeyReused,
    LimitRefusal,
    OpenOrdersAtLimit,
    RateLimited,
    StorageUnavailable,
)
from chalicelib.ports import Exposures
from tests.contract.conftest import STORES, DynamoTable
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures

NOON = 20_000 * DAY_MS + DAY_MS // 2
WIDE = Limits(orders_per_minute=1_000, open_orders=1_000)
TEN_SOL = 10 * 10**9


@pytest.fixture
def memory_exposures() -> Exposures:
    return InMemoryExposures()


@pytest.fixture
def moto_exposures(accounts_table: DynamoTable) -> Exposures:
    return DynamoExposures(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def exposures(request: pytest.FixtureRequest) -> Exposures:
    store: Exposures = request.getfixturevalue(f"{request.param}_exposures")
    return store


def order(number: int = 1, at: int = NOON, **changes: object) -> Order:
    return an_order(f"00000000-0000-4000-8000-{number:012d}", at, **changes)


def claim(number: int, key: str = "key", payload: str = "payload") -> Claim:
    return claim_of(key, payload, order(number).order_id)


def admitted(
    exposures: Exposures,
    orders: list[Order],
    limits: Limits,
    count: Callable[[Order, Limits], object] | None = None,
) -> list[Order]:
    """Those of the orders that are counted when all ask at once."""
    everybody = threading.Barrier(len(orders))

    def ask(one: Order) -> bool:
        everybody.wait()
        while True:
            try:
                (count or exposures.count)(one, limits)
            except (RateLimited, LimitRefusal):
                return False
            except StorageUnavailable:
                continue  # too many others were first: the client asks again
            return True

    with ThreadPoolExecutor(len(orders)) as clients:
        counted = list(clients.map(ask, orders))
    return [one for one, was in zip(orders, counted, strict=True) if was]


def test_an_account_that_never_ordered_has_no_exposure(exposures: Exposures) -> None:
    assert exposures.read("open") == Exposure()


def test_an_order_counts_in_rate_notional_and_open_orders(exposures: Exposures) -> None:
    first = order(1, amount_in=TEN_SOL)
    second = order(2, NOON + 1, amount_in=7, token_in=USDC, token_out=SOL)
    assert exposures.count(first, WIDE).remaining == 999
    left = exposures.count(second, WIDE)
    assert (left.limit, left.remaining, left.reset_after) == (1_000, 998, 60)
    stands = exposures.read("open")
    assert (stands.requests, stands.amounts) == (2, {SOL.mint: TEN_SOL, USDC.mint: 7})
    assert stands.open_orders == {entry_of(first), entry_of(second)}


def test_accounts_are_counted_apart(exposures: Exposures) -> None:
    one = Limits(orders_per_minute=1, open_orders=1)
    exposures.count(order(1, account="alice"), one)
    exposures.count(order(2, account="bob"), one)
    with pytest.raises(RateLimited):
        exposures.count(order(3, account="alice"), one)


def test_an_order_that_is_counted_twice_counts_once(exposures: Exposures) -> None:
    once = exposures.count(order(), WIDE)
    assert exposures.count(order(), WIDE) == once
    assert exposures.read("open").requests == 1


@pytest.mark.promise("R2")
def test_a_request_that_is_sent_again_counts_once_and_is_not_refused_for_itself(exposures: Exposures) -> None:
    one = replace(WIDE, open_orders=1, daily_amounts={SOL.mint: order().amount_in})
    first = exposures.count(order(1), one, claim(1))
    assert first.order_id == order(1).order_id
    assert exposures.count(order(2), one, claim(2)) == first
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(3), one, claim(3, key="another"))
    counted = exposures.read("open")
    assert (counted.requests, counted.claims, len(counted.open_orders)) == (1, frozenset({claim(1)}), 1)


@pytest.mark.promise("R3")
@pytest.mark.parametrize("later", [0, MINUTE_MS])
def test_a_claimed_key_counts_no_other_payload(exposures: Exposures, later: int) -> None:
    exposures.count(order(1), WIDE, claim(1))
    before = exposures.read("open")
    with pytest.raises(IdempotencyKeyReused):
        exposures.count(order(2, NOON + later), WIDE, claim(2, payload="another"))
    assert exposures.read("open") == before


def test_a_claim_holds_until_an_order_begins_the_next_minute(exposures: Exposures) -> None:
    exposures.count(order(1), WIDE, claim(1))
    copy = exposures.count(order(2, NOON + MINUTE_MS), WIDE, claim(2))
    assert (copy.order_id, copy.remaining) == (order(1).order_id, WIDE.orders_per_minute)
    assert exposures.read("open").requests == 1
    exposures.count(order(3, NOON + MINUTE_MS), WIDE)
    assert exposures.read("open").claims == frozenset()
    late = exposures.count(order(4, NOON + MINUTE_MS), WIDE, claim(4))
    assert (late.order_id, late.remaining) == (order(4).order_id, WIDE.orders_per_minute - 2)


def test_a_claim_holds_no_longer_than_the_minute_after_its_own(exposures: Exposures) -> None:
    exposures.count(order(1), WIDE, claim(1))
    later = order(2, NOON + 2 * MINUTE_MS)
    assert exposures.count(later, WIDE, claim(2)).order_id == later.order_id
    assert exposures.read("open").claims == {claim(2)}


@pytest.mark.promise("R16")
def test_a_full_minute_refuses_with_a_true_retry_after_and_the_next_one_counts_anew(
    exposures: Exposures,
) -> None:
    two = Limits(orders_per_minute=2, open_orders=100)
    exposures.count(order(1), two)
    exposures.count(order(2), two)
    with pytest.raises(RateLimited) as refusal:
        exposures.count(order(3, NOON + 12_345), two)
    assert (refusal.value.limit, refusal.value.retry_after) == (2, 48)
    after = NOON + 12_345 + refusal.value.retry_after * 1000
    assert exposures.count(order(3, after), two).remaining == 1
    assert len(exposures.read("open").open_orders) == 3


def test_notional_is_limited_a_day_token_by_token_and_the_next_day_counts_anew(exposures: Exposures) -> None:
    limits = Limits(100, 100, daily_amounts={SOL.mint: TEN_SOL})
    exposures.count(order(1, amount_in=TEN_SOL - 1), limits)
    exposures.count(order(2, amount_in=5_000, token_in=USDC, token_out=SOL), limits)
    with pytest.raises(DailyAmountAboveLimit) as refusal:
        exposures.count(order(3, amount_in=2), limits)
    assert refusal.value.numbers == {
        "token": "SOL",
        "limit": "10",
        "used": "9.999999999",
        "requested": "0.000000002",
        "remaining": "0.000000001",
    }
    exposures.count(order(4, amount_in=1), limits)
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(5, NOON + DAY_MS // 2 - 1, amount_in=1), limits)
    exposures.count(order(6, NOON + DAY_MS // 2, amount_in=TEN_SOL), limits)
    assert exposures.read("open").amounts == {SOL.mint: TEN_SOL}


def test_one_order_above_the_days_limit_is_refused_on_any_day(exposures: Exposures) -> None:
    limits = Limits(100, 100, daily_amounts={SOL.mint: 5})
    with pytest.raises(DailyAmountAboveLimit) as refusal:
        exposures.count(order(amount_in=6), limits)
    assert refusal.value.numbers["used"] == "0"
    exposures.count(order(1, token_in=USDC, token_out=SOL), limits)
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(2, amount_in=6), limits)
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(3, NOON + 2 * DAY_MS, amount_in=6), limits)


def test_open_orders_are_limited_until_some_are_forgotten(exposures: Exposures) -> None:
    two = Limits(orders_per_minute=100, open_orders=2)
    exposures.count(order(1), two)
    exposures.count(order(2), two)
    with pytest.raises(OpenOrdersAtLimit) as refusal:
        exposures.count(order(3), two)
    assert refusal.value.numbers == {"limit": "2", "used": "2"}
    for _ in range(2):  # to forget again changes nothing
        exposures.forget("open", [entry_of(order(1)), OpenEntry("00000000-0000-4000-8000-000000000000", 1)])
    exposures.count(order(3), two)
    assert exposures.read("open").open_orders == {entry_of(order(2)), entry_of(order(3))}


def test_all_open_orders_can_be_forgotten(exposures: Exposures) -> None:
    exposures.count(order(1), WIDE)
    exposures.forget("open", [entry_of(order(1))])
    assert exposures.read("open").open_orders == frozenset()
    exposures.forget("nobody", [entry_of(order(1))])
    exposures.count(order(2), WIDE)


def test_what_is_refused_is_not_counted(exposures: Exposures) -> None:
    limits = Limits(2, 100, daily_amounts={SOL.mint: 1})
    exposures.count(order(1, amount_in=1), limits)
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(2, amount_in=1), limits)
    exposures.count(order(3, token_in=USDC, token_out=SOL), limits)
    before = exposures.read("open")
    with pytest.raises(RateLimited):
        exposures.count(order(4, token_in=USDC, token_out=SOL), limits)
    assert exposures.read("open") == before


def test_a_clock_that_is_a_moment_behind_counts_in_the_minute_and_day_that_have_begun(
    exposures: Exposures,
) -> None:
    limits = Limits(orders_per_minute=2, open_orders=100, daily_amounts={SOL.mint: 2})
    midnight = NOON + DAY_MS // 2
    exposures.count(order(1, midnight, amount_in=1), limits)
    exposures.count(order(2, midnight - 5, amount_in=1), limits)
    with pytest.raises(RateLimited):
        exposures.count(order(3, midnight - 5, amount_in=1), limits)
    with pytest.raises(DailyAmountAboveLimit):
        exposures.count(order(4, midnight + MINUTE_MS, amount_in=1), limits)


def test_a_clock_that_was_far_ahead_locks_nobody_out(exposures: Exposures) -> None:
    limits = Limits(orders_per_minute=1, open_orders=100)
    exposures.count(order(1, NOON + 400 * DAY_MS), limits)
    exposures.count(order(2), limits)
    stands, now = exposures.read("open"), beginning(NOON)
    assert (stands.minute, stands.day) == (now.minute, now.day)


@pytest.mark.parametrize(
    ("limits", "fitting"),
    [
        (Limits(orders_per_minute=20, open_orders=1_000), 20),
        (Limits(orders_per_minute=1_000, open_orders=20), 20),
        (Limits(1_000, 1_000, daily_amounts={SOL.mint: TEN_SOL}), 6),
    ],
    ids=["rate", "open orders", "notional"],
)
@pytest.mark.parametrize("ordered_before", [False, True])
def test_of_fifty_at_once_exactly_those_are_counted_that_fit(
    exposures: Exposures, limits: Limits, fitting: int, ordered_before: bool
) -> None:
    if ordered_before:  # in another minute and on another day
        exposures.count(order(99, NOON - DAY_MS), WIDE)
        exposures.forget("open", [entry_of(order(99, NOON - DAY_MS))])
    asking = [order(number) for number in range(50)]
    counted = admitted(exposures, asking, limits)
    stands = exposures.read("open")
    assert len(counted) == stands.requests == fitting
    assert stands.amounts == {SOL.mint: fitting * 1_500_000_000}
    assert stands.open_orders == {entry_of(one) for one in counted}
