"""Meteora DLMM cases."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context
from typing import Any

from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.swap import Direction, PoolClock
from tests.golden.case import Case

BINS_PER_ARRAY = 70
LIQUIDITY_MINING = 1
PARAMETERS = (
    "base_factor",
    "base_fee_power_factor",
    "filter_period",
    "decay_period",
    "reduction_factor",
    "variable_fee_control",
    "max_volatility_accumulator",
    "protocol_share",
)
PLAIN = (
    "active_id",
    "bin_step",
    "volatility_accumulator",
    "volatility_reference",
    "index_reference",
    "last_update_timestamp",
    "collect_fee_mode",
)


def pool_of(state: Mapping[str, Any]) -> MeteoraDlmmPool:
    bins = (Bin(*(int(value) for value in row)) for row in state["bins"])
    return MeteoraDlmmPool(
        **{name: int(state[name]) for name in PLAIN},
        bins=tuple(
            bin_
            for bin_ in sorted(bins, key=lambda bin_: bin_.id)
            if bin_.amount_x or bin_.amount_y or bin_.open_order_amount or bin_.processed_order_remaining
        ),
        parameters=Parameters(**{name: int(state[name]) for name in PARAMETERS}),
        limit_orders=int(int(state["function_type"]) != LIQUIDITY_MINING),
    )


def read(case: Mapping[str, Any]) -> Case:
    state, given = case["state"], case["input"]
    pool = pool_of(state)
    direction = Direction.ZERO_FOR_ONE if given["swap_for_y"] else Direction.ONE_FOR_ZERO
    amount_in = int(given["amount_in"])
    clock = PoolClock(unix_time=int(given["timestamp"]), slot=0)

    def outcome() -> Mapping[str, str | int]:
        walk = pool.walk(amount_in, direction, clock)
        if walk.remaining and not given["partial"]:
            pool.exchange(amount_in, direction, clock)
        ids = [int(row[0]) for row in state["bins"]]
        furthest = min(ids) if given["swap_for_y"] else max(ids)
        last_seen = furthest if walk.remaining else walk.active_id
        arrays = last_seen // BINS_PER_ARRAY - pool.active_id // BINS_PER_ARRAY
        return {
            "amount_in": str(amount_in - walk.remaining),
            "amount_out": str(walk.amount_out),
            "fee": str(walk.fee - walk.protocol),
            "protocol_fee": str(walk.protocol),
            "end_price": _price(walk.active_id, pool.bin_step),
            "bin_arrays": abs(arrays) + 1,
        }

    return Case(lambda: pool.swap(amount_in, direction, clock), outcome)


def _price(bin_id: int, bin_step: int) -> str:
    """The price as the cases print it: 20 digits, rounded half up."""
    exact = Context(prec=120)
    power = exact.power(exact.divide(10_000 + bin_step, 10_000), bin_id)
    return str(Context(prec=20, rounding=ROUND_HALF_UP).plus(power).normalize())
