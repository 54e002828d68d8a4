"""Raydium CLMM cases."""

from collections.abc import Mapping
from typing import Any

from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_fees import ClmmDynamicFee
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.swap import Direction
from tests.golden.case import CaseReader, Question, Step, clock_of, present

RATES = ("trade_fee_rate", "protocol_fee_rate", "fund_fee_rate")


def pool_of(state: Mapping[str, Any]) -> RaydiumClmmPool:
    dynamic = state["dynamic_fee"]
    return RaydiumClmmPool(
        sqrt_price=int(state["sqrt_price_x64"]),
        tick_current=int(state["tick_current"]),
        liquidity=int(state["liquidity"]),
        tick_spacing=int(state["tick_spacing"]),
        ticks=tuple(sorted((_tick(tick) for tick in state["ticks"]), key=lambda tick: tick.index)),
        fee_on=int(state["fee_on"]),
        dynamic_fee=dynamic and ClmmDynamicFee(**{name: int(value) for name, value in dynamic.items()}),
        **{name: int(state[name]) for name in RATES},
        **present(state, "status", "open_time"),
    )


def _tick(tick: Mapping[str, str]) -> Tick:
    orders = int(tick["orders_amount"]), int(tick["part_filled_orders_remaining"])
    return Tick(int(tick["tick"]), int(tick["liquidity_net"]), int(tick["liquidity_gross"]), *orders)


def question(pool: RaydiumClmmPool, step: Step) -> Question:
    given = step["input"]
    direction = Direction(given["direction"])
    amount_in, clock = int(given["amount_in"]), clock_of(step, "0")

    def outcome() -> Mapping[str, str | bool]:
        walk = pool.walk(amount_in, direction, clock)
        return {
            "all_trade": walk.remaining == 0,
            "amount_out": str(walk.amount_out),
            "amount_remaining": str(walk.remaining),
            "fee": str(walk.fee),
            "sqrt_price_after_x64": str(walk.price),
            "liquidity_after": str(walk.liquidity),
            "tick_after": str(walk.tick),
        }

    return Question(lambda: pool.swap(amount_in, direction, clock), outcome)


READER = CaseReader(pool_of, question, {"sqrt_price_x64": "sqrt_price"})
