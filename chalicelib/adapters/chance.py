"""Chance that can be replayed: a fault or a delay is a pure function of what it befalls.

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
    """All draws of one seed."""

    seed: str

    def draw(self, *what: str | int) -> int:
        """An even draw from 0 to 2^64-1, the same for the same things in the same order."""
        named = json.dumps([self.seed, *what], separators=(",", ":")).encode()
        return int.from_bytes(hashlib.sha256(named).digest()[: DRAW_BITS // 8], "big")

    def strikes(self, rate: Decimal, order_id: str, attempt: int, step: str) -> bool:
        """Whether a fault of this rate befalls the step: never at 0, always at 1, compared exactly."""
        numerator, denominator = rate.as_integer_ratio()
        return self.draw(order_id, attempt, step) * denominator < numerator << DRAW_BITS

    def delay(self, span: DelayRange, order_id: str, attempt: int, step: str) -> int:
        """The milliseconds that the step takes, drawn evenly, both bounds included."""
        choices = span.high - span.low + 1
        return span.low + (self.draw(order_id, attempt, step) * choices >> DRAW_BITS)
