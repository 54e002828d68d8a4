"""A price that is moved on purpose: whatever was asked for, in whatever order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.path import STRAIGHT, Path
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.steering import GREATEST_LEVEL, LEAST_LEVEL, PAR
from chalicelib.errors import PoolError
from chalicelib.pricing.swap import PoolClock
from tests.unit.adapters.paper.usual import usual_amount

START = 500_000_000
CLOCK = PoolClock(unix_time=1_700_000_000, slot=1)

levels = st.integers(LEAST_LEVEL, GREATEST_LEVEL)
blocks = st.integers(1, 200)
moves = st.lists(
    st.tuples(st.integers(0, 300), levels, blocks, st.one_of(st.none(), blocks)), min_size=1, max_size=8
)


def moved(path: Path, asked: list[tuple[int, int, int, int | None]]) -> tuple[Path, int]:
    """The path after these moves, each so many blocks after the one before, and the last one's height."""
    height = START
    for later, level, over, held in asked:
        height += later
        path = path.moved(height, level, over, held)
    return path, height


@given(moves, st.integers(-10, 3_000))
def test_a_level_is_never_beyond_those_that_were_asked_for(asked, after):
    path, _ = moved(STRAIGHT, asked)
    wanted = [PAR, *(level for _, level, _, _ in asked)]
    assert min(wanted) <= path.level(START + after) <= max(wanted)


@given(moves, moves, st.integers(0, 3_000))
def test_no_move_changes_the_past(before, later, ago):
    path, height = moved(STRAIGHT, before)
    again = path
    for _, level, over, held in later:
        again = again.moved(height, level, over, held)
    assert again.level(height - ago) == path.level(height - ago)


@given(moves)
def test_a_price_is_at_last_where_the_last_move_that_was_no_wick_left_it(asked):
    path, height = moved(STRAIGHT, asked)
    lasting = [level for _, level, _, held in asked if held is None]
    assert path.level(height + 10_000) == path.end == (lasting[-1] if lasting else PAR)


@given(st.sampled_from(seeded_pools()), moves, st.integers(0, 3_000), st.text(max_size=8))
def test_wherever_the_path_leads_a_pool_fills_or_refuses_and_is_whole_after_it(pool, asked, after, seed):
    drift = Drift(Chance(seed), 20)
    path, _ = moved(replace(STRAIGHT, token=pool.token_0), asked)
    there = drift.moved(replace(pool, path=path), START + after)
    for mint in (pool.token_0, pool.token_1):
        try:
            swap = there.swap(usual_amount(mint), mint, CLOCK)
        except PoolError:
            continue
        assert swap.amount_out > 0
        back = drift.moved(replace(there.after(swap.pool), path=STRAIGHT), START + 100_000)
        assert filled(back, mint)


def filled(pool: StoredPool, mint: str) -> int:
    return pool.swap(usual_amount(mint) // 10 or 1, mint, CLOCK).amount_out
