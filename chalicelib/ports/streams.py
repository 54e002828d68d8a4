"""Sockets, and which orders they follow."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.subscription import Subscription


class SubscriptionRepository(Protocol):
    """Which sockets follow which orders. Every method may raise StorageUnavailable."""

    def arm(self, subscription: Subscription) -> None:
        """Store the subscription, armed, whatever stood there before: its backfill is sent next."""

    def find(self, order_id: str, connection_id: str) -> Subscription | None:
        """Read one subscription consistently."""

    def of_order(self, order_id: str) -> Sequence[Subscription]:
        """Read an order's subscriptions consistently."""

    def of_connection(self, connection_id: str) -> Sequence[str]:
        """The ids of the orders that a connection follows; may lag behind by a moment."""

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        """Record that all up to `delivered` was sent, and disarm; False if it changed since it was seen."""

    def remove(self, order_id: str, connection_id: str) -> None:
        """Forget one subscription."""

    def remove_connection(self, connection_id: str) -> None:
        """Forget all of a connection's subscriptions."""


class PushGateway(Protocol):
    """The open sockets."""

    def post(self, connection_id: str, message: bytes) -> None:
        """Hand a message to a socket. Raises ConnectionGone, PushUnavailable."""
