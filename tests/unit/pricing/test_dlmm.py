import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import (
    ComputeLimitExceeded,
    InsufficientLiquidity,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    UnsupportedPool,
    ZeroOutput,
)
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.pools import POOL_TYPES, pool_from_record
from chalicelib.pricing.swap import Direction, FeeSide, PoolClock
from tests.unit.pricing.generated import CLOCK, NOW

FOR_Y, FOR_X = Direction.ZERO_FOR_ONE, Direction.ONE_FOR_ZERO
STEP = 10
PARAMETERS = Parameters(10_000, 0, 30, 600, 5_000, 40_000, 350_000, 500)


def bins(*rows: tuple[int, int, int]) -> tuple[Bin, ...]:
    return tuple(Bin(bin_id, x, y, bin_price(bin_id, STEP)) for bin_id, x, y in rows)


POOL = MeteoraDlmmPool(
    active_id=0,
    bin_step=STEP,
    bins=bins((-2, 0, 10**9), (-1, 0, 10**9), (0, 10**9, 10**9), (3, 10**9, 0)),
    parameters=PARAMETERS,
    index_reference=0,
    last_update_timestamp=NOW - 10,
)


def test_a_swap_within_the_active_bin_has_no_price_impact() -> None:
    swap = POOL.swap(10**8, FOR_Y, CLOCK)
    assert swap.price_impact_bps == 0
    assert swap.fees.trade == 10**5
    assert swap.amount_out == 10**8 - 10**5
    assert swap.pool.active_id == 0


def test_a_swap_drains_bins_and_pays_a_higher_fee_in_each() -> None:
    swap = POOL.swap(2 * 10**9, FOR_Y, CLOCK)
    assert swap.pool.active_id == -1
    assert swap.pool.bins[2].amount_y == 0
    assert swap.pool.volatility_accumulator == 10_000
    assert swap.fees.trade * 1_000 > 2 * 10**9
    assert swap.price_impact_bps > 0


def test_empty_bins_are_passed_over() -> None:
    swap = POOL.swap(15 * 10**8, FOR_X, CLOCK)
    assert swap.pool.active_id == 3
    assert swap.pool.volatility_accumulator == 30_000


def test_a_swap_beyond_the_known_bins_is_refused() -> None:
    with pytest.raises(InsufficientLiquidity, match="bins take all but"):
        POOL.swap(10**10, FOR_Y, CLOCK)
    assert POOL.walk(10**10, FOR_Y, CLOCK).swapped_out == 3 * 10**9


def test_a_bin_whose_draining_leaves_64_bits_is_refused() -> None:
    steep = Bin(0, 2**63, 0, 1 << 66)
    with pytest.raises(InsufficientLiquidity, match="64 bits"):
        replace(POOL, bins=(steep,)).swap(10**6, FOR_X, CLOCK)


def test_an_output_of_many_bins_that_leaves_64_bits_is_refused() -> None:
    cheap = tuple(Bin(bin_id, 2**63, 0, 1 << 63) for bin_id in range(3))
    assert replace(POOL, bins=cheap[:1]).swap(2**62, FOR_X, CLOCK).amount_out < 2**63
    with pytest.raises(InsufficientLiquidity, match="the amount out leaves 64 bits"):
        replace(POOL, bins=cheap).swap(3 * 2**62, FOR_X, CLOCK)


def test_the_fee_is_taken_from_y_alone_where_the_pair_says_so() -> None:
    pool = replace(POOL, collect_fee_mode=1)
    assert pool.swap(10**8, FOR_Y, CLOCK).fees.trade_side is FeeSide.OUTPUT
    assert pool.swap(10**8, FOR_X, CLOCK).fees.trade_side is FeeSide.INPUT


def test_the_protocol_takes_its_share_of_each_bins_fee() -> None:
    fees = POOL.swap(10**8, FOR_Y, CLOCK).fees
    assert fees.protocol == fees.trade * 500 // 10_000


def test_volatility_decays_with_the_chains_time() -> None:
    volatile = replace(POOL, volatility_accumulator=100_000, volatility_reference=80_000, index_reference=-3)
    rates = []
    for elapsed in (29, 30, 599, 600):
        swap = replace(volatile, last_update_timestamp=NOW - elapsed).swap(10**8, FOR_Y, CLOCK)
        rates.append((swap.pool.volatility_reference, swap.pool.index_reference))
    assert rates == [(80_000, -3), (50_000, 0), (50_000, 0), (0, 0)]


def test_the_time_of_the_last_update_is_renewed_only_when_another_bin_becomes_active() -> None:
    stays, leaves = (POOL.swap(amount, FOR_Y, CLOCK).pool for amount in (10**8, 2 * 10**9))
    assert (stays.active_id, stays.last_update_timestamp) == (0, NOW - 10)
    assert (leaves.active_id, leaves.last_update_timestamp) == (-1, NOW)


