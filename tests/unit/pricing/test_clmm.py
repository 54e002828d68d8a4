import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import (
    ComputeLimitExceeded,
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    UnsupportedPool,
    ZeroOutput,
)
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_fees import ClmmDynamicFee, ClmmVolatility
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.swap import U64_MAX, Direction, FeeSide, PoolClock
from chalicelib.pricing.ticks import (
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    sqrt_price_at_tick,
    tick_at_sqrt_price,
)
from tests.unit.pricing.generated import CLOCK, NOW

DOWN, UP = Direction.ZERO_FOR_ONE, Direction.ONE_FOR_ZERO
DEEP, SHALLOW = 10**15, 10**13
POOL = RaydiumClmmPool(
    sqrt_price=1 << 64,
    tick_current=0,
    liquidity=DEEP + SHALLOW,
    tick_spacing=10,
    ticks=(
        Tick(-1_000, SHALLOW, SHALLOW),
        Tick(-100, DEEP, DEEP),
        Tick(100, -DEEP, DEEP),
        Tick(1_000, -SHALLOW, SHALLOW),
    ),
    trade_fee_rate=500,
    protocol_fee_rate=120_000,
    fund_fee_rate=40_000,
)
DYNAMIC = ClmmDynamicFee(30, 600, 5_000, 20_000, 350_000, 0, 0, 0, NOW)


@pytest.mark.parametrize("tick", [MIN_TICK, -1, 0, 1, 12_345, -300_000, MAX_TICK - 1])
def test_a_tick_is_found_again_from_its_price(tick: int) -> None:
    price = sqrt_price_at_tick(tick)
    assert tick_at_sqrt_price(price) == tick
    assert tick_at_sqrt_price(sqrt_price_at_tick(tick + 1) - 1) == tick


def test_the_ends_of_the_tick_range_have_the_programs_prices() -> None:
    assert (sqrt_price_at_tick(MIN_TICK), sqrt_price_at_tick(MAX_TICK)) == (MIN_SQRT_PRICE, MAX_SQRT_PRICE)


def test_a_swap_crosses_a_tick_and_goes_on_with_the_liquidity_beyond() -> None:
    within = POOL.swap(10**12, DOWN, CLOCK)
    assert within.pool.liquidity == POOL.liquidity
    beyond = POOL.swap(53 * 10**11, DOWN, CLOCK)
    assert beyond.pool.liquidity == SHALLOW
    assert beyond.pool.tick_current < -100
    assert beyond.price_impact_bps > within.price_impact_bps


def test_a_swap_beyond_the_known_ticks_is_refused_and_its_walk_tells_what_is_left() -> None:
    with pytest.raises(InsufficientLiquidity, match="ticks take all but"):
        POOL.swap(10**13, UP, CLOCK)
    walk = POOL.walk(10**13, UP, CLOCK)
    assert 0 < walk.remaining < 10**13
    assert walk.liquidity == 0


def test_the_protocol_and_the_fund_take_their_part_of_each_steps_fee() -> None:
    fees = POOL.swap(10**12, DOWN, CLOCK).fees
    assert (fees.trade, fees.protocol, fees.fund) == (500_000_000, 60_000_000, 20_000_000)
    assert fees.trade_side is FeeSide.INPUT


@pytest.mark.parametrize(
    ("fee_on", "sides"),
    [
        (0, [FeeSide.INPUT, FeeSide.INPUT]),
        (1, [FeeSide.INPUT, FeeSide.OUTPUT]),
        (2, [FeeSide.OUTPUT, FeeSide.INPUT]),
    ],
)
def test_the_fee_is_taken_in_the_token_that_the_pool_names(fee_on: int, sides: list[FeeSide]) -> None:
    pool = replace(POOL, fee_on=fee_on)
    assert [pool.swap(10**9, way, CLOCK).fees.trade_side for way in (DOWN, UP)] == sides


@pytest.mark.parametrize("liquidity", [10**20, 10**22, 10**24])
@pytest.mark.parametrize(("fee_on", "way"), [(1, UP), (2, DOWN)])
def test_a_last_step_spends_all_that_is_left_when_the_fee_is_of_the_output(
    liquidity: int, fee_on: int, way: Direction
) -> None:
    """Above 2^64 of liquidity one unit of input moves the price by less than the price's last bit."""
    ticks = Tick(-100, liquidity, liquidity), Tick(100, -liquidity, liquidity)
    pool = replace(POOL, liquidity=liquidity, ticks=ticks, fee_on=fee_on)
    for amount_in in (1, 12_345, 10**9 + 7):
        walk = pool.walk(amount_in, way, CLOCK)
        assert (walk.remaining, walk.swapped_in) == (0, amount_in)


def test_a_pool_that_is_disabled_or_not_open_is_refused() -> None:
    with pytest.raises(PoolDisabled):
        replace(POOL, status=1 << 4).swap(10**9, DOWN, CLOCK)
    assert replace(POOL, status=0b101111).swap(10**9, DOWN, CLOCK).amount_out
    with pytest.raises(PoolNotActive):
        replace(POOL, open_time=NOW).swap(10**9, DOWN, CLOCK)
    assert replace(POOL, open_time=NOW - 1).swap(10**9, DOWN, CLOCK).amount_out


