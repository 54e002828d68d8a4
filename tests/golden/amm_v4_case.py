"""Raydium AMM v4 cases."""

from collections.abc import Mapping
from typing import Any

from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.golden.case import Case

CLOCK = PoolClock(unix_time=1_760_000_000, slot=0)
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
    return RaydiumAmmV4Pool(**{name: int(state[name]) for name in PLAIN})


def read(case: Mapping[str, Any]) -> Case:
    pool = pool_of(case["state"])
    direction = DIRECTIONS[case["input"]["direction"]]
    amount_in = int(case["input"]["amount_in"])

    def outcome() -> Mapping[str, str]:
        swap = pool.exchange(amount_in, direction, CLOCK)
        return {"amount_out": str(swap.amount_out), "fee": str(swap.fees.trade)}

    return Case(lambda: pool.swap(amount_in, direction, CLOCK), outcome)
