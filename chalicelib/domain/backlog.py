"""Estimate how long a new order waits for a slot, and whether that leaves enough of its life."""

from dataclasses import dataclass

RESERVE_SECONDS = 10
"""Seconds of an order's life that are reserved for its execution; for lives under 20 s, half of the life."""

TRUSTED_MS = 1_000
TRUSTED_MS_AN_ORDER = 5
MOST_TRUSTED_MS = 10_000
# One reading serves for max(1 s, 5 ms x waiting orders, min(10 s, time until the wait could be too long)):
# counting costs in proportion to the backlog, and a long one changes slowly.

ORDERS_PER_SECOND = 100
"""Assumed arrival rate in orders per second, from which the validity of a reading is computed."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The execution slots: `at_once` executions run in parallel, each for `average_ms` on average."""

    at_once: int
    average_ms: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many orders wait for a slot or hold one. Submitted orders hold none and are not counted."""

    waiting: int
    slots: Slots

    def estimated_wait_ms(self) -> int:
        """Return how many milliseconds a new order waits until it is executed."""
        return self.waiting * self.slots.average_ms // self.slots.at_once

    def trusted_ms(self, valid_for_seconds: int) -> int:
        """Return for how many milliseconds this reading may be used for orders with this life."""
        # Milliseconds by which the wait grows in a second.
        growth = ORDERS_PER_SECOND * self.slots.average_ms // self.slots.at_once
        harmless = max(0, -self._excess_ms(valid_for_seconds)) * 1000 // max(1, growth)
        counted = self.waiting * TRUSTED_MS_AN_ORDER
        return max(TRUSTED_MS, counted, min(MOST_TRUSTED_MS, harmless))

    def seconds_too_long(self, valid_for_seconds: int) -> int:
        """Return by how many seconds, rounded up, the wait is too long for this life; 0 if it isn't."""
        return max(0, -(-self._excess_ms(valid_for_seconds) // 1000))

    def _excess_ms(self, valid_for_seconds: int) -> int:
        reserve_ms = min(RESERVE_SECONDS * 1000, valid_for_seconds * 500)
        return self.estimated_wait_ms() - (valid_for_seconds * 1000 - reserve_ms)
