from dataclasses import replace
from math import isqrt
from typing import Any

import pytest

from chalicelib.errors import (
    InsufficientLiquidity,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    PriceOutOfRange,
    UnsupportedPool,
    ZeroOutput,
)
from chalicelib.pricing.meteora_damm_v2 import COMPOUNDING, FEES_ON_TOKEN_B, MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import (
    DammDynamicFee,
    FeeQuery,
    MarketCapScheduler,
    RateLimiter,
    TimeScheduler,
    base_fee,
)
from chalicelib.pricing.swap import Direction, FeeSide, PoolClock
from tests.unit.pricing.generated import CLOCK, NOW

ONE = 1 << 64
SOL = 10**9
A_TO_B, B_TO_A = Direction.ZERO_FOR_ONE, Direction.ONE_FOR_ZERO
POOL = MeteoraDammV2Pool(
    liquidity=10_000 * SOL << 64,
    sqrt_price=ONE,
    sqrt_min_price=ONE * 9 // 10,
    sqrt_max_price=ONE * 11 // 10,
    init_sqrt_price=ONE,
    token_a_amount=0,
    token_b_amount=0,
    base_fee=TimeScheduler(0, 2_500_000),
).with_tracked_amounts()


def query(
    amount_in: int = SOL, direction: Direction = B_TO_A, point: int = 100, sqrt_price: int = ONE
) -> FeeQuery:
    return FeeQuery(amount_in, direction, point, 100, sqrt_price, ONE)


def test_the_fee_is_taken_from_the_output_or_from_token_b_as_the_pool_collects() -> None:
    only_b = replace(POOL, collect_fee_mode=FEES_ON_TOKEN_B)
    sides = [
        [pool.swap(SOL, direction, CLOCK).fees.trade_side for direction in (A_TO_B, B_TO_A)]
        for pool in (POOL, only_b)
    ]
    assert sides == [[FeeSide.OUTPUT, FeeSide.OUTPUT], [FeeSide.OUTPUT, FeeSide.INPUT]]


@pytest.mark.parametrize(
    ("impossible", "told"),
    [
        ({"sqrt_min_price": 0}, "square root prices"),
        ({"sqrt_price": ONE * 2}, "square root prices"),
        ({"sqrt_max_price": 0}, "square root prices"),
        ({"protocol_fee_percent": 101}, "shares"),
        ({"referral_fee_percent": 101}, "shares"),
        ({"compounding_fee_bps": 10_001}, "shares"),
    ],
)
def test_a_state_that_no_pool_can_be_in_is_refused(impossible: dict[str, Any], told: str) -> None:
    with pytest.raises(UnsupportedPool, match=told):
        replace(POOL, **impossible)


def test_an_output_or_a_holding_that_leaves_64_bits_is_refused() -> None:
    low = replace(
        POOL, liquidity=2**106, sqrt_price=2**32 + 10**6, sqrt_min_price=2**32, sqrt_max_price=2**96
    )
    rich = replace(low, token_a_amount=2**80, token_b_amount=1)
    with pytest.raises(InsufficientLiquidity, match="leaves 64 bits"):
        rich.swap(4, B_TO_A, CLOCK)
    with pytest.raises(InsufficientLiquidity, match="leaves 64 bits"):
        replace(POOL, token_b_amount=2**64 - SOL).swap(2 * SOL, B_TO_A, CLOCK)


@pytest.mark.parametrize(
    "fee",
    [
        TimeScheduler(0, 2_500_000, 10, 1, 250_001),
        TimeScheduler(1, 2_500_000, 10, 1, 10_001),
        MarketCapScheduler(3, 2_500_000, 10, 0, 100, 250_000),
        MarketCapScheduler(4, 2_500_000, 10, 5, 100, 10_001),
        RateLimiter(2, 2_500_000, 10, 100, 5_000, 0),
        RateLimiter(2, 600_000_000, 10, 100, 5_000, 1),
    ],
)
def test_a_base_fee_that_no_pool_can_have_is_refused(fee: Any) -> None:
    with pytest.raises(UnsupportedPool):
        fee.rate(query(point=150))


