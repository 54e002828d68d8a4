"""Meteora DAMM v2 cases."""

from collections.abc import Mapping
from typing import Any

from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import BaseFee, DammDynamicFee, base_fee
from chalicelib.pricing.swap import Direction
from tests.golden.case import CaseReader, Question, Step, clock_of, present

SCHEDULER = ("cliff_fee_numerator", "number_of_period", "period_frequency", "reduction_factor")
LIMITER = (
    "cliff_fee_numerator",
    "fee_increment_bps",
    "max_limiter_duration",
    "max_fee_bps",
    "reference_amount",
)
MARKET_CAP = (
    "cliff_fee_numerator",
    "number_of_period",
    "sqrt_price_step_bps",
    "scheduler_expiration_duration",
    "reduction_factor",
)
PARAMETERS = (SCHEDULER, SCHEDULER, LIMITER, MARKET_CAP, MARKET_CAP)
PLAIN = [
    "liquidity",
    "sqrt_price",
    "sqrt_min_price",
    "sqrt_max_price",
    "init_sqrt_price",
    "token_a_amount",
    "token_b_amount",
    "collect_fee_mode",
    "fee_version",
    "protocol_fee_percent",
    "referral_fee_percent",
    "compounding_fee_bps",
    "activation_point",
]


def pool_of(state: Mapping[str, Any]) -> MeteoraDammV2Pool:
    dynamic = state["dynamic_fee"]
    values = {name: int(state[name]) for name in PLAIN}
    return MeteoraDammV2Pool(
        **values,
        base_fee=_base_fee(state["base_fee"]),
        dynamic_fee=dynamic and DammDynamicFee(**{name: int(value) for name, value in dynamic.items()}),
        **present(state, "status", "activation_type"),
    )


def _base_fee(fee: Mapping[str, str]) -> BaseFee:
    mode = int(fee["mode"])
    return base_fee(mode, *(int(fee[name]) for name in PARAMETERS[mode]))


def question(pool: MeteoraDammV2Pool, step: Step) -> Question:
    given = step["input"]
    direction = Direction.ZERO_FOR_ONE if given["a_to_b"] else Direction.ONE_FOR_ZERO
    amount_in, clock = int(given["amount_in"]), clock_of(step, given["current_point"])

    def outcome() -> Mapping[str, str]:
        swap = pool.exchange(amount_in, direction, clock, referred=given["has_referral"])
        fees = swap.fees
        return {
            "amount_out": str(swap.amount_out),
            "included_fee_input": str(amount_in),
            "excluded_fee_input": str(amount_in - fees.on_input),
            "claiming_fee": str(fees.providers),
            "compounding_fee": str(fees.compounding),
            "protocol_fee": str(fees.protocol),
            "referral_fee": str(fees.referral),
            "next_sqrt_price": str(swap.pool.sqrt_price),
        }

    return Question(lambda: pool.swap(amount_in, direction, clock), outcome)


READER = CaseReader(pool_of, question)
