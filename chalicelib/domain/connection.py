"""An open socket: whose it is, and what it may follow."""

from dataclasses import dataclass

from chalicelib.domain.subscription import Subscription

LONGEST_LIFE_MS = 125 * 60_000
"""API Gateway closes a socket after two hours; what is older than this is forgotten."""

MOST_ACCOUNT_STREAMS = 10
"""Sockets that follow all of an account's orders: each new order is told to every one of them."""

MOST_FOLLOWED = 100
"""Orders that one socket may ask for: as many pongs answer a ping."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A socket that an account opened at `connected_at` (milliseconds).

    With `bound_to` it may follow that order only; with `follows_all` it is told of all of the account's.
    """

    connection_id: str
    account: str
    connected_at: int
    bound_to: str = ""
    follows_all: bool = False

    def may_follow(self, order_id: str, account: str) -> bool:
        """Whether it may be told of this order of this account."""
        return account == self.account and self.bound_to in {"", order_id}

    def follow(self, order_id: str) -> Subscription:
        """Its subscription to an order, from the first event on; one that it has by itself ends by itself."""
        return Subscription(
            order_id, self.connection_id, 0, True, self.connected_at, account_wide=self.follows_all
        )
