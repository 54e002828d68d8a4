"""What a pool is where nothing else is said: enabled, open, owing nothing, with no fee but its trade fee."""

from dataclasses import MISSING, fields
from typing import Any

import pytest

from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.meteora_dlmm_walk import Parameters
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Fees

OTHER_THAN_NOTHING: list[tuple[type[Any], dict[str, int]]] = [
    (RaydiumAmmV4Pool, {"swap_fee_numerator": 25, "swap_fee_denominator": 10_000, "status": 6}),
    (RaydiumCpmmPool, {}),
    (RaydiumClmmPool, {}),
    (MeteoraDlmmPool, {"activation_type": 1}),
    (Parameters, {"filter_period": 30, "decay_period": 600, "reduction_factor": 5_000}),
    (MeteoraDammV2Pool, {"fee_version": 1, "protocol_fee_percent": 20, "activation_type": 1}),
    (Fees, {}),
]


@pytest.mark.parametrize(("kind", "expected"), OTHER_THAN_NOTHING)
def test_what_is_not_said_of_a_pool_is_nothing_but_for_these(
    kind: type[Any], expected: dict[str, int]
) -> None:
    numbers = {each.name: each.default for each in fields(kind) if each.default not in (MISSING, None)}
    named = {name: value for name, value in numbers.items() if isinstance(value, int) and value != 0}
    assert named == expected
