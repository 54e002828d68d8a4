from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pricing.meteora_damm_v2 import COMPOUNDING, MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Direction, Swap
from chalicelib.pricing.ticks import sqrt_price_at_tick
from tests.property.test_pricing import ANY, bounded, every_pool, priced
from tests.unit.pricing.generated import (
    amm_v4_pools,
    amounts,
    clmm_pools,
    cpmm_pools,
    damm_v2_pools,
    directions,
    dlmm_pools,
)

Q64, Q128 = 1 << 64, 1 << 128


def stretches(pool: RaydiumClmmPool) -> list[tuple[int, int, int]]:
    """Lower price, upper price and liquidity between each two ticks, as the net changes add up."""
    found, liquidity = [], 0
    for tick, following in zip(pool.ticks, pool.ticks[1:], strict=False):
        liquidity += tick.liquidity_net
        found.append((sqrt_price_at_tick(tick.index), sqrt_price_at_tick(following.index), liquidity))
    return found


def exact_amounts(pool: RaydiumClmmPool, low: int, high: int) -> tuple[Fraction, Fraction]:
    """Token 0 and token 1 that lie on the curve between two square root prices, as exact fractions."""
    token_0 = token_1 = Fraction(0)
    for lower, upper, liquidity in stretches(pool):
        a, b = max(lower, low), min(upper, high)
        if a < b:
            token_0 += Fraction(liquidity * Q64 * (b - a), a * b)
            token_1 += Fraction(liquidity * (b - a), Q64)
    return token_0, token_1


def reserves(pool: Any) -> tuple[int, int]:
    """All that a pool could ever pay out of token 0 and token 1."""
    if isinstance(pool, RaydiumAmmV4Pool):
        return pool.coin_reserve, pool.pc_reserve
    if isinstance(pool, RaydiumCpmmPool):
        return pool.reserve_0, pool.reserve_1
    if isinstance(pool, MeteoraDammV2Pool):
        return pool.token_a_amount, pool.token_b_amount
    if isinstance(pool, MeteoraDlmmPool):
        orders = [
            (b.open_order_amount + b.processed_order_remaining, b.limit_order_ask_side) for b in pool.bins
        ]
        return (
            sum(b.amount_x for b in pool.bins) + sum(amount for amount, ask in orders if ask),
            sum(b.amount_y for b in pool.bins) + sum(amount for amount, ask in orders if not ask),
        )
    assert isinstance(pool, RaydiumClmmPool)
    waiting = sum(tick.unfilled for tick in pool.ticks)
    highest = sqrt_price_at_tick(pool.ticks[-1].index)
    above, _ = exact_amounts(pool, pool.sqrt_price, highest)
    _, below = exact_amounts(pool, 0, pool.sqrt_price)
    return int(above) + waiting, int(below) + waiting


@every_pool
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_a_swap_never_pays_more_than_the_reserves(
    pools: st.SearchStrategy[Any], data: st.DataObject, amount: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    swap = priced(pool, amount, direction)
    if swap is not None:
        of_token_0, of_token_1 = reserves(pool)
        paid = swap.amount_out + swap.fees.on_output
        assert paid <= (of_token_1 if direction is Direction.ZERO_FOR_ONE else of_token_0)


@pytest.mark.parametrize("pools", [amm_v4_pools(), cpmm_pools()], ids=["amm_v4", "cpmm"])
@bounded
@given(data=st.data(), amount=amounts, direction=directions)
def test_the_product_of_the_reserves_never_falls(
    pools: st.SearchStrategy[Any], data: st.DataObject, amount: int, direction: Direction
) -> None:
    pool = data.draw(pools)
    swap = priced(pool, amount, direction)
    if swap is not None:
        before, after = reserves(pool), reserves(swap.pool)
        assert before[0] * before[1] <= after[0] * after[1]
        assert after[0] > 0
        assert after[1] > 0


def moved_in_and_out(swap: Swap[Any], direction: Direction) -> tuple[int, int]:
    """What met the curve of token 0 and of token 1."""
    came, went = swap.amount_in - swap.fees.on_input, swap.amount_out + swap.fees.on_output
    return (came, -went) if direction is Direction.ZERO_FOR_ONE else (-went, came)


@bounded
@given(pool=clmm_pools(orders=False), amount=amounts, direction=directions)
def test_a_clmm_swap_takes_at_least_and_pays_at_most_what_lies_between_the_prices(
    pool: RaydiumClmmPool, amount: int, direction: Direction
) -> None:
    swap = priced(pool, amount, direction)
    if swap is not None:
        low, high = sorted((pool.sqrt_price, swap.pool.sqrt_price))
        of_token_0, of_token_1 = exact_amounts(pool, low, high)
        signs = (1, -1) if direction is Direction.ZERO_FOR_ONE else (-1, 1)
        moved_0, moved_1 = moved_in_and_out(swap, direction)
        assert moved_0 >= signs[0] * of_token_0
        assert moved_1 >= signs[1] * of_token_1


@bounded
@given(pool=clmm_pools(), amount=amounts, direction=directions)
def test_the_liquidity_after_a_clmm_swap_is_that_of_the_tick_where_it_ended(
    pool: RaydiumClmmPool, amount: int, direction: Direction
) -> None:
    swap = priced(pool, amount, direction)
    if swap is not None:
        after = swap.pool
        # ticks whose orders alone kept them are gone, so the nets come from before
        started = [tick.liquidity_net for tick in pool.ticks if tick.index <= after.tick_current]
        waits = any(
            tick.unfilled
            for tick in after.ticks
            if tick.index in (after.tick_current, after.tick_current + 1)
        )
        assert waits or after.liquidity == sum(started)
        tick = after.tick_current
        assert sqrt_price_at_tick(tick) <= after.sqrt_price <= sqrt_price_at_tick(tick + 1)


@bounded
@given(pool=dlmm_pools(orders=False), amount=amounts, direction=directions)
def test_no_bin_loses_value_at_its_own_price(
    pool: MeteoraDlmmPool, amount: int, direction: Direction
) -> None:
    swap = priced(pool, amount, direction)
    if swap is not None:
        for before, after in zip(pool.bins, swap.pool.bins, strict=True):
            worth = [bin_.amount_x * bin_.price + (bin_.amount_y << 64) for bin_ in (before, after)]
            assert worth[0] <= worth[1]
        held = [(sum(b.amount_x for b in p.bins), sum(b.amount_y for b in p.bins)) for p in (pool, swap.pool)]
        moved = held[1][0] - held[0][0], held[1][1] - held[0][1]
        assert swap.amount_in - swap.fees.on_input == max(moved)
        assert min(moved) == -(swap.amount_out + swap.fees.on_output)


@bounded
@given(pool=damm_v2_pools(), amount=amounts, direction=directions)
def test_the_liquidity_of_a_damm_v2_pool_stays_and_its_amounts_cover_it(
    pool: MeteoraDammV2Pool, amount: int, direction: Direction
) -> None:
    swap = priced(pool, amount, direction)
    if swap is not None:
        after = swap.pool
        assert after.liquidity == pool.liquidity
        if pool.collect_fee_mode == COMPOUNDING:
            before = pool.token_a_amount * pool.token_b_amount
            assert after.token_a_amount * after.token_b_amount >= before
        else:
            low, high, price = after.sqrt_min_price, after.sqrt_max_price, after.sqrt_price
            assert low <= price <= high
            assert after.token_a_amount * price * high >= after.liquidity * (high - price)
            assert after.token_b_amount * Q128 >= after.liquidity * (price - low)


def test_every_pool_type_is_generated() -> None:
    assert len(ANY) == 5