def test_an_output_of_zero_is_refused() -> None:
    with pytest.raises(ZeroOutput):
        POOL.swap(1, DOWN, CLOCK)


def test_an_output_that_leaves_64_bits_is_refused() -> None:
    low = sqrt_price_at_tick(-400_000)
    ticks = Tick(-400_010, 10**30, 10**30), Tick(-399_990, -(10**30), 10**30)
    pool = replace(POOL, sqrt_price=low, tick_current=-400_000, liquidity=10**30, ticks=ticks)
    with pytest.raises(InsufficientLiquidity, match="64 bits"):
        pool.swap(10**17, UP, CLOCK)


def crowded(spacing: int, *, orders: int = 0) -> RaydiumClmmPool:
    """A pool with an initialised tick at each of a hundred multiples of the spacing below its price."""
    ticks = tuple(Tick(-n * spacing, 1, 1, orders) for n in range(100, 0, -1))
    return replace(POOL, tick_spacing=1, ticks=ticks)


@pytest.mark.parametrize(("spacing", "orders", "passed"), [(1, 0, 63), (60, 0, 50), (480, 0, 50), (1, 9, 63)])
def test_a_swap_over_more_ticks_than_a_transaction_computes_is_refused_with_numbers(
    spacing: int, orders: int, passed: int
) -> None:
    pool = crowded(spacing, orders=orders)
    with pytest.raises(ComputeLimitExceeded) as refused:
        pool.swap(10**18, DOWN, CLOCK)
    told = re.match(
        rf"1{'0' * 18} is too large for one transaction on this pool: the first (\d+) of it pass {passed} "
        r"ticks, which uses up the 1300000 compute units",
        str(refused.value),
    )
    assert told
    assert pool.swap(int(told[1]), DOWN, CLOCK).amount_out


def test_the_groups_of_a_dynamic_fee_count_as_ticks() -> None:
    wide = replace(DYNAMIC, max_volatility_accumulator=2**32 - 1)
    pool = replace(POOL, dynamic_fee=wide, ticks=(Tick(-10_000, 1, 1),))
    assert replace(pool, dynamic_fee=None).swap(10**14, DOWN, CLOCK).amount_out
    with pytest.raises(ComputeLimitExceeded, match="pass 63 ticks"):
        pool.swap(10**14, DOWN, CLOCK)


@pytest.mark.parametrize(
    ("impossible", "told"),
    [
        ({"trade_fee_rate": 1_000_000}, "fee rates"),
        ({"protocol_fee_rate": 960_001}, "fee rates"),
        ({"tick_spacing": 0}, "tick spacing"),
        ({"tick_current": MAX_TICK + 1}, "tick"),
        ({"sqrt_price": MIN_SQRT_PRICE - 1}, "square root price"),
        ({"sqrt_price": MAX_SQRT_PRICE + 1}, "square root price"),
        ({"dynamic_fee": replace(DYNAMIC, reduction_factor=10_001)}, "dynamic fee"),
    ],
)
def test_a_state_that_no_pool_can_be_in_is_refused(impossible: dict[str, Any], told: str) -> None:
    with pytest.raises(UnsupportedPool, match=told):
        replace(POOL, **impossible)


@pytest.mark.parametrize(("liquidity", "net"), [(2**127 + 2, 2**127 - 1), (DEEP, -DEEP - 1)])
def test_liquidity_that_would_leave_128_bits_or_fall_below_zero_is_refused(liquidity: int, net: int) -> None:
    edge = replace(POOL, sqrt_price=sqrt_price_at_tick(1) - 1, liquidity=liquidity)
    ticks = Tick(1, net, abs(net)), Tick(200, -net, abs(net))
    with pytest.raises(InsufficientLiquidity, match="liquidity beyond the tick"):
        replace(edge, ticks=ticks).swap(2**64 - 1, UP, CLOCK)


def test_the_dynamic_fee_grows_with_every_group_that_the_price_crosses() -> None:
    pool = replace(POOL, dynamic_fee=DYNAMIC)
    still, moving = (pool.swap(amount, DOWN, CLOCK) for amount in (10**10, 4 * 10**12))
    assert still.fees.trade * 4 * 100 < moving.fees.trade
    after = moving.pool.dynamic_fee
    assert after is not None
    assert after.volatility_accumulator > 50_000
    assert after.last_update_timestamp == NOW


def test_the_dynamic_fees_references_decay_with_the_chains_time() -> None:
    volatile = replace(DYNAMIC, volatility_accumulator=100_000)
    assert volatile.referenced(7, NOW + 29) is volatile
    decayed = volatile.referenced(7, NOW + 30)
    assert (decayed.volatility_reference, decayed.tick_spacing_index_reference) == (50_000, 7)
    assert volatile.referenced(7, NOW + 600).volatility_reference == 0


