"""Raydium AMM v4 cases."""

from collections.abc import Mapping

from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.swap import Direction
from tests.golden.case import CaseReader, Question, Step, clock_of, present

TIME = "1760000000"
DIRECTIONS = {"coin2pc": Direction.ZERO_FOR_ONE, "pc2coin": Direction.ONE_FOR_ZERO}
PLAIN = [
    "coin_vault",
    "pc_vault",
    "need_take_pnl_coin",
    "need_take_pnl_pc",
    "swap_fee_numerator",
    "swap_fee_denominator",
    "status",
]


def pool_of(state: Mapping[str, str]) -> RaydiumAmmV4Pool:
    return RaydiumAmmV4Pool(**{name: int(state[name]) for name in PLAIN}, **present(state, "open_time"))


def question(pool: RaydiumAmmV4Pool, step: Step) -> Question:
    direction = DIRECTIONS[step["input"]["direction"]]
    amount_in, clock = int(step["input"]["amount_in"]), clock_of(step, TIME)

    def outcome() -> Mapping[str, str]:
        swap = pool.exchange(amount_in, direction, clock)
        return {"amount_out": str(swap.amount_out), "fee": str(swap.fees.trade)}

    return Question(lambda: pool.swap(amount_in, direction, clock), outcome)


READER = CaseReader(pool_of, question)
