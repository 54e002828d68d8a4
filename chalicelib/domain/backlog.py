"""How long an order would wait, and whether that leaves it enough of its life."""

from dataclasses import dataclass

RESERVE_SECONDS = 10
"""Seconds of an order's life that are kept for its own execution; half of a life shorter than twice that."""

TRUSTED_MS = 1_000
TRUSTED_MS_AN_ORDER = 5
MOST_TRUSTED_MS = 10_000
# One reading serves for max(1 s, 5 ms x waiting orders, min(10 s, time until the wait could be too long)):
# counting costs in proportion to the backlog, and a long one changes slowly.

ORDERS_PER_SECOND = 100
"""Assumed arrival rate, orders per second, when it is reckoned how long a reading can stay valid."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What works the backlog off: executions `at_once`, each of which takes `average_ms`."""

    at_once: int
    average_ms: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """The orders that wait for a slot or hold one. What is submitted holds none, and is not in it."""

    waiting: int
    slots: Slots

    def estimated_wait_ms(self) -> int:
        """How long a new order waits until it is executed."""
        return self.waiting * self.slots.average_ms // self.slots.at_once

    def trusted_ms(self, valid_for_seconds: int) -> int:
        """How long this reading may be used for orders with this life; then they are counted again."""
        # Milliseconds by which the wait grows in a second.
        growth = ORDERS_PER_SECOND * self.slots.average_ms // self.slots.at_once
        harmless = max(0, -self._excess_ms(valid_for_seconds)) * 1000 // max(1, growth)
        counted = self.waiting * TRUSTED_MS_AN_ORDER
        return max(TRUSTED_MS, counted, min(MOST_TRUSTED_MS, harmless))

    def seconds_too_long(self, valid_for_seconds: int) -> int:
        """By how many seconds the wait exceeds what an order with this life can wait; 0 when it doesn't."""
        return max(0, -(-self._excess_ms(valid_for_seconds) // 1000))

    def _excess_ms(self, valid_for_seconds: int) -> int:
        reserve_ms = min(RESERVE_SECONDS * 1000, valid_for_seconds * 500)
        return self.estimated_wait_ms() - (valid_for_seconds * 1000 - reserve_ms)
