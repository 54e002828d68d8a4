"""The path of a price: a pure function of the height, on top of the drift."""

from dataclasses import replace
from fractions import Fraction

import pytest

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.path import MOST_KNOTS, STRAIGHT, Knot, Path
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.steering import GREATEST_LEVEL, LEAST_LEVEL, PAR, inverse
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import InsufficientLiquidity
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.paper.usual import usual_amount

HEIGHT = 527_000_017
DRIFT = Drift(Chance("seed"), bound_bps=20)
LEVEL = 950_000
CLOCK = PoolClock(unix_time=1_700_000_000, slot=1)
BEGUN = replace(STRAIGHT, token=SOL.mint)


def levels(path: Path, *after: int) -> list[int]:
    return [path.level(HEIGHT + blocks) for blocks in after]


def price(pool: StoredPool, token: str) -> Fraction:
    """The price of a token in the pool's other one."""
    is_0 = pool.token_0 == token
    return pool.state.spot_price(Direction.ZERO_FOR_ONE if is_0 else Direction.ONE_FOR_ZERO)


def test_a_price_that_nobody_moved_stands_at_par_at_every_height() -> None:
    assert levels(STRAIGHT, -HEIGHT, 0, HEIGHT) == [PAR] * 3


def test_a_move_goes_evenly_from_where_the_price_stands_and_stays() -> None:
    path = BEGUN.moved(HEIGHT, LEVEL, 10)
    assert levels(path, -1, 0, 5, 10, 11, 10**9) == [PAR, PAR, 975_000, LEVEL, LEVEL, LEVEL]


def test_a_jump_is_there_in_the_next_block() -> None:
    assert levels(BEGUN.moved(HEIGHT, LEVEL, 1), 0, 1, 2) == [PAR, LEVEL, LEVEL]


def test_a_wick_goes_back_by_itself_the_way_it_came() -> None:
    path = BEGUN.moved(HEIGHT, LEVEL, 2, held=3)
    assert levels(path, 0, 1, 2, 5, 6, 7, 10**9) == [PAR, 975_000, LEVEL, LEVEL, 975_000, PAR, PAR]


def test_a_move_takes_the_place_of_the_one_under_way() -> None:
    path = BEGUN.moved(HEIGHT, LEVEL, 10).moved(HEIGHT + 5, 2 * PAR, 5)
    assert levels(path, 0, 5, 10, 100) == [PAR, 975_000, 2 * PAR, 2 * PAR]


def test_a_wick_within_a_wick_still_ends_where_the_price_was_to_end() -> None:
    path = BEGUN.moved(HEIGHT, LEVEL, 1, held=10).moved(HEIGHT + 4, 900_000, 1, held=3)
    assert levels(path, 4, 5, 8, 9, 10**6) == [LEVEL, 900_000, 900_000, PAR, PAR]


def test_a_move_changes_nothing_of_what_was() -> None:
    before = BEGUN.moved(HEIGHT, LEVEL, 10, held=10)
    after = before.moved(HEIGHT + 15, PAR // 2, 7)
    assert levels(after, *range(-3, 16)) == levels(before, *range(-3, 16))


def test_a_price_moves_in_one_block_at_least() -> None:
    with pytest.raises(ValueError, match="one block"):
        BEGUN.moved(HEIGHT, LEVEL, 0)


def test_the_other_token_has_the_inverse_level() -> None:
    path = BEGUN.moved(HEIGHT, 800_000, 1)
    assert path.level_of(SOL.mint, HEIGHT + 1) == 800_000
    assert path.level_of(USDC.mint, HEIGHT + 1) == 1_250_000
    assert inverse(LEAST_LEVEL) == GREATEST_LEVEL
    assert inverse(GREATEST_LEVEL) == LEAST_LEVEL


def test_of_very_many_moves_the_last_ones_are_kept() -> None:
    path = BEGUN
    for step in range(300):
        path = path.moved(HEIGHT + 3 * step, LEVEL + step, 2)
    assert len(path.knots) == MOST_KNOTS
    assert path.end == LEVEL + 299


@pytest.mark.parametrize("pool", seeded_pools(), ids=lambda pool: pool.address)
@pytest.mark.parametrize("level", [LEVEL, 700_000, 1_400_000])
def test_every_pool_follows_the_path_in_both_directions_and_comes_back(pool: StoredPool, level: int) -> None:
    begun = replace(STRAIGHT, token=pool.token_0)
    steered = replace(pool, path=begun.moved(HEIGHT, level, 1, held=10))
    by_drift, moved = DRIFT.moved(pool, HEIGHT + 5), DRIFT.moved(steered, HEIGHT + 5)
    ratio = price(moved, pool.token_0) / price(by_drift, pool.token_0)
    assert abs(ratio / Fraction(level, PAR) - 1) < Fraction(25, 10_000)  # a step of a DLMM pair at most
    for mint in (pool.token_0, pool.token_1):
        assert moved.swap(usual_amount(mint), mint, CLOCK).amount_out > 0
    later = HEIGHT + 1_000
    assert DRIFT.moved(steered, later).state == DRIFT.moved(pool, later).state


@pytest.mark.parametrize("pool", seeded_pools(), ids=lambda pool: pool.address)
def test_a_pool_that_was_stored_in_a_wick_is_right_again_after_it(pool: StoredPool) -> None:
    steered = replace(pool, path=replace(STRAIGHT, token=pool.token_0).moved(HEIGHT, 700_000, 1, held=10))
    stored = DRIFT.moved(steered, HEIGHT + 5)
    back, never = DRIFT.moved(stored, HEIGHT + 100), DRIFT.moved(pool, HEIGHT + 100)
    assert abs(price(back, pool.token_0) / price(never, pool.token_0) - 1) < Fraction(25, 10_000)


@pytest.mark.parametrize("pool", seeded_pools(), ids=lambda pool: pool.address)
@pytest.mark.parametrize("level", [LEAST_LEVEL, PAR // 10, PAR * 10, GREATEST_LEVEL])
def test_a_pool_follows_far_or_fills_nothing_and_never_trades_at_a_price_it_was_left_at(
    pool: StoredPool, level: int
) -> None:
    moved = DRIFT.moved(replace(pool, path=Path(pool.token_0, (Knot(HEIGHT, level),))), HEIGHT)
    if moved.is_stranded:
        with pytest.raises(InsufficientLiquidity):
            moved.swap(usual_amount(pool.token_0), pool.token_0, CLOCK)
        return
    ratio = price(moved, pool.token_0) / price(DRIFT.moved(pool, HEIGHT), pool.token_0)
    assert abs(ratio / Fraction(level, PAR) - 1) < Fraction(6, 100)


def test_somewhere_between_the_bounds_every_pair_keeps_pools_that_trade() -> None:
    for level in (LEAST_LEVEL, GREATEST_LEVEL):
        trading = {
            pool.pair
            for pool in seeded_pools()
            if not DRIFT.moved(
                replace(pool, path=Path(pool.token_0, (Knot(HEIGHT, level),))), HEIGHT
            ).is_stranded
        }
        assert trading == {pool.pair for pool in seeded_pools()}
