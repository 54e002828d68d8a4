from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.drift import EPOCH_BLOCKS, Drift
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.domain.steering import PAR
from chalicelib.domain.tokens import SOL, USDC, USDT
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.paper.usual import usual_amount

DRIFT = Drift(Chance("seed"), bound_bps=20)
SOL_USDC = pair_of(SOL.mint, USDC.mint)
HEIGHT = 527_000_017
RAYDIUM_POOL, METEORA_POOL = seeded_pools()[:2]
CONTINUOUS = [pool for pool in seeded_pools() if not isinstance(pool.state, MeteoraDlmmPool)]
STEPPED = [pool for pool in seeded_pools() if isinstance(pool.state, MeteoraDlmmPool)]
CLOCK = PoolClock(unix_time=1_700_000_000, slot=1)


def price(pool: StoredPool) -> Fraction:
    """The price of the pair's first token, whichever token that is in the pool."""
    first_is_0 = pool.token_0 < pool.token_1
    return pool.state.spot_price(Direction.ZERO_FOR_ONE if first_is_0 else Direction.ONE_FOR_ZERO)


def drifted(pool: StoredPool) -> Fraction:
    """How far the price is from the seeded one, as a factor."""
    seeded = next(each for each in seeded_pools() if each.address == pool.address)
    return price(pool) / price(seeded)


def half_a_step(pool: StoredPool) -> Fraction:
    """How far at most a pool is from the level wanted, as a part of it."""
    step = pool.state.bin_step if isinstance(pool.state, MeteoraDlmmPool) else 0
    return Fraction(step, 20_000) * Fraction(101, 100) + Fraction(1, 10**6)


def test_prices_stand_at_par_at_height_0_where_the_pools_were_seeded() -> None:
    assert DRIFT.level(SOL_USDC, "raydium", 0) == PAR


@pytest.mark.parametrize("bound", [0, 1, 20, 500])
def test_levels_stay_within_the_bound_and_use_most_of_it(bound: int) -> None:
    drift = Drift(Chance("seed"), bound)
    levels = [drift.level(SOL_USDC, "raydium", HEIGHT + 7 * step) for step in range(3_000)]
    furthest = max(abs(level - PAR) for level in levels)
    assert bound * 60 <= furthest <= bound * 100


