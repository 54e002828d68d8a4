"""How long an order would wait, and whether that leaves it enough of its life."""

from dataclasses import dataclass

EXECUTIONS_AT_ONCE = 10
"""Orders that are executed side by side."""

RESERVE_SECONDS = 10
"""Seconds of an order's life that are kept for its own execution; half of a life shorter than twice that."""

TRUSTED_MS = 1_000
"""How long (ms) a reading of the backlog is trusted, at least."""

TRUSTED_MS_AN_ORDER = 5
"""Or as long as this for each open order: counting costs in proportion, and a long backlog changes slowly."""

MOST_TRUSTED_MS = 10_000
"""Or until the wait could be too long for the order that asks, but no longer."""

ORDERS_PER_SECOND = 100
"""As fast as orders are supposed to come meanwhile: several times what ten executions at once can take."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The open orders and how long one takes on average (ms)."""

    open_orders: int
    average_execution_ms: int

    def estimated_wait_ms(self) -> int:
        """How long a new order waits until it is executed."""
        return self.open_orders * self.average_execution_ms // EXECUTIONS_AT_ONCE

    def trusted_ms(self, valid_for_seconds: int) -> int:
        """How long this reading may be used for orders with this life; then they are counted again."""
        growth = ORDERS_PER_SECOND * self.average_execution_ms // EXECUTIONS_AT_ONCE  # ms of wait a second
        harmless = max(0, -self._excess_ms(valid_for_seconds)) * 1000 // max(1, growth)
        counted = self.open_orders * TRUSTED_MS_AN_ORDER
        return max(TRUSTED_MS, counted, min(MOST_TRUSTED_MS, harmless))

    def seconds_too_long(self, valid_for_seconds: int) -> int:
        """By how many seconds the wait exceeds what an order with this life can wait; 0 when it doesn't."""
        return max(0, -(-self._excess_ms(valid_for_seconds) // 1000))

    def _excess_ms(self, valid_for_seconds: int) -> int:
        reserve_ms = min(RESERVE_SECONDS * 1000, valid_for_seconds * 500)
        return self.estimated_wait_ms() - (valid_for_seconds * 1000 - reserve_ms)