def test_a_pair_ages_while_swaps_stay_in_its_bin() -> None:
    fresh = POOL.swap(2 * 10**9, FOR_Y, CLOCK).pool
    quiet = fresh.swap(10**6, FOR_X, PoolClock(NOW + 20, 1)).pool
    assert quiet.volatility_reference == 0
    aged = quiet.swap(10**6, FOR_X, PoolClock(NOW + 30, 1)).pool
    assert (aged.index_reference, aged.volatility_reference) == (-1, 5_000)


def test_volatility_that_decays_beyond_32_bits_is_refused_while_it_decays() -> None:
    fits, exceeds = (replace(POOL, volatility_accumulator=most) for most in (858_993, 858_994))
    decaying = PoolClock(NOW + 50, 1)
    assert fits.swap(10**6, FOR_Y, decaying).amount_out
    with pytest.raises(PoolError, match="leaves 32 bits"):
        exceeds.swap(10**6, FOR_Y, decaying)
    for elapsed in (29, 600):
        assert exceeds.swap(10**6, FOR_Y, PoolClock(NOW - 10 + elapsed, 1)).amount_out


def row(count: int, *, orders: int = 0) -> MeteoraDlmmPool:
    """A pair with `count` bins below the active one, each with a million Y."""
    held = tuple(Bin(n, 0, 10**6, bin_price(n, 1), orders) for n in range(-count, 1))
    return replace(POOL, bin_step=1, bins=held, limit_orders=1)


def test_a_swap_over_more_bins_than_a_transaction_computes_is_refused_with_numbers() -> None:
    pool = row(400)
    with pytest.raises(ComputeLimitExceeded) as refused:
        pool.swap(263 * 10**6, FOR_Y, CLOCK)
    told = re.match(
        r"263000000 is too large for one transaction on this pool: the first (\d+) of it pass 223 bins, "
        r"which uses up the 1300000 compute units",
        str(refused.value),
    )
    assert told
    assert pool.swap(int(told[1]), FOR_Y, CLOCK).amount_out == 223 * 10**6


def test_bins_with_orders_and_empty_bins_between_count_too() -> None:
    with pytest.raises(ComputeLimitExceeded, match="pass 155 bins"):
        row(400, orders=10**6).swap(600 * 10**6, FOR_Y, CLOCK)
    sparse = tuple(Bin(-n * 69, 0, 10**6, bin_price(-n * 69, 1)) for n in reversed(range(100)))
    with pytest.raises(ComputeLimitExceeded, match="pass 50 bins"):
        replace(POOL, bin_step=1, bins=sparse).swap(150 * 10**6, FOR_Y, CLOCK)


def test_limit_orders_are_filled_after_the_bins_own_liquidity() -> None:
    ordered = replace(POOL.bins[2], open_order_amount=500, processed_order_remaining=300)
    pool = replace(POOL, bins=(*POOL.bins[:2], ordered, POOL.bins[3]), limit_orders=1)
    drained = 10**9 + 10**9 // 999 + 2
    begun = pool.swap(drained + 100, FOR_Y, CLOCK).pool.bins[2]
    assert (begun.amount_y, begun.open_order_amount) == (0, 500)
    assert 0 < begun.processed_order_remaining < 300
    touched = pool.swap(drained + 500, FOR_Y, CLOCK).pool.bins[2]
    assert touched.open_order_amount == 0
    assert 0 < touched.processed_order_remaining < 500
    assert replace(pool, limit_orders=0).swap(drained + 100, FOR_Y, CLOCK).pool.active_id == -1


def test_limit_orders_of_the_other_side_are_left_alone() -> None:
    asks = Bin(0, 0, 0, 1 << 64, open_order_amount=10**6, limit_order_ask_side=1)
    pool = replace(POOL, bins=(asks,), limit_orders=1)
    assert pool.swap(10**5, FOR_X, CLOCK).amount_out
    with pytest.raises(InsufficientLiquidity):
        pool.swap(10**5, FOR_Y, CLOCK)


def test_half_of_the_fee_on_limit_orders_is_their_owners() -> None:
    bids = Bin(0, 0, 0, 1 << 64, open_order_amount=10**9)
    fees = replace(POOL, bins=(bids,), limit_orders=1).swap(10**8, FOR_Y, CLOCK).fees
    assert fees.protocol == fees.trade - fees.trade // 2


def test_a_pair_that_is_disabled_or_not_open_is_refused() -> None:
    with pytest.raises(PoolDisabled):
        replace(POOL, status=1).swap(10**8, FOR_Y, CLOCK)
    with pytest.raises(PoolNotActive):
        replace(POOL, activation_point=NOW + 1).swap(10**8, FOR_Y, CLOCK)
    with pytest.raises(PoolNotActive):
        replace(POOL, activation_point=2, activation_type=0).swap(10**8, FOR_Y, PoolClock(NOW, 1))