def test_a_moved_price_takes_the_liquidity_of_where_it_goes() -> None:
    moved = POOL.with_price_moved(103, 100)
    assert moved.liquidity == SHALLOW
    assert moved.tick_current == 295
    assert moved.with_price_moved(100, 103).liquidity == POOL.liquidity
    highest = POOL.with_price_moved(10, 1)
    assert highest.tick_current == 999
    assert POOL.with_price_moved(1, 10).tick_current == -1_000
    assert replace(POOL, ticks=()).with_price_moved(2, 1).ticks == ()
    assert highest.swap(10**9, DOWN, PoolClock(NOW, 0)).amount_out


@pytest.mark.parametrize("amount", [-1, 2**64])
def test_an_amount_that_no_token_account_holds_is_refused(amount: int) -> None:
    for direction in Direction:
        with pytest.raises(InsufficientLiquidity, match="64-bit"):
            POOL.swap(amount, direction, CLOCK)


@pytest.mark.parametrize(
    ("tick", "zero_for_one", "crossed", "next_group"),
    [(29, False, 2, 3), (30, False, 2, 3), (31, False, 3, 4), (29, True, 2, 1), (30, True, 3, 2)],
)
def test_a_price_that_rose_to_the_end_of_a_group_has_not_crossed_it_yet(
    tick: int, crossed: int, next_group: int, *, zero_for_one: bool
) -> None:
    volatility = ClmmVolatility(DYNAMIC, 0, 10, NOW)
    volatility.advance(tick, zero_for_one=zero_for_one, skipped=True)
    assert (volatility.accumulator, volatility.group) == (crossed * 10_000, next_group)


def test_a_swap_measures_no_volatility_beyond_the_price_where_it_ends() -> None:
    within_a_group = replace(POOL, sqrt_price=sqrt_price_at_tick(5), tick_current=5, dynamic_fee=DYNAMIC)
    for direction in Direction:
        swap = within_a_group.swap(10**6, direction, CLOCK)
        assert swap.pool.dynamic_fee is not None
        assert swap.pool.dynamic_fee.volatility_accumulator == 0


def test_a_swap_whose_steps_together_return_more_than_64_bits_hold_is_refused() -> None:
    deep = 15 * 10**19
    ticks = tuple(Tick(index, 0, deep) for index in (99_970, 99_980, 99_990, 100_010))
    pool = replace(
        POOL, sqrt_price=sqrt_price_at_tick(100_000), tick_current=100_000, liquidity=deep, ticks=ticks
    )
    assert 2**63 < pool.swap(838 * 10**12, DOWN, CLOCK).amount_out < 2**64
    with pytest.raises(InsufficientLiquidity, match="the amount out leaves 64 bits"):
        pool.swap(840 * 10**12, DOWN, CLOCK)


@pytest.mark.parametrize(("direction", "index", "net"), [(DOWN, -10, 1), (UP, 10, -1)])
def test_ticks_that_take_more_liquidity_than_there_is_are_refused(
    direction: Direction, index: int, net: int
) -> None:
    def pool(removed: int) -> RaydiumClmmPool:
        ticks = sorted(
            [Tick(-1_000, 0, DEEP), Tick(index, net * removed, DEEP), Tick(1_000, 0, DEEP)],
            key=lambda tick: tick.index,
        )
        return replace(POOL, liquidity=DEEP, ticks=tuple(ticks))

    assert pool(DEEP - 1).walk(10**12, direction, CLOCK).liquidity == 1
    with pytest.raises(InsufficientLiquidity, match="would be -1"):
        pool(DEEP + 1).swap(10**12, direction, CLOCK)


@pytest.mark.parametrize(
    ("direction", "ends"), [(DOWN, MIN_SQRT_PRICE + 1), (UP, MAX_SQRT_PRICE - 1)], ids=["down", "up"]
)
def test_a_price_stops_one_short_of_the_end_of_the_range(direction: Direction, ends: int) -> None:
    near = MIN_TICK + 1 if direction is DOWN else MAX_TICK - 1
    pool = replace(
        POOL,
        sqrt_price=sqrt_price_at_tick(near),
        tick_current=near,
        liquidity=SHALLOW,
        tick_spacing=1,
        ticks=(Tick(MIN_TICK, SHALLOW, SHALLOW), Tick(MAX_TICK, -SHALLOW, SHALLOW)),
    )
    assert pool.walk(U64_MAX, direction, CLOCK).price == ends


def test_a_price_moves_no_further_than_just_below_the_last_tick() -> None:
    assert POOL.with_price_moved(2, 1).sqrt_price == sqrt_price_at_tick(1_000) - 1


def test_the_protocol_and_the_fund_may_take_all_of_the_fee() -> None:
    fees = replace(POOL, protocol_fee_rate=900_000, fund_fee_rate=100_000).swap(10**12, DOWN, CLOCK).fees
    assert fees.protocol + fees.fund == fees.trade
