"""Raydium CPMM cases."""

from collections.abc import Mapping

from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Direction
from tests.golden.case import CaseReader, Question, Step, clock_of, present

TIME = "1760000000"


def pool_of(state: Mapping[str, str]) -> RaydiumCpmmPool:
    creator_fee_rate = state["creator_fee_rate"] if int(state["enable_creator_fee"]) else 0
    names = [
        "vault_0",
        "vault_1",
        "trade_fee_rate",
        "protocol_fee_rate",
        "fund_fee_rate",
        "creator_fee_on",
        "protocol_fees_0",
        "protocol_fees_1",
        "fund_fees_0",
        "fund_fees_1",
        "creator_fees_0",
        "creator_fees_1",
    ]
    values = {name: int(state[name]) for name in names} | present(state, "status", "open_time")
    return RaydiumCpmmPool(**values, creator_fee_rate=int(creator_fee_rate))


def question(pool: RaydiumCpmmPool, step: Step) -> Question:
    direction = Direction(step["input"]["direction"])
    amount_in, clock = int(step["input"]["amount_in"]), clock_of(step, TIME)

    def outcome() -> Mapping[str, str]:
        swap = pool.exchange(amount_in, direction, clock)
        fees = swap.fees
        reserves = pool.reserve_0, pool.reserve_1
        reserve_in, reserve_out = reserves if direction is Direction.ZERO_FOR_ONE else reversed(reserves)
        return {
            "amount_out": str(swap.amount_out),
            "trade_fee": str(fees.trade),
            "creator_fee": str(fees.creator),
            "protocol_fee": str(fees.protocol),
            "fund_fee": str(fees.fund),
            "new_input_vault": str(reserve_in + amount_in - fees.on_input),
            "new_output_vault": str(reserve_out - swap.amount_out - fees.on_output),
        }

    return Question(lambda: pool.swap(amount_in, direction, clock), outcome)


READER = CaseReader(pool_of, question)
