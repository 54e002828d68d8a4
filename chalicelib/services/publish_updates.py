"""Push an order's events to the sockets that follow it, in order and without a gap.

A socket that follows all orders of its account gets a subscription to each: to those that are open when it
connects, and from here to those that begin later. When an order begins and when it ends the account's sockets
are read. A socket is stored before it looks for open orders: an order that both of them missed ends after
that, and is told with its last event, from its first one on. That is late, but whole.
"""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.connection import Connection
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import EngineError, StorageUnavailable
from chalicelib.ports import (
    Clock,
    Connections,
    OrderRepository,
    SubscriptionRepository,
    Telemetry,
)
from chalicelib.services.deliver_updates import DeliverUpdates, Delivery


class PublishUpdates:
    """Send subscribers the events up to an order's newest image."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        subscriptions: SubscriptionRepository,
        connections: Connections,
        deliver: DeliverUpdates,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._subscriptions = subscriptions
        self._connections = connections
        self._deliver = deliver
        self._clock = clock
        self._telemetry = telemetry

    def publish(self, images: Iterable[Order]) -> frozenset[str]:
        """Send the new events in these images; of several images of one order the newest counts.

        Returns the ids of the orders whose subscriptions could not be read: those must be tried again.
        """
        newest: dict[str, Order] = {}
        turning: set[str] = set()
        for image in images:
            known = newest.get(image.order_id)
            if known is None or known.version < image.version:
                newest[image.order_id] = image
            if _begins_or_ends(image):
                turning.add(image.order_id)
        account_wide = _AccountWide(self._connections, self._clock.now())
        deliveries: list[Delivery] = []
        failed: set[str] = set()
        for order in newest.values():
            try:
                following = list(self._subscriptions.of_order(order.order_id))
                if order.order_id in turning:
                    following.extend(self._with_backfill_due(account_wide.missing(order, following)))
            except StorageUnavailable:
                failed.add(order.order_id)
                continue
            deliveries.extend(Delivery(subscription, order) for subscription in following)
        self._deliver.deliver(deliveries)
        return frozenset(failed)

    def backfill(self, due: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Send the backfills that these (order id, connection id) ask for; one read per order.

        Returns the ids of the orders that could not be read for now.
        """
        connections: dict[str, set[str]] = {}
        for order_id, connection_id in due:
            connections.setdefault(order_id, set()).add(connection_id)
        deliveries: list[Delivery] = []
        failed: set[str] = set()
        for order_id, wanted in connections.items():
            try:
                order = self._orders.get(order_id)
                following = self._subscriptions.of_order(order_id)
            except StorageUnavailable:
                failed.add(order_id)
                continue
            except EngineError as error:
                self._telemetry.record_failed("subscription", error)
                continue
            deliveries.extend(
                Delivery(s, order) for s in following if s.backfill_due and s.connection_id in wanted
            )
        self._deliver.deliver(deliveries)
        return frozenset(failed)

    def _with_backfill_due(self, subscriptions: Iterable[Subscription]) -> Iterator[Subscription]:
        for subscription in subscriptions:
            self._subscriptions.request_backfill(subscription)
            yield subscription


def _begins_or_ends(image: Order) -> bool:
    return image.version == 1 or is_final(image)


class _AccountWide:
    """The sockets that follow all orders of an account. A batch reads them once: its images are older."""

    def __init__(self, connections: Connections, now: int) -> None:
        self._connections = connections
        self._now = now
        self._read: dict[str, Sequence[Connection]] = {}

    def missing(self, order: Order, following: Iterable[Subscription]) -> list[Subscription]:
        """Return the subscriptions to the order that these sockets don't have yet."""
        if order.account not in self._read:
            self._read[order.account] = self._connections.following_all(order.account, self._now)
        known = {subscription.connection_id for subscription in following}
        return [
            connection.follow(order.order_id)
            for connection in self._read[order.account]
            if connection.connection_id not in known
        ]
