"""Limit orders on the ticks of a Raydium CLMM pool."""

from dataclasses import replace

import pytest

from chalicelib.pricing.raydium_clmm_walk import ClmmWalk, FeeRates, Tick
from chalicelib.pricing.ticks import sqrt_price_at_tick
from tests.unit.pricing.generated import CLOCK
from tests.unit.pricing.test_clmm import DEEP, DOWN, POOL


def test_limit_orders_are_filled_at_their_ticks_price_before_the_swap_goes_on() -> None:
    ticks = (POOL.ticks[0], replace(POOL.ticks[1], orders_amount=10**9), *POOL.ticks[2:])
    pool = replace(POOL, ticks=ticks)
    to_the_tick = 10**13 - replace(POOL, ticks=POOL.ticks[1:]).walk(10**13, DOWN, CLOCK).remaining
    partly = pool.swap(to_the_tick + 5 * 10**8, DOWN, CLOCK)
    waiting = partly.pool.ticks[1]
    assert partly.pool.tick_current == -100
    assert (waiting.orders_amount, waiting.unfilled) == (0, waiting.part_filled_orders_remaining)
    assert 0 < waiting.unfilled < 10**9
    passed = pool.swap(to_the_tick + 5 * 10**9, DOWN, CLOCK)
    assert passed.pool.ticks[1].unfilled == 0
    assert passed.amount_out > POOL.swap(to_the_tick + 5 * 10**9, DOWN, CLOCK).amount_out


def test_a_tick_that_only_orders_kept_is_gone_once_they_are_filled() -> None:
    lone = Tick(-50, 0, 0, orders_amount=1_000)
    pool = replace(POOL, ticks=(*POOL.ticks[:2], lone, *POOL.ticks[2:]))
    assert pool.swap(4 * 10**12, DOWN, CLOCK).pool.ticks == POOL.ticks


def test_orders_that_were_partly_filled_go_first() -> None:
    tick = Tick(0, 0, 0, orders_amount=50, part_filled_orders_remaining=30)
    assert tick.filled(20) == replace(tick, part_filled_orders_remaining=10)
    assert tick.filled(45) == replace(tick, orders_amount=0, part_filled_orders_remaining=35)


@pytest.mark.parametrize(("amount", "left"), [(100, 0), (101, 0), (102, 2)])
def test_what_orders_cannot_return_a_unit_for_is_spent_unless_they_are_asked_for_more_than_they_have(
    amount: int, left: int
) -> None:
    rates = FeeRates(0, 0, 0, on_input=True)
    walk = ClmmWalk(sqrt_price_at_tick(-100), -100, DEEP, rates, spacing=10, zero_for_one=True)
    walk.run(amount, [Tick(-100, 0, 0, orders_amount=99)])
    assert (walk.swapped_out, walk.remaining) == (99, left)


def test_a_fee_that_limit_orders_earn_where_nobody_provides_liquidity_is_the_protocols() -> None:
    rates = FeeRates(trade=2_500, protocol=120_000, fund=40_000, on_input=True)
    walk = ClmmWalk(sqrt_price_at_tick(-100), -100, 0, rates, spacing=10, zero_for_one=True)
    walk.run(10**6, [Tick(-100, 0, 0, orders_amount=10**9)])
    assert (walk.fee, walk.fund, walk.protocol) == (2_500, 100, 2_400)
