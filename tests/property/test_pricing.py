import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import PoolError
from chalicelib.pricing.pools import pool_from_record
from chalicelib.pricing.swap import BASIS_POINTS, Direction, Swap
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

Pools = st.SearchStrategy[Any]
ANY = {
    "amm_v4": amm_v4_pools(),
    "cpmm": cpmm_pools(),
    "clmm": clmm_pools(),
    "dlmm": dlmm_pools(),
    "damm_v2": damm_v2_pools(),
}
# Fees that depend on the swap's size, or on what the swap before it did, make two swaps another price than
# one; the programs mean it so. The other pools of each type must not pay for splitting.
STEADY = ANY | {
    "clmm": clmm_pools(steady=True),
    "dlmm": dlmm_pools(steady=True),
    "damm_v2": damm_v2_pools(steady=True),
}

every_pool = pytest.mark.parametrize("pools", ANY.values(), ids=ANY.keys())
bounded = settings(max_examples=50)


def priced(pool: Any, amount_in: int, direction: Direction) -> Swap[Any] | None:
    """The swap, or None where the program rejects it."""
    try:
        swap: Swap[Any] = pool.exchange(amount_in, direction, CLOCK)
    except PoolError:
        return None
    return swap


def opposite(direction: Direction) -> Direction:
    return Direction.ONE_FOR_ZERO if direction is Direction.ZERO_FOR_ONE else Direction.ZERO_FOR_ONE


@every_pool
@bounded
@given(data=st.data(), amount=amounts, more=amounts, direction=directions)
def test_more_in_never_returns_less(
    pools: Pools, data: st.DataObject, amount: int, more: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    less, greater = priced(pool, amount, direction), priced(pool, amount + more, direction)
    if greater is not None:
        # what fits whole fits in part
        assert less is not None
        # the rate limiter rounds the fee rate itself up, which costs at most a unit a 1e9 and one more
        slack = amount // 10**9 + 2 if "RateLimiter" in repr(pool) else 0
        assert less.amount_out <= greater.amount_out + slack


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_there_and_back_never_gains(
    pools: Pools, data: st.DataObject, amount: int, direction: Direction
) -> None:
    there = priced(data.draw(pools), amount, direction)
    if there is not None and there.amount_out:
        back = priced(there.pool, there.amount_out, opposite(direction))
        assert back is None or back.amount_out <= amount


@pytest.mark.parametrize("pools", STEADY.values(), ids=STEADY.keys())
@bounded
@given(data=st.data(), first=amounts, second=amounts, direction=directions)
def test_two_swaps_never_pay_more_than_one_of_both_amounts(
    pools: Pools, data: st.DataObject, first: int, second: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    one = priced(pool, first + second, direction)
    begun = priced(pool, first, direction)
    ended = begun and priced(begun.pool, second, direction)
    if one is not None and begun is not None and ended is not None:
        # what a compounding pool keeps of the first swap's fee lies in its reserves for the second
        kept = begun.fees.compounding
        assert begun.amount_out + ended.amount_out <= one.amount_out + kept


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_the_parts_of_the_fee_add_up(
    pools: Pools, data: st.DataObject, amount: int, direction: Direction
) -> None:
    swap = priced(data.draw(pools), amount, direction)
    if swap is not None:
        fees = swap.fees
        parts = fees.protocol, fees.fund, fees.referral, fees.compounding, fees.creator, fees.providers
        assert min(parts) >= 0
        assert sum(parts) == fees.trade + fees.creator == fees.on_input + fees.on_output
        assert fees.on_input <= amount


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_price_impact_is_what_the_executed_price_lacks_of_the_spot_price(
    pools: Pools, data: st.DataObject, amount: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    swap = priced(pool, amount, direction)
    if swap is not None and swap.amount_out:
        met_curve = swap.amount_in - swap.fees.on_input
        executed = Fraction(swap.amount_out + swap.fees.on_output, met_curve)
        lost = (1 - executed / pool.spot_price(direction)) * BASIS_POINTS
        assert 0 <= swap.price_impact_bps <= BASIS_POINTS
        assert swap.price_impact_bps - 1 < max(lost, 0) <= swap.price_impact_bps


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_the_price_moves_against_the_swap_or_not_at_all(
    pools: Pools, data: st.DataObject, amount: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    swap = priced(pool, amount, direction)
    if swap is not None:
        assert swap.pool.spot_price(direction) <= pool.spot_price(direction)


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_a_state_survives_its_record_before_and_after_a_swap(
    pools: Pools, data: st.DataObject, amount: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    swap = priced(pool, amount, direction)
    for state in [pool] if swap is None else [pool, swap.pool]:
        record = json.loads(json.dumps(state.to_record()))
        assert pool_from_record(record) == state


@every_pool
@bounded
@given(data=st.data(), percent=st.integers(80, 125))
def test_a_moved_price_goes_the_right_way_and_leaves_a_pool_that_trades(
    pools: Pools, data: st.DataObject, percent: int
) -> None:
    pool = data.draw(pools)
    moved = pool.with_price_moved(percent, 100)
    before, after = (p.spot_price(Direction.ZERO_FOR_ONE) for p in (pool, moved))
    # integer reserves of a small pool can't follow closely
    tolerance = Fraction(1, 100)
    assert after <= before * (1 + tolerance) if percent <= 100 else after >= before * (1 - tolerance)
    assert moved.with_price_moved(1, 1).to_record()
