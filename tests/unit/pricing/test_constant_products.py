from dataclasses import replace

import pytest

from chalicelib.errors import (
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    UnsupportedPool,
    ZeroOutput,
)
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Direction, Fees, FeeSide, PoolClock
from tests.unit.pricing.generated import CLOCK, NOW

SOL, USDC = 10**9, 10**6
AMM_V4 = RaydiumAmmV4Pool(coin_vault=1_000 * SOL, pc_vault=150_000 * USDC)
CPMM = RaydiumCpmmPool(1_000 * SOL, 150_000 * USDC, 2_500, 120_000, 40_000)


def test_amm_v4_takes_its_fee_from_the_input_and_leaves_it_in_the_pool() -> None:
    swap = AMM_V4.swap(10 * SOL, Direction.ZERO_FOR_ONE, CLOCK)
    assert swap.fees == Fees(trade=25 * SOL // 1_000)
    assert swap.amount_out == 150_000 * USDC * 9_975 // (1_000_000 + 9_975)
    assert swap.pool.coin_vault == 1_010 * SOL
    assert swap.pool.pc_vault == 150_000 * USDC - swap.amount_out
    assert swap.price_impact_bps == 99


@pytest.mark.parametrize(("numerator", "denominator"), [(25, 25), (1, 0), (-1, 100)])
def test_amm_v4_refuses_a_fee_that_no_pool_can_have(numerator: int, denominator: int) -> None:
    with pytest.raises(UnsupportedPool, match=f"{numerator}/{denominator}"):
        replace(AMM_V4, swap_fee_numerator=numerator, swap_fee_denominator=denominator)


@pytest.mark.parametrize(
    "rates",
    [
        {"trade_fee_rate": 1_000_000},
        {"trade_fee_rate": 999_999, "creator_fee_rate": 1},
        {"protocol_fee_rate": 900_000, "fund_fee_rate": 100_001},
    ],
)
def test_cpmm_refuses_rates_that_no_pool_can_have(rates: dict[str, int]) -> None:
    with pytest.raises(UnsupportedPool, match="rates"):
        replace(CPMM, **rates)


@pytest.mark.parametrize("pool", [replace(AMM_V4, coin_vault=0), replace(CPMM, vault_1=0)])
@pytest.mark.parametrize("direction", Direction)
def test_a_pool_with_an_empty_side_has_no_price(
    pool: RaydiumAmmV4Pool | RaydiumCpmmPool, direction: Direction
) -> None:
    with pytest.raises(InsufficientLiquidity, match="empty"):
        pool.spot_price(direction)


def test_amm_v4_rounds_its_fee_up() -> None:
    assert AMM_V4.exchange(1, Direction.ZERO_FOR_ONE, CLOCK).fees.trade == 1
    assert AMM_V4.exchange(401, Direction.ZERO_FOR_ONE, CLOCK).fees.trade == 2


def test_amm_v4_keeps_what_it_owes_its_operator_out_of_the_curve() -> None:
    owing = replace(AMM_V4, coin_vault=1_100 * SOL, need_take_pnl_coin=100 * SOL)
    swaps = [pool.swap(SOL, Direction.ZERO_FOR_ONE, CLOCK) for pool in (AMM_V4, owing)]
    assert swaps[0].amount_out == swaps[1].amount_out


@pytest.mark.parametrize("status", [0, 2, 3, 4, 5])
def test_amm_v4_refuses_a_status_that_does_not_swap(status: int) -> None:
    with pytest.raises(PoolDisabled, match=str(status)):
        replace(AMM_V4, status=status).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)


def test_amm_v4_refuses_an_order_book() -> None:
    with pytest.raises(UnsupportedPool):
        replace(AMM_V4, status=1).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)


def test_amm_v4_waits_for_its_opening_and_swaps_from_then_on() -> None:
    waiting = replace(AMM_V4, status=7, open_time=NOW)
    with pytest.raises(PoolNotActive):
        waiting.swap(SOL, Direction.ZERO_FOR_ONE, PoolClock(NOW - 1, 0))
    assert waiting.swap(SOL, Direction.ZERO_FOR_ONE, PoolClock(NOW, 0)).pool.status == 6


