"""Faults, delays, drift and blocks are pure functions: what holds of them holds for every input."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.config import DelayRange
from chalicelib.domain.steering import PAR
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.swap import Direction

seeds = st.text(max_size=20)
steps = st.tuples(st.text(max_size=40), st.integers(0, 9), st.text(max_size=20))
rates = st.decimals(0, 1, places=12)
heights = st.integers(-(10**9), 10**12)
bounds = st.integers(0, 300)


@given(seeds, steps, rates, rates)
def test_a_step_that_a_rate_strikes_is_struck_by_every_greater_rate(
    seed: str, step: tuple[str, int, str], rate: Decimal, other: Decimal
) -> None:
    lesser, greater = sorted((rate, other))
    chance = Chance(seed)
    assert chance.strikes(greater, *step) or not chance.strikes(lesser, *step)


@given(seeds, steps)
def test_a_rate_of_0_never_strikes_and_a_rate_of_1_always_does(seed: str, step: tuple[str, int, str]) -> None:
    assert not Chance(seed).strikes(Decimal(0), *step)
    assert Chance(seed).strikes(Decimal(1), *step)


@given(seeds, steps, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_delay_is_within_its_range(seed: str, step: tuple[str, int, str], low: int, width: int) -> None:
    assert low <= Chance(seed).delay(DelayRange(low, low + width), *step) <= low + width


@given(seeds, bounds, heights, st.sampled_from(["raydium", "meteora"]))
def test_the_level_never_leaves_its_bound(seed: str, bound: int, height: int, venue: str) -> None:
    level = Drift(Chance(seed), bound).level("a/pair", venue, height)
    assert abs(level - PAR) <= bound * PAR // 10_000


@given(
    seeds, bounds, st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.sampled_from(seeded_pools())
)
def test_a_pool_nobody_trades_on_stays_within_the_bound_however_often_it_is_moved(
    seed: str, bound: int, steps: list[int], seeded: StoredPool
) -> None:
    drift, pool = Drift(Chance(seed), bound), seeded
    for step in steps:
        pool = drift.moved(pool, pool.height + step)
    drifted, start = (each.state.spot_price(Direction.ZERO_FOR_ONE) for each in (pool, seeded))
    step = seeded.state.bin_step if isinstance(seeded.state, MeteoraDlmmPool) else 0
    nearest = Fraction(step * 101, 2 * 10_000 * 100) + Fraction(len(steps), 10**6)
    furthest = 1 + Fraction(bound, 10_000 - bound) + nearest
    assert 1 / furthest <= drifted / start <= furthest


@given(seeds, heights, st.integers(1, 10_000), st.integers(1, 1_000))
def test_a_blockhash_tells_its_block_and_no_other(seed: str, height: int, valid: int, other: int) -> None:
    blocks = Blocks(seed, 400, 32, valid)
    blockhash = blocks.blockhash(height)
    assert blocks.is_blockhash(blockhash, blocks.last_valid(height))
    assert not blocks.is_blockhash(blockhash, blocks.last_valid(height + other))


@given(heights, st.integers(1, 10**6))
def test_a_later_block_has_a_later_slot(height: int, later: int) -> None:
    blocks = Blocks("seed", 400, 32, 150)
    assert blocks.slot(height) < blocks.slot(height + later)
