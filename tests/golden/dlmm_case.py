"""Meteora DLMM cases.

Those that list an `end_price` are of the official quote, which books a last unit that the fee eats to nobody;
the others are of the program, which books it to the protocol.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context
from typing import Any

from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.swap import Direction
from tests.golden.case import CaseReader, Question, Step, clock_of, present

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
        **present(state, "status", "activation_type", "activation_point"),
    )


def question(pool: MeteoraDlmmPool, step: Step) -> Question:
    given = step["input"]
    direction = Direction.ZERO_FOR_ONE if given["swap_for_y"] else Direction.ONE_FOR_ZERO
    amount_in, clock = int(given["amount_in"]), clock_of(step, "0")

    def outcome() -> Mapping[str, str | int]:
        walk = pool.walk(amount_in, direction, clock)
        if walk.remaining and not given["partial"]:
            pool.exchange(amount_in, direction, clock)
        outermost = (pool.bins[0].id, pool.bins[-1].id) if pool.bins else (pool.active_id, pool.active_id)
        last_seen = outermost[not given["swap_for_y"]] if walk.remaining else walk.active_id
        arrays = last_seen // BINS_PER_ARRAY - pool.active_id // BINS_PER_ARRAY
        unearned = 0 if "end_price" in step["expected"] else walk.unearned
        return {
            "amount_in": str(amount_in - walk.remaining),
            "amount_out": str(walk.amount_out),
            "fee": str(walk.fee - walk.protocol),
            "protocol_fee": str(walk.protocol + unearned),
            "end_price": _price(walk.active_id, pool.bin_step),
            "bin_arrays": abs(arrays) + 1,
        }

    return Question(lambda: pool.swap(amount_in, direction, clock), outcome)


def _price(bin_id: int, bin_step: int) -> str:
    """The price as the cases print it: 20 digits, rounded half up."""
    exact = Context(prec=120)
    power = exact.power(exact.divide(10_000 + bin_step, 10_000), bin_id)
    return str(Context(prec=20, rounding=ROUND_HALF_UP).plus(power).normalize())


READER = CaseReader(pool_of, question)
