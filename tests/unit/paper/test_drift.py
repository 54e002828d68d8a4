from fractions import Fraction
from itertools import pairwise

import pytest

from chalicelib.adapters.paper.drift import EPOCH_BLOCKS, PAR, Drift
from chalicelib.adapters.paper.faults import Chance
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.domain.tokens import SOL, USDC, USDT
from chalicelib.pricing.swap import Direction

DRIFT = Drift(Chance("seed"), bound_bps=20)
SOL_USDC = pair_of(SOL.mint, USDC.mint)
HEIGHT = 527_000_017
RAYDIUM_POOL, METEORA_POOL = seeded_pools()[:2]


def price(pool: StoredPool) -> Fraction:
    """The price of the pair's first token, whichever token that is in the pool."""
    first_is_0 = pool.token_0 < pool.token_1
    return pool.state.spot_price(Direction.ZERO_FOR_ONE if first_is_0 else Direction.ONE_FOR_ZERO)


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


@pytest.mark.parametrize("pool", [RAYDIUM_POOL, METEORA_POOL])
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
