"""A socket's subscription to an order, with the last event that was delivered."""

from dataclasses import dataclass, replace

MOST_FAILED_PUSHES = 5
"""Pushes in a row that may fail before nothing is pushed again by itself: the next event or ping still is."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One connection's subscription to one order.

    `delivered` is the sequence of the last event handed to the gateway; `backfill_due` says that a backfill
    was requested and is still to be sent. `connected_at` (milliseconds) tells a socket that isn't open yet
    from one that is gone. An `account_wide` one exists because its socket follows all of the account's
    orders: it ends with its order. `failed_pushes` counts pushes in a row that the gateway did not take.
    """

    order_id: str
    connection_id: str
    delivered: int
    backfill_due: bool
    connected_at: int
    account_wide: bool = False
    failed_pushes: int = 0

    def may_be_pushed_again(self) -> bool:
        """Return whether one more push may be asked for after one that failed."""
        return self.failed_pushes < MOST_FAILED_PUSHES

    def after_failed_push(self) -> "Subscription":
        """Return the subscription as it stands once a push failed."""
        return replace(self, failed_pushes=self.failed_pushes + 1)
