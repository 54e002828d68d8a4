"""A socket's subscription to an order, with the last event that was delivered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subscription:
    """One connection's subscription to one order.

    `delivered` is the sequence of the last event handed to the gateway; `backfill_due` says that a backfill
    was requested and is still to be sent. `connected_at` (milliseconds) tells a socket that isn't open yet
    from one that is gone. An `account_wide` one exists because its socket follows all of the account's
    orders: it ends with its order.
    """

    order_id: str
    connection_id: str
    delivered: int
    backfill_due: bool
    connected_at: int
    account_wide: bool = False