def test_a_bound_that_would_make_prices_negative_is_cut() -> None:
    drift = Drift(Chance("seed"), 50_000)
    assert all(drift.level(SOL_USDC, "raydium", HEIGHT + 7 * step) >= PAR // 2 for step in range(2_000))


def test_the_level_moves_in_small_steps_from_block_to_block() -> None:
    levels = [DRIFT.level(SOL_USDC, "raydium", HEIGHT + step) for step in range(5 * EPOCH_BLOCKS)]
    assert max(abs(later - earlier) for earlier, later in pairwise(levels)) <= 2 * 2_000 // EPOCH_BLOCKS + 2
    assert len(set(levels)) > EPOCH_BLOCKS


def test_venues_drift_together_but_for_a_little() -> None:
    apart = [
        abs(DRIFT.level(SOL_USDC, "raydium", HEIGHT + step) - DRIFT.level(SOL_USDC, "meteora", HEIGHT + step))
        for step in range(0, 3_000, 7)
    ]
    assert 0 < max(apart) <= 2 * 20 * 100 // 5


def test_pairs_and_seeds_drift_each_on_their_own() -> None:
    level = DRIFT.level(SOL_USDC, "raydium", HEIGHT)
    assert DRIFT.level(pair_of(SOL.mint, USDT.mint), "raydium", HEIGHT) != level
    assert Drift(Chance("another seed"), 20).level(SOL_USDC, "raydium", HEIGHT) != level


@pytest.mark.parametrize("pool", CONTINUOUS, ids=lambda pool: pool.address)
def test_a_pool_moves_by_the_ratio_of_the_levels(pool: StoredPool) -> None:
    moved = DRIFT.moved(pool, HEIGHT)
    expected = Fraction(DRIFT.level(pool.pair, pool.venue, HEIGHT), PAR)
    assert abs(price(moved) / price(pool) / expected - 1) < Fraction(1, 10**9)
    assert (moved.height, moved.version) == (HEIGHT, pool.version)


@pytest.mark.parametrize("pool", [RAYDIUM_POOL, METEORA_POOL])
def test_a_pool_with_its_tokens_the_other_way_round_moves_the_same_way(pool: StoredPool) -> None:
    flipped = StoredPool(pool.venue, pool.address, pool.token_1, pool.token_0, pool.state)
    up = price(DRIFT.moved(pool, HEIGHT)) > price(pool)
    assert (price(DRIFT.moved(flipped, HEIGHT)) > price(flipped)) is up


def test_moving_in_two_steps_is_moving_in_one_but_for_rounding() -> None:
    once = DRIFT.moved(RAYDIUM_POOL, HEIGHT)
    twice = DRIFT.moved(DRIFT.moved(RAYDIUM_POOL, HEIGHT - 100), HEIGHT)
    assert abs(price(once) / price(twice) - 1) < Fraction(1, 10**9)


def test_a_pool_is_never_moved_back_in_time() -> None:
    later = DRIFT.moved(RAYDIUM_POOL, HEIGHT)
    assert DRIFT.moved(later, HEIGHT - 1) == later


@pytest.mark.parametrize("pool", STEPPED, ids=lambda pool: pool.address)
def test_a_price_that_moves_in_steps_follows_the_level_to_the_nearest_step(pool: StoredPool) -> None:
    levels = [Fraction(DRIFT.level(pool.pair, pool.venue, HEIGHT + step), PAR) for step in range(0, 600, 7)]
    moved = [DRIFT.moved(pool, HEIGHT + step) for step in range(0, 600, 7)]
    away = [abs(drifted(each) / level - 1) for each, level in zip(moved, levels, strict=True)]
    assert max(away) <= half_a_step(pool)


@pytest.mark.parametrize("pool", seeded_pools(), ids=lambda pool: pool.address)
def test_a_pool_that_is_stored_again_and_again_on_its_way_never_loses_the_level(pool: StoredPool) -> None:
    drift, stored = Drift(Chance("seed"), bound_bps=500), pool
    for step in range(0, 2_000, 3):
        stored = drift.moved(stored, HEIGHT + step)
        level = Fraction(drift.level(pool.pair, pool.venue, stored.height), PAR)
        assert abs(drifted(stored) / level - 1) <= half_a_step(pool) + Fraction(1, 10_000)


@pytest.mark.parametrize("pool", seeded_pools(), ids=lambda pool: pool.address)
@pytest.mark.parametrize("bound", [20, 500, 5_000, 50_000])
def test_no_drift_leaves_a_pool_unusable(pool: StoredPool, bound: int) -> None:
    drift = Drift(Chance("seed"), bound)
    heights = sorted(
        range(HEIGHT, HEIGHT + 60_000, 60), key=lambda height: drift.level(pool.pair, pool.venue, height)
    )
    for height in (*heights[:3], *heights[-3:]):
        moved = drift.moved(pool, height)
        for mint in (pool.token_0, pool.token_1):
            swap = moved.swap(usual_amount(mint), mint, CLOCK)
            assert swap.price_impact_bps < (100 if bound <= 500 else 1_500), (pool.address, height)


def narrow(pool: StoredPool) -> StoredPool:
    """The pool with only the liquidity near its price."""
    state = pool.state
    if isinstance(state, MeteoraDlmmPool):
        middle = len(state.bins) // 2
        return replace(pool, state=replace(state, bins=state.bins[middle - 5 : middle + 6]))
    if isinstance(state, RaydiumClmmPool):
        middle = len(state.ticks) // 2
        return replace(pool, state=replace(state, ticks=state.ticks[middle - 2 : middle + 2]))
    assert isinstance(state, MeteoraDammV2Pool)
    low, high = state.sqrt_price * 999 // 1_000, state.sqrt_price * 1_001 // 1_000
    return replace(pool, state=replace(state, sqrt_min_price=low, sqrt_max_price=high).with_tracked_amounts())


@pytest.mark.parametrize("kind", ["meteora_dlmm", "raydium_clmm", "meteora_damm_v2"])
@pytest.mark.parametrize("far", [PAR * 9 // 10, PAR * 11 // 10])
def test_a_price_that_liquidity_held_back_is_right_again_when_the_level_returns(kind: str, far: int) -> None:
    pool = narrow(next(pool for pool in seeded_pools() if kind == pool.state.KIND))
    held_back = pool.at_level(far, PAR, 1)
    assert held_back.level is not None
    assert abs(drifted(held_back) - 1) < Fraction(2, 100)
    again = held_back.at_level(PAR, held_back.level, 2)
    assert abs(drifted(again) - 1) < half_a_step(pool) + Fraction(1, 10**6)
