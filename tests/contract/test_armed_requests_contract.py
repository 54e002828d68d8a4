"""What every Exposures promises of requests for armed orders, which count in the rate and nowhere else."""

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb.exposures import DynamoExposures
from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, entry_of
from chalicelib.domain.tokens import SOL
from chalicelib.errors import IdempotencyKeyReused, RateLimited
from chalicelib.ports import Exposures
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.test_exposures_contract import NOON, TEN_SOL, WIDE, admitted, claim, order
from tests.fakes.exposures import InMemoryExposures


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


def test_the_request_for_an_armed_order_counts_in_the_rate_alone(exposures: Exposures) -> None:
    full = Limits(orders_per_minute=2, open_orders=1, daily_amounts={SOL.mint: TEN_SOL})
    exposures.count(order(1, amount_in=TEN_SOL), full)
    before = exposures.read("open")
    left = exposures.count_request(order(2, NOON + 1), full)
    assert (left.remaining, left.order_id, left.open_orders) == (0, order(2).order_id, 1)
    assert exposures.read("open") == replace(before, requests=2)
    with pytest.raises(RateLimited) as refusal:
        exposures.count_request(order(3, NOON + 12_345), full)
    assert (refusal.value.limit, refusal.value.retry_after) == (2, 48)
    assert exposures.read("open") == replace(before, requests=2)


@pytest.mark.parametrize("later", [0, MINUTE_MS, DAY_MS])
def test_orders_count_on_after_a_request_alone_in_its_minute_another_and_on_another_day(
    exposures: Exposures, later: int
) -> None:
    exposures.count_request(order(1), WIDE)
    alone = exposures.read("open")
    assert (alone.requests, alone.amounts, alone.open_orders) == (1, {}, frozenset())
    exposures.count(order(2, NOON + later, amount_in=5), WIDE)
    exposures.count_request(order(3, NOON + later), WIDE)
    exposures.count_request(order(4, NOON + later + MINUTE_MS), WIDE)
    stands = exposures.read("open")
    assert (stands.requests, stands.amounts) == (1, {SOL.mint: 5})
    assert stands.open_orders == {entry_of(order(2, NOON + later))}
    exposures.count_request(order(5, NOON + later + DAY_MS), WIDE)
    assert exposures.read("open").amounts == {}


@pytest.mark.promise("R2")
@pytest.mark.promise("R3")
def test_copies_of_a_request_for_an_armed_order_count_once_and_another_payload_not_at_all(
    exposures: Exposures,
) -> None:
    one = exposures.count_request(order(1), WIDE, claim(1))
    assert exposures.count_request(order(2, NOON + 5), WIDE, claim(2)) == one
    assert one.order_id == order(1).order_id
    with pytest.raises(IdempotencyKeyReused):
        exposures.count_request(order(3), WIDE, claim(3, payload="another"))
    with pytest.raises(IdempotencyKeyReused):
        exposures.count(order(3), WIDE, claim(3, payload="another"))
    stands = exposures.read("open")
    assert (stands.requests, stands.claims, len(stands.open_orders)) == (1, frozenset({claim(1)}), 0)


def test_of_fifty_requests_at_once_exactly_as_many_are_counted_as_the_rate_allows(
    exposures: Exposures,
) -> None:
    limits = replace(WIDE, orders_per_minute=20)
    counted = admitted(exposures, [order(number) for number in range(50)], limits, exposures.count_request)
    assert len(counted) == exposures.read("open").requests == 20