def test_a_market_cap_without_a_price_to_start_from_is_refused() -> None:
    rising = MarketCapScheduler(3, 2_500_000, 10, 5, 100, 250_000)
    with pytest.raises(UnsupportedPool, match="square root price 0"):
        rising.rate(replace(query(point=150), init_sqrt_price=0))


def test_a_dynamic_fee_that_no_pool_can_have_is_refused() -> None:
    calm = DammDynamicFee(1, ONE // 10_000, 10, 120, 5_000, 350_000, 40_000, NOW, ONE, 0, 0)
    assert replace(POOL, dynamic_fee=calm).swap(SOL, A_TO_B, CLOCK).amount_out
    for impossible in ({"bin_step_u128": 0}, {"sqrt_price_reference": 0}):
        with pytest.raises(UnsupportedPool, match="dynamic fee"):
            replace(POOL, dynamic_fee=replace(calm, **impossible)).swap(SOL, A_TO_B, CLOCK)
    for volatility in ({"volatility_accumulator": 2**100}, {"sqrt_price_reference": 1}):
        wild = replace(calm, **volatility)
        with pytest.raises(PoolError, match="128 bits"):
            replace(POOL, dynamic_fee=wild).swap(SOL, B_TO_A, CLOCK)


def test_a_first_reference_of_zero_is_set_before_it_is_used() -> None:
    fresh = DammDynamicFee(1, ONE // 10_000, 10, 120, 5_000, 350_000, 40_000, 0, 0, 0, 0)
    assert replace(POOL, dynamic_fee=fresh).swap(SOL, A_TO_B, CLOCK).amount_out


def test_the_price_may_not_leave_the_range() -> None:
    with pytest.raises(PriceOutOfRange):
        POOL.swap(2_000 * SOL, A_TO_B, CLOCK)
    with pytest.raises(PriceOutOfRange):
        POOL.swap(2_000 * SOL, B_TO_A, CLOCK)


def test_more_than_the_pool_holds_is_not_paid() -> None:
    with pytest.raises(InsufficientLiquidity):
        replace(POOL, token_b_amount=SOL).swap(10 * SOL, A_TO_B, CLOCK)
    with pytest.raises(InsufficientLiquidity):
        replace(POOL, liquidity=0).swap(SOL, A_TO_B, CLOCK)


def test_a_pool_that_is_disabled_or_not_open_is_refused() -> None:
    with pytest.raises(PoolDisabled):
        replace(POOL, status=1).swap(SOL, A_TO_B, CLOCK)
    with pytest.raises(PoolNotActive):
        replace(POOL, activation_point=NOW + 1).swap(SOL, A_TO_B, CLOCK)
    by_slot = replace(POOL, activation_type=0, activation_point=10)
    with pytest.raises(PoolNotActive):
        by_slot.swap(SOL, A_TO_B, PoolClock(NOW, 9))
    assert by_slot.swap(SOL, A_TO_B, PoolClock(NOW, 10)).amount_out


def test_an_output_of_zero_is_refused_although_the_program_would_keep_the_input() -> None:
    assert POOL.exchange(1, A_TO_B, CLOCK).amount_out == 0
    with pytest.raises(ZeroOutput):
        POOL.swap(1, A_TO_B, CLOCK)


def test_a_referral_takes_its_part_of_the_protocols_fee() -> None:
    pool = replace(POOL, protocol_fee_percent=20, referral_fee_percent=25)
    plain, referred = pool.swap(SOL, A_TO_B, CLOCK), pool.exchange(SOL, A_TO_B, CLOCK, referred=True)
    assert plain.fees.referral == 0
    assert referred.fees.referral == plain.fees.protocol // 4
    assert referred.fees.protocol + referred.fees.referral == plain.fees.protocol
    assert referred.amount_out == plain.amount_out


def test_a_compounding_pool_keeps_its_part_of_the_fee_in_token_b() -> None:
    pool = replace(
        POOL,
        collect_fee_mode=COMPOUNDING,
        compounding_fee_bps=5_000,
        token_a_amount=1_000 * SOL,
        token_b_amount=1_000 * SOL,
    )
    swap = pool.swap(SOL, B_TO_A, CLOCK)
    assert swap.fees.compounding == (swap.fees.trade - swap.fees.protocol) // 2
    assert swap.pool.token_b_amount == 1_001 * SOL - swap.fees.trade + swap.fees.compounding
    with pytest.raises(InsufficientLiquidity):
        replace(pool, token_a_amount=0).swap(SOL, B_TO_A, CLOCK)


def test_the_time_schedulers_reduce_their_cliff_period_by_period() -> None:
    linear = TimeScheduler(0, 1_000_000, 5, 10, 100_000)
    exponential = TimeScheduler(1, 1_000_000, 5, 10, 1_000)
    points = (100, 109, 110, 149, 10_000)
    assert [linear.rate(query(point=p)) for p in points] == [10**6, 10**6, 900_000, 600_000, 500_000]
    rates = [exponential.rate(query(point=p)) for p in points]
    assert rates == [10**6, 10**6, 900_000, 656_100, 590_490]
    assert linear.rate(query(point=99)) == 500_000
    assert TimeScheduler(0, 7, 5, 0, 1).rate(query(point=500)) == 7


def test_the_market_cap_schedulers_reduce_their_cliff_as_the_price_rises() -> None:
    scheduler = MarketCapScheduler(3, 1_000_000, 5, 100, 1_000, 100_000)
    assert scheduler.rate(query(sqrt_price=ONE // 2)) == 1_000_000
    assert scheduler.rate(query(sqrt_price=ONE * 103 // 100)) == 800_000
    assert scheduler.rate(query(sqrt_price=ONE * 2)) == 500_000
    assert scheduler.rate(query(point=1_101)) == 500_000


def test_the_rate_limiter_charges_more_for_more_while_it_lasts() -> None:
    limiter = RateLimiter(2, 10_000_000, 100, 1_000, 5_000, SOL)
    assert limiter.rate(query(SOL)) == 10_000_000
    # the second reference amount pays 2 %, the third 3 %
    assert limiter.rate(query(2 * SOL)) == 15_000_000
    assert limiter.rate(query(3 * SOL)) == 20_000_000
    assert limiter.rate(query(10**6 * SOL)) < 500_000_000
    assert limiter.rate(query(3 * SOL, A_TO_B)) == 10_000_000
    assert limiter.rate(query(3 * SOL, point=1_101)) == 10_000_000


def test_two_swaps_pay_more_than_one_under_the_rate_limiter_which_is_what_it_is_for() -> None:
    limiter = RateLimiter(2, 10_000_000, 500, 10**6, 5_000, SOL)
    pool = replace(POOL, collect_fee_mode=FEES_ON_TOKEN_B, base_fee=limiter, activation_point=NOW - 10)
    one = pool.swap(4 * SOL, B_TO_A, CLOCK)
    first = pool.swap(2 * SOL, B_TO_A, CLOCK)
    assert first.amount_out + first.pool.swap(2 * SOL, B_TO_A, CLOCK).amount_out > one.amount_out


def test_the_fee_is_capped_by_the_pools_version() -> None:
    steep = replace(POOL, base_fee=TimeScheduler(0, 900_000_000))
    for version, rate in ((0, 50), (1, 90)):
        swap = replace(steep, fee_version=version).swap(SOL, A_TO_B, CLOCK)
        assert swap.fees.trade == -(-(swap.amount_out + swap.fees.trade) * rate // 100)


def test_the_dynamic_fee_uses_the_stored_volatility_and_remembers_this_swaps() -> None:
    dynamic = DammDynamicFee(1, ONE // 10_000, 10, 120, 5_000, 350_000, 50_000, NOW - 60, ONE, 100_000, 0)
    pool = replace(POOL, dynamic_fee=dynamic)
    swap = pool.swap(100 * SOL, A_TO_B, CLOCK)
    assert dynamic.rate == 50_000 * 100_000**2 // 10**11
    rate = 2_500_000 + dynamic.rate
    assert swap.fees.trade == -(-(swap.amount_out + swap.fees.trade) * rate // 10**9)
    after = swap.pool.dynamic_fee
    assert after is not None
    assert after.volatility_reference == 50_000
    assert after.sqrt_price_reference == ONE
    assert after.volatility_accumulator > 50_000
    assert after.last_update_timestamp == NOW
    settled = swap.pool.swap(10**6, A_TO_B, PoolClock(NOW + 200, 0)).pool.dynamic_fee
    assert settled is not None
    assert settled.volatility_reference == 0


def test_an_unknown_base_fee_mode_is_refused() -> None:
    with pytest.raises(UnsupportedPool, match="mode was 5"):
        base_fee(5, 1)


def test_a_moved_price_stays_in_the_range_and_moves_the_amounts_with_it() -> None:
    moved = POOL.with_price_moved(104, 100)
    change = moved.spot_price(A_TO_B) / POOL.spot_price(A_TO_B)
    assert abs(change * 100 - 104) * 10**6 < 1
    assert moved.token_a_amount < POOL.token_a_amount
    assert moved.token_b_amount > POOL.token_b_amount
    assert POOL.with_price_moved(10, 1).sqrt_price == POOL.sqrt_max_price
    assert POOL.with_price_moved(1, 10).sqrt_price == POOL.sqrt_min_price


@pytest.mark.parametrize("amount", [-1, 2**64])
def test_an_amount_that_no_token_account_holds_is_refused(amount: int) -> None:
    for direction in Direction:
        with pytest.raises(InsufficientLiquidity, match="64-bit"):
            POOL.swap(amount, direction, CLOCK)


def test_the_price_may_reach_the_end_of_the_range() -> None:
    reached = POOL.swap(SOL, B_TO_A, CLOCK).pool.sqrt_price
    narrow = replace(POOL, sqrt_max_price=reached)
    assert narrow.swap(SOL, B_TO_A, CLOCK).pool.sqrt_price == reached
    with pytest.raises(PriceOutOfRange):
        replace(POOL, sqrt_max_price=reached - 1).swap(SOL, B_TO_A, CLOCK)


def test_the_rate_limiter_takes_the_cliff_fee_to_the_unit_up_to_its_reference_amount() -> None:
    limiter = RateLimiter(2, 2_500_000, 100, 1_000, 5_000, 3)
    assert limiter.rate(query(amount_in=3)) == 2_500_000


def test_the_rate_limiter_may_have_its_cliff_fee_as_the_most() -> None:
    assert RateLimiter(2, 10_000_000, 100, 1_000, 100, SOL).rate(query(3 * SOL)) == 10_000_000


def test_a_compounding_pool_holds_what_it_holds() -> None:
    pool = replace(POOL, collect_fee_mode=COMPOUNDING)
    assert pool.with_tracked_amounts() == pool


def test_a_moved_compounding_pool_has_the_price_of_its_holdings() -> None:
    pool = replace(POOL, collect_fee_mode=COMPOUNDING, token_a_amount=10**9, token_b_amount=4 * 10**9)
    moved = pool.with_price_moved(9, 4)
    assert moved.sqrt_price == isqrt((moved.token_b_amount << 128) // moved.token_a_amount)
    assert abs(moved.sqrt_price - 3 * ONE) * 10**6 < ONE


@pytest.mark.parametrize(("numerator", "held"), [(104, "token_a_amount"), (96, "token_b_amount")])
def test_a_moved_pool_that_holds_nothing_gives_nothing(numerator: int, held: str) -> None:
    nothing: dict[str, Any] = {held: 0}
    assert getattr(replace(POOL, **nothing).with_price_moved(numerator, 100), held) == 0


def test_the_market_cap_scheduler_lasts_to_the_end_of_its_duration() -> None:
    rising = MarketCapScheduler(3, 2_500_000, 10, 5, 100, 250_000)
    assert [rising.rate(query(point=point)) for point in (200, 201)] == [2_500_000, 0]
