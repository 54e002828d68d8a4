"""Whatever is asked of a seeded pool, wherever trades and drift have moved it: an offer or a refusal."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.items import pool_item, read_pool
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.errors import PoolError, UnsupportedPool
from chalicelib.pricing.swap import U64_MAX, Direction, PoolClock
from tests.unit.adapters.paper.usual import usual_amount
from tests.unit.pricing.generated import (
    CLOCK,
    amm_v4_pools,
    amounts,
    clmm_pools,
    cpmm_pools,
    damm_v2_pools,
    directions,
    dlmm_pools,
)

START = 500_000_000
MINTS = {Direction.ZERO_FOR_ONE: "token-0", Direction.ONE_FOR_ZERO: "token-1"}

seeded = st.sampled_from(seeded_pools())
seeds, bounds = st.text(max_size=8), st.integers(0, 5_000)
passed = st.integers(0, 10**6)
any_amount = st.one_of(
    st.integers(0, 1_000), st.integers(0, 10**13), st.integers(0, U64_MAX + 1), st.just(U64_MAX)
)
trades = st.lists(st.tuples(passed, st.integers(1, 2_000), st.booleans()), max_size=6)


def clock_at(height: int) -> PoolClock:
    return PoolClock(unix_time=1_584_368_940 + height * 2 // 5, slot=height)


def traded(pool: StoredPool, drift: Drift, trades: list[tuple[int, int, bool]]) -> StoredPool:
    """The pool after trades of so many everyday orders each; it refuses those that are too much for it."""
    height = START
    for wait, orders, of_token_0 in trades:
        height += wait
        moved = drift.moved(pool, height)
        mint = pool.token_0 if of_token_0 else pool.token_1
        with suppress(PoolError):
            pool = moved.after(moved.swap(orders * usual_amount(mint), mint, clock_at(height)).pool)
    return drift.moved(pool, height)


@given(seeded, seeds, bounds, trades, any_amount, st.booleans())
def test_a_pool_offers_no_more_than_its_spot_price_or_refuses_with_a_reason(
    pool: StoredPool, seed: str, bound: int, before: list[tuple[int, int, bool]], amount_in: int, first: bool
) -> None:
    pool = traded(pool, Drift(Chance(seed), bound), before)
    mint = pool.token_0 if first else pool.token_1
    try:
        swap = pool.swap(amount_in, mint, clock_at(pool.height))
    except UnsupportedPool:
        raise  # it is of a kind that we price
    except PoolError:
        return
    assert 0 < swap.amount_out <= pool.spot_amount_out(amount_in, mint)
    assert pool.after(swap.pool).version == pool.version + 1


@given(seeded, seeds, bounds, trades)
def test_no_trade_and_no_drift_leave_a_pool_that_fills_an_everyday_order_in_no_direction(
    pool: StoredPool, seed: str, bound: int, before: list[tuple[int, int, bool]]
) -> None:
    pool = traded(pool, Drift(Chance(seed), bound), before)
    filled = 0
    for mint in (pool.token_0, pool.token_1):
        with suppress(PoolError):
            filled += pool.swap(usual_amount(mint), mint, clock_at(pool.height)).amount_out > 0
    assert filled


@given(seeded, seeds, bounds, passed, passed)
def test_a_pool_that_nobody_trades_on_fills_everyday_orders_both_ways_however_it_drifts(
    pool: StoredPool, seed: str, bound: int, wait: int, again: int
) -> None:
    drift = Drift(Chance(seed), bound)
    pool = drift.moved(drift.moved(pool, START + wait), START + wait + again)
    for mint in (pool.token_0, pool.token_1):
        assert pool.swap(usual_amount(mint), mint, clock_at(pool.height)).amount_out > 0


@given(seeded, seeds, bounds, trades)
def test_a_pool_is_stored_as_it_is(
    pool: StoredPool, seed: str, bound: int, before: list[tuple[int, int, bool]]
) -> None:
    pool = traded(pool, Drift(Chance(seed), bound), before)
    assert read_pool(json.loads(json.dumps(pool_item(pool)))) == pool


@pytest.mark.parametrize(
    "pools",
    [amm_v4_pools(), cpmm_pools(), clmm_pools(), dlmm_pools(), damm_v2_pools()],
    ids=["amm_v4", "cpmm", "clmm", "dlmm", "damm_v2"],
)
@settings(max_examples=200)
@given(st.data(), amounts, directions)
def test_a_stored_pool_answers_as_the_pricing_module_does(
    pools: st.SearchStrategy, data: st.DataObject, amount_in: int, direction: Direction
) -> None:
    state = data.draw(pools)
    stored = StoredPool("venue", "address", "token-0", "token-1", state)
    try:
        expected = state.swap(amount_in, direction, CLOCK)
    except PoolError as refusal:
        with pytest.raises(type(refusal)):
            stored.swap(amount_in, MINTS[direction], CLOCK)
    else:
        assert stored.swap(amount_in, MINTS[direction], CLOCK) == expected
