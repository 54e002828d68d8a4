"""Ports of the stream: sockets, tickets, and the subscriptions of sockets to orders."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.connection import Connection
from chalicelib.domain.order import Order, OrderEvent
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tickets import Ticket


class SubscriptionRepository(Protocol):
    """The subscriptions of sockets to orders. Every method may raise StorageUnavailable."""

    def request_backfill(self, subscription: Subscription) -> None:
        """Store the subscription with its backfill due, in place of an earlier one.

        The table's stream tells it, and so the publisher sends the backfill next.
        """

    def of_order(self, order_id: str) -> Sequence[Subscription]:
        """Read an order's subscriptions consistently."""

    def of_connection(self, connection_id: str) -> Sequence[str]:
        """Return the ids of the orders that a connection follows. May lag behind by a moment."""

    def followed_by(self, connection_id: str) -> Sequence[Subscription]:
        """Read a connection's subscriptions, each consistently; the newest may be missing for a moment."""

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        """Record that events up to `delivered` were sent and no backfill is due; False if it changed."""

    def finish(self, seen: Subscription) -> bool:
        """Remove a subscription whose events were all sent; False if it changed since it was seen."""

    def remove(self, order_id: str, connection_id: str) -> None:
        """Remove one subscription."""

    def remove_connection(self, connection_id: str) -> None:
        """Remove all of a connection's subscriptions."""


class Tickets(Protocol):
    """The tickets that open sockets. Every method may raise StorageUnavailable."""

    def issue(self, ticket: Ticket) -> None:
        """Store a new ticket."""

    def consume(self, digest: str, now: int) -> Ticket | None:
        """Take the ticket with this digest: only the first caller gets it, and only before it expires."""


class Connections(Protocol):
    """The open sockets of each account. Every method may raise StorageUnavailable."""

    def add(self, connection: Connection, most: int) -> None:
        """Store a socket that is being opened; an account has at most `most` of them.

        Raises SocketsAtLimit, and then it wasn't stored. What a crash leaves behind is forgotten in time.
        """

    def withdraw(self, connection: Connection) -> None:
        """Remove a socket that did not open, even if `add` was interrupted halfway."""

    def find(self, connection_id: str) -> Connection | None:
        """Read one socket consistently; None when there is none."""

    def following_all(self, account: str, now: int) -> Sequence[Connection]:
        """Read consistently which sockets follow all of the account's orders; there are few."""

    def remove(self, connection_id: str) -> None:
        """Remove a socket that was closed."""


class MessageEncoder(Protocol):
    """The encoding of an order's events as messages over a socket."""

    def backfill(self, order: Order, after: int) -> bytes:
        """Write every event above sequence `after` into one message."""

    def status_update(self, order: Order, event: OrderEvent) -> bytes:
        """Write one event of the order."""


class PushGateway(Protocol):
    """The gateway that holds the open sockets."""

    def post(self, connection_id: str, message: bytes) -> None:
        """Hand a message to a socket. Raises ConnectionGone, PushUnavailable."""
