"""The golden states that our functions and the SDKs both quote, without refusals and partial fills."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.pricing.swap import Swap
from tests.golden.replay import READERS

FOLDER = Path(__file__).parents[2] / "tests" / "golden" / "vectors"
POOL_TYPES = ("raydium_amm_v4", "raydium_cpmm", "raydium_clmm", "meteora_dlmm", "meteora_damm_v2")


@dataclass(frozen=True)
class State:
    """A golden state and input, ready to quote, with the right amount out."""

    id: str
    amount_out: str
    quote: Callable[[], Swap[Any]]

    def settle(self) -> object:
        """Quote, and return the state after the swap."""
        return self.quote().pool


def states_of(pool_type: str) -> list[State]:
    """Return the states of a pool type on which the official SDK agrees with the program."""
    document = json.loads((FOLDER / f"{pool_type}.json").read_text())
    reader = READERS[document["program"]]
    return [
        State(
            case["id"],
            case["expected"]["amount_out"],
            reader.question(reader.pool_of(case["state"]), case).swap,
        )
        for case in document["cases"]
        if _is_quoted_by_all(pool_type, case)
    ]


def _is_quoted_by_all(pool_type: str, case: Mapping[str, Any]) -> bool:
    state, given, expected = case["state"], case["input"], case["expected"]
    filled = expected.get("amount_out", "0") != "0" and expected.get("all_trade", True)
    # Raydium's SDK rounds creator fees otherwise than the program, and changes ticks with orders as it quotes
    as_the_program = state.get("enable_creator_fee", "0") == "0" and not (
        pool_type == "raydium_clmm" and "v2026" in case["tags"]
    )
    return filled and as_the_program and not given.get("partial") and not given.get("has_referral")