def test_an_output_of_zero_is_refused_and_what_the_fee_eats_whole_is_the_protocols() -> None:
    with pytest.raises(ZeroOutput):
        POOL.swap(1, FOR_Y, CLOCK)
    fees = POOL.exchange(1, FOR_Y, CLOCK).fees
    assert (fees.trade, fees.protocol, fees.providers) == (1, 1, 0)


@pytest.mark.parametrize(
    ("impossible", "told"),
    [
        ({"bin_step": 0}, "bin step"),
        ({"active_id": 443_637}, "active bin"),
        ({"active_id": -443_636, "bin_step": 400}, "no price"),
        ({"parameters": replace(PARAMETERS, protocol_share=10_001)}, "parameters"),
        ({"parameters": replace(PARAMETERS, base_fee_power_factor=40)}, "parameters"),
    ],
)
def test_a_state_that_no_pair_can_be_in_is_refused(impossible: dict[str, Any], told: str) -> None:
    with pytest.raises(UnsupportedPool, match=told):
        replace(POOL, **impossible)


def test_a_bin_without_a_price_is_refused_when_a_swap_meets_it() -> None:
    pool = replace(POOL, bins=(replace(POOL.bins[1], price=0), *POOL.bins[2:]))
    assert pool.swap(10**8, FOR_Y, CLOCK).amount_out
    with pytest.raises(UnsupportedPool, match="no price"):
        pool.swap(15 * 10**8, FOR_Y, CLOCK)


def test_a_bin_that_would_hold_more_than_64_bits_is_refused() -> None:
    full = replace(POOL, bins=(Bin(0, 2**64 - 10, 10**9, 1 << 64),))
    assert full.swap(9, FOR_Y, CLOCK).amount_out
    with pytest.raises(InsufficientLiquidity, match="64 bits"):
        full.swap(10**6, FOR_Y, CLOCK)


def test_a_moved_price_makes_another_bin_active_and_trades_those_left_behind() -> None:
    moved = POOL.with_price_moved(1_004, 1_000)
    assert moved.active_id == 3
    assert [(bin_.amount_x > 0, bin_.amount_y > 0) for bin_ in moved.bins] == [
        (False, True),
        (False, True),
        (False, True),
        (True, False),
    ]
    fallen = POOL.with_price_moved(1, 2)
    assert fallen.active_id == -2
    assert [bin_.amount_y > 0 for bin_ in fallen.bins] == [True, False, False, False]
    assert replace(POOL, bins=()).with_price_moved(2, 1).active_id == 0


@pytest.mark.parametrize(
    ("moved", "active_id"), [(9_988, -1), (9_996, 0), (10_000, 0), (10_004, 0), (10_006, 1)]
)
def test_a_moved_price_takes_the_nearest_bin(moved: int, active_id: int) -> None:
    assert POOL.with_price_moved(moved, 10_000).active_id == active_id


def test_a_record_of_an_unknown_kind_is_refused() -> None:
    assert len(POOL_TYPES) == 5
    with pytest.raises(UnsupportedPool, match="orca"):
        pool_from_record({"kind": "orca"})


@pytest.mark.parametrize("amount", [-1, 2**64])
def test_an_amount_that_no_token_account_holds_is_refused(amount: int) -> None:
    for direction in Direction:
        with pytest.raises(InsufficientLiquidity, match="64-bit"):
            POOL.swap(amount, direction, CLOCK)


@pytest.mark.parametrize(
    ("at", "to", "left"), [(-2, 997, (7 + 6, 0)), (2, 1_003, (0, 7 + 6))], ids=["falling", "rising"]
)
def test_a_bin_that_the_price_leaves_behind_is_traded_at_its_price_rounded_up(
    at: int, to: int, left: tuple[int, int]
) -> None:
    held = (7, 5) if at < 0 else (5, 7)
    pair = replace(POOL, bins=bins((-3, 0, 0), (-2, *held), (2, *held), (3, 0, 0)))
    moved = {bin_.id: (bin_.amount_x, bin_.amount_y) for bin_ in pair.with_price_moved(to, 1_000).bins}
    assert moved == {-3: (0, 0), -2: held, 2: held, 3: (0, 0), at: left}


def test_orders_old_and_new_of_the_same_amount_are_both_filled() -> None:
    bids = Bin(0, 0, 0, 1 << 64, open_order_amount=500, processed_order_remaining=500)
    filled = replace(POOL, bins=(bids,), limit_orders=1).swap(900, FOR_Y, CLOCK)
    assert 500 < filled.amount_out < 900
