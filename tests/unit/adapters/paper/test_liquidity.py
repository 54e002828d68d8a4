from fractions import Fraction
from itertools import pairwise

import pytest

from chalicelib.adapters.paper.liquidity import Depth, amm_v4, clmm, cpmm, damm_v2, dlmm
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC
from chalicelib.pricing.meteora_dlmm import bin_price
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.swap import Direction, Pool, PoolClock
from chalicelib.pricing.ticks import sqrt_price_at_tick

CLOCK = PoolClock(unix_time=1_700_000_000, slot=1)
DEPTHS = (Depth(SOL, USDC, 2_000, 300_000), Depth(JUP, USDC, 150_000, 72_000), Depth(SOL, BONK, 150, 10**9))

depths = pytest.mark.parametrize("depth", DEPTHS, ids=lambda d: f"{d.token_0.symbol}-{d.token_1.symbol}")


def all_kinds(depth: Depth) -> list[Pool]:
    return [
        amm_v4(depth),
        cpmm(depth, fee_millionths=2_500),
        clmm(depth, fee_millionths=400, tick_spacing=10),
        dlmm(depth, bin_step=10),
        damm_v2(depth, fee_millionths=2_000),
    ]


def is_about(figure: Fraction, wanted: Fraction, bps: int) -> bool:
    return abs(figure - wanted) * 10_000 <= wanted * bps


def held(pool: RaydiumClmmPool) -> tuple[int, int]:
    """What a CLMM pool's positions hold, stretch by stretch."""
    liquidity = held_0 = held_1 = 0
    for tick, above in pairwise(pool.ticks):
        liquidity += tick.liquidity_net
        low, high = sqrt_price_at_tick(tick.index), sqrt_price_at_tick(above.index)
        price = max(low, min(pool.sqrt_price, high))
        held_0 += liquidity * (high - price) * 2**64 // (price * high)
        held_1 += liquidity * (price - low) >> 64
    return held_0, held_1


@depths
def test_every_kind_stands_at_the_price_of_its_amounts(depth: Depth) -> None:
    wanted = Fraction(depth.amounts[1], depth.amounts[0])
    for pool in all_kinds(depth):
        assert is_about(pool.spot_price(Direction.ZERO_FOR_ONE), wanted, bps=5), pool.KIND


@depths
def test_the_ticks_of_a_clmm_pool_are_those_of_whole_positions(depth: Depth) -> None:
    pool = clmm(depth, fee_millionths=400, tick_spacing=60)
    assert sum(tick.liquidity_net for tick in pool.ticks) == 0
    assert all(tick.index % 60 == 0 for tick in pool.ticks)
    assert [tick.index for tick in pool.ticks] == sorted({tick.index for tick in pool.ticks})
    assert all(tick.liquidity_gross >= abs(tick.liquidity_net) > 0 for tick in pool.ticks)
    below = [tick for tick in pool.ticks if tick.index <= pool.tick_current]
    assert pool.liquidity == sum(tick.liquidity_net for tick in below)
    assert (
        sqrt_price_at_tick(pool.tick_current) <= pool.sqrt_price < sqrt_price_at_tick(pool.tick_current + 1)
    )


@depths
@pytest.mark.parametrize("spacing", [1, 10, 60])
def test_a_clmm_pool_holds_about_the_amounts_that_it_was_made_of(depth: Depth, spacing: int) -> None:
    held_0, held_1 = held(clmm(depth, fee_millionths=400, tick_spacing=spacing))
    assert is_about(Fraction(held_0), Fraction(depth.amounts[0]), bps=2_000)
    assert is_about(Fraction(held_1), Fraction(depth.amounts[1]), bps=1)


@depths
@pytest.mark.parametrize("step", [4, 10, 20])
def test_the_bins_of_a_dlmm_pool_hold_x_above_the_price_and_y_below(depth: Depth, step: int) -> None:
    pool = dlmm(depth, bin_step=step)
    assert [bin_.id for bin_ in pool.bins] == sorted({bin_.id for bin_ in pool.bins})
    assert all(bin_.price == bin_price(bin_.id, step) for bin_ in pool.bins)
    for bin_ in pool.bins:
        assert (bin_.amount_x > 0) is (bin_.id >= pool.active_id)
        assert (bin_.amount_y > 0) is (bin_.id <= pool.active_id)
    for held_of_it, amount in zip(("amount_x", "amount_y"), depth.amounts, strict=True):
        total = sum(getattr(bin_, held_of_it) for bin_ in pool.bins)
        assert is_about(Fraction(total), Fraction(amount), bps=200)


def test_near_the_price_no_bin_is_empty_and_far_from_it_most_are() -> None:
    ids = [bin_.id for bin_ in dlmm(DEPTHS[0], bin_step=4).bins]
    gaps = [above - below for below, above in pairwise(ids)]
    middle = len(gaps) // 2
    assert set(gaps[middle - 20 : middle + 20]) == {1}
    assert gaps[0] > 100 < gaps[-1]


def test_the_nearest_bin_is_active() -> None:
    pool, wanted = dlmm(DEPTHS[0], bin_step=20), 150 * 10**6 * 2**64 // 10**9
    away = {bin_id: abs(bin_price(bin_id, 20) - wanted) for bin_id in range(-2_000, 0)}
    assert pool.active_id == min(away, key=lambda bin_id: away[bin_id])


@pytest.mark.parametrize("direction", Direction)
def test_concentrated_liquidity_is_the_thinner_the_further_a_swap_goes(direction: Direction) -> None:
    amount_in = DEPTHS[0].amounts[0 if direction is Direction.ZERO_FOR_ONE else 1] // 10
    for pool in (clmm(DEPTHS[0], fee_millionths=400, tick_spacing=1), dlmm(DEPTHS[0], bin_step=4)):
        impacts = [pool.swap(amount_in * part, direction, CLOCK).price_impact_bps for part in (1, 3, 9)]
        assert impacts[1] >= 3 * impacts[0]
        assert impacts[2] > 9 * impacts[0]
