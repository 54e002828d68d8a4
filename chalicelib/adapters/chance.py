"""Repeatable chance: whether a step meets a fault, and its delay, are pure functions of the step and a seed.

The seed, the order's id, its attempt and the step are hashed to an even draw of 64 bits. Nothing is
remembered, so every worker sees the same fate for the same step, and a run is repeated by its seed.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.config import DelayRange

DRAW_BITS = 64


@dataclass(frozen=True, slots=True)
class Chance:
    """The random draws of one seed."""

    seed: str

    def draw(self, *what: str | int) -> int:
        """Return a number drawn evenly from 0 to 2^64-1; equal arguments give equal numbers."""
        named = json.dumps([self.seed, *what], separators=(",", ":")).encode()
        return int.from_bytes(hashlib.sha256(named).digest()[: DRAW_BITS // 8], "big")

    def strikes(self, rate: Decimal, order_id: str, attempt: int, step: str) -> bool:
        """Return whether the step meets a fault of this rate: never at 0, always at 1, compared exactly."""
        numerator, denominator = rate.as_integer_ratio()
        return self.draw(order_id, attempt, step) * denominator < numerator << DRAW_BITS

    def delay(self, span: DelayRange, order_id: str, attempt: int, step: str) -> int:
        """Return how many milliseconds the step takes: drawn evenly, both bounds included."""
        choices = span.high - span.low + 1
        return span.low + (self.draw(order_id, attempt, step) * choices >> DRAW_BITS)
