"""An open socket: its account, and the orders that it may follow."""

from dataclasses import dataclass

from chalicelib.domain.subscription import Subscription

LONGEST_LIFE_MS = 125 * 60_000
"""Milliseconds after which a stored socket is dropped: API Gateway closes sockets after two hours."""

MOST_ACCOUNT_STREAMS = 10
"""Most sockets of an account that follow all of its orders: each new order costs a message to each."""

MOST_FOLLOWED = 100
"""Most orders that one socket may follow: each of them is a pong in the answer to a ping."""


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
        """Return whether the socket may follow this order of this account."""
        return account == self.account and self.bound_to in {"", order_id}

    def follow(self, order_id: str) -> Subscription:
        """Return this socket's subscription to `order_id`, from its first event on.

        On a socket that follows the whole account, the subscription is removed when the order is final.
        """
        return Subscription(
            order_id, self.connection_id, 0, True, self.connected_at, account_wide=self.follows_all
        )
