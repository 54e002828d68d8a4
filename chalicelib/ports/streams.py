"""Sockets, and which orders they follow."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.connection import Connection
from chalicelib.domain.order import Order, OrderEvent
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tickets import Ticket


class SubscriptionRepository(Protocol):
    """Which sockets follow which orders. Every method may raise StorageUnavailable."""

    def request_backfill(self, subscription: Subscription) -> None:
        """Store the subscription with its backfill due, whatever stood there before.

        The table's stream tells it, and so the publisher sends the backfill next.
        """

    def of_order(self, order_id: str) -> Sequence[Subscription]:
        """Read an order's subscriptions consistently."""

    def of_connection(self, connection_id: str) -> Sequence[str]:
        """The ids of the orders that a connection follows; may lag behind by a moment."""

    def followed_by(self, connection_id: str) -> Sequence[Subscription]:
        """A connection's subscriptions, each read consistently; the newest may be missing for a moment."""

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        """Record that all up to `delivered` was sent and no backfill is due; False if changed meanwhile."""

    def finish(self, seen: Subscription) -> bool:
        """Forget a subscription of which all was sent; False if it changed since it was seen."""

    def remove(self, order_id: str, connection_id: str) -> None:
        """Forget one subscription."""

    def remove_connection(self, connection_id: str) -> None:
        """Forget all of a connection's subscriptions."""


class Tickets(Protocol):
    """What was handed out to open sockets with. Every method may raise StorageUnavailable."""

    def issue(self, ticket: Ticket) -> None:
        """Store a ticket that was never stored before."""

    def consume(self, digest: str, now: int) -> Ticket | None:
        """Take the ticket: of all who ever ask for it one gets it, if it is in time; the others get None."""


class Connections(Protocol):
    """The open sockets of each account. Every method may raise StorageUnavailable."""

    def add(self, connection: Connection, most: int) -> None:
        """Store a socket that is being opened; of an account's sockets at most `most` are open.

        Raises SocketsAtLimit, and then it wasn't stored. What a crash leaves behind is forgotten in time.
        """

    def withdraw(self, connection: Connection) -> None:
        """Forget a socket that did not open, however far `add` came with it."""

    def find(self, connection_id: str) -> Connection | None:
        """Read one socket consistently; None when there is none."""

    def following_all(self, account: str, now: int) -> Sequence[Connection]:
        """Read consistently which sockets follow all of the account's orders; there are few."""

    def remove(self, connection_id: str) -> None:
        """Forget a socket that was closed."""


class MessageEncoder(Protocol):
    """How an order's events are written into the messages that go over a socket."""

    def backfill(self, order: Order, after: int) -> bytes:
        """Write every event above sequence `after` into one message."""

    def status_update(self, order: Order, event: OrderEvent) -> bytes:
        """Write one event of the order."""


class PushGateway(Protocol):
    """The open sockets."""

    def post(self, connection_id: str, message: bytes) -> None:
        """Hand a message to a socket. Raises ConnectionGone, PushUnavailable."""