def test_cpmm_splits_the_trade_fee_and_keeps_the_providers_part_on_the_curve() -> None:
    swap = CPMM.swap(10 * SOL, Direction.ZERO_FOR_ONE, CLOCK)
    trade = 10 * SOL * 2_500 // 1_000_000
    assert (swap.fees.trade, swap.fees.protocol, swap.fees.fund) == (trade, 3_000_000, 1_000_000)
    assert swap.fees.providers == trade - 4_000_000
    assert swap.pool.reserve_0 == CPMM.reserve_0 + 10 * SOL - 4_000_000
    assert (swap.pool.protocol_fees_0, swap.pool.fund_fees_0) == (3_000_000, 1_000_000)


@pytest.mark.parametrize(
    ("creator_fee_on", "direction", "side"),
    [
        (0, Direction.ZERO_FOR_ONE, FeeSide.INPUT),
        (0, Direction.ONE_FOR_ZERO, FeeSide.INPUT),
        (1, Direction.ZERO_FOR_ONE, FeeSide.INPUT),
        (1, Direction.ONE_FOR_ZERO, FeeSide.OUTPUT),
        (2, Direction.ZERO_FOR_ONE, FeeSide.OUTPUT),
        (2, Direction.ONE_FOR_ZERO, FeeSide.INPUT),
    ],
)
def test_cpmm_takes_the_creators_fee_in_the_token_that_the_pool_names(
    creator_fee_on: int, direction: Direction, side: FeeSide
) -> None:
    pool = replace(CPMM, creator_fee_rate=500, creator_fee_on=creator_fee_on)
    swap = pool.swap(SOL, direction, CLOCK)
    assert swap.fees.creator_side is side
    assert swap.fees.creator > 0
    owed = swap.pool.creator_fees_0, swap.pool.creator_fees_1
    on_token_0 = (direction is Direction.ZERO_FOR_ONE) == (side is FeeSide.INPUT)
    assert owed == ((swap.fees.creator, 0) if on_token_0 else (0, swap.fees.creator))


def test_cpmm_rounds_trade_and_creator_fee_up_together() -> None:
    pool = replace(CPMM, trade_fee_rate=2_500, creator_fee_rate=500)
    fees = pool.exchange(334, Direction.ZERO_FOR_ONE, CLOCK).fees
    assert fees.trade + fees.creator == 2


def test_cpmm_refuses_a_disabled_or_unopened_pool() -> None:
    with pytest.raises(PoolDisabled):
        replace(CPMM, status=4).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)
    assert replace(CPMM, status=3).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK).amount_out
    with pytest.raises(PoolNotActive):
        replace(CPMM, open_time=NOW + 1).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)


@pytest.mark.parametrize("pool", [AMM_V4, CPMM])
def test_a_swap_that_returns_nothing_is_refused(pool: RaydiumAmmV4Pool | RaydiumCpmmPool) -> None:
    for amount in (0, 1):
        with pytest.raises(ZeroOutput):
            pool.swap(amount, Direction.ZERO_FOR_ONE, CLOCK)


@pytest.mark.parametrize("pool", [AMM_V4, CPMM])
@pytest.mark.parametrize("amount", [-1, 2**64])
def test_an_amount_that_no_token_account_holds_is_refused(
    pool: RaydiumAmmV4Pool | RaydiumCpmmPool, amount: int
) -> None:
    with pytest.raises(InsufficientLiquidity, match="64-bit"):
        pool.swap(amount, Direction.ZERO_FOR_ONE, CLOCK)


@pytest.mark.parametrize(
    "pool",
    [
        replace(AMM_V4, pc_vault=0),
        replace(AMM_V4, need_take_pnl_coin=2_000 * SOL),
        replace(CPMM, vault_0=0),
        replace(CPMM, vault_1=0),
    ],
)
def test_an_empty_pool_is_refused(pool: RaydiumAmmV4Pool | RaydiumCpmmPool) -> None:
    with pytest.raises(InsufficientLiquidity, match="reserves were"):
        pool.swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)


@pytest.mark.parametrize("pool", [AMM_V4, replace(CPMM, protocol_fees_0=SOL, fund_fees_1=USDC)])
def test_a_moved_price_keeps_the_product_of_the_reserves(pool: RaydiumAmmV4Pool | RaydiumCpmmPool) -> None:
    moved = pool.with_price_moved(102, 100)
    change = moved.spot_price(Direction.ZERO_FOR_ONE) / pool.spot_price(Direction.ZERO_FOR_ONE)
    assert abs(change * 100 - 102) * 10**6 < 1
    assert moved.spot_price(Direction.ONE_FOR_ZERO) == 1 / moved.spot_price(Direction.ZERO_FOR_ONE)
