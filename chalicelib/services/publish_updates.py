"""Push an order's events to the sockets that follow it, in order and without a gap.

One rule: for a subscription, every event of the order's newest image above `delivered` is sent, then
`delivered` is raised under a condition. Whoever else did the same at the same time sent the same events;
clients drop what they have by sequence.

A socket that follows all orders of its account gets a subscription to each: to those that are open when it
connects, and from here to those that begin later. When an order begins and when it ends the account's sockets
are read. A socket is stored before it looks for open orders: an order that both of them missed ends after
that, and is told with its last event, from its first one on. That is late, but whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.connection import Connection
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import ConnectionGone, EngineError, PushUnavailable, StorageUnavailable
from chalicelib.ports import (
    Clock,
    Connections,
    MessageEncoder,
    OrderRepository,
    PushGateway,
    SubscriptionRepository,
    Telemetry,
)

OPENING_PATIENCE = 300
"""Longest time (ms) in all that one invocation waits for sockets that aren't open yet."""

OPENING_POLL = 20
"""Milliseconds between two tries to reach them."""

OPENING_AGE = 5_000
"""Age (ms) from which a socket that can't be reached is gone; a younger one may still be opening."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One subscription, and the order's image whose events it is to be sent."""

    subscription: Subscription
    order: Order


class PublishUpdates:
    """Send subscribers the events up to an order's newest image."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        subscriptions: SubscriptionRepository,
        connections: Connections,
        gateway: PushGateway,
        messages: MessageEncoder,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._subscriptions = subscriptions
        self._connections = connections
        self._gateway = gateway
        self._messages = messages
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
        self._deliver(deliveries)
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
        self._deliver(deliveries)
        return frozenset(failed)

    def _with_backfill_due(self, subscriptions: Iterable[Subscription]) -> Iterator[Subscription]:
        for subscription in subscriptions:
            self._subscriptions.request_backfill(subscription)
            yield subscription

    def _deliver(self, deliveries: Iterable[Delivery]) -> None:
        opening = [delivery for delivery in deliveries if not self._sent(delivery)]
        give_up_at = self._clock.now() + OPENING_PATIENCE
        while opening and self._clock.now() < give_up_at:
            self._clock.sleep(OPENING_POLL)
            opening = [delivery for delivery in opening if not self._sent(delivery)]
        for delivery in opening:
            self._telemetry.subscription_skipped(delivery.subscription.connection_id, "not open yet")

    def _sent(self, delivery: Delivery) -> bool:
        """Try a delivery and return whether it is settled; False if its socket may still open."""
        connection_id = delivery.subscription.connection_id
        try:
            self._post(delivery)
        except ConnectionGone:
            if self._clock.now() - delivery.subscription.connected_at < OPENING_AGE:
                return False
            self._forget(delivery)
        except (PushUnavailable, StorageUnavailable) as error:
            # Left unsent: the next event, ping or subscribe sends it.
            self._telemetry.subscription_skipped(connection_id, error.code)
        except Exception as error:  # noqa: BLE001 - one socket must not keep the others waiting
            self._telemetry.record_failed("delivery", error)
        return True

    def _post(self, delivery: Delivery) -> None:
        subscription, order = delivery.subscription, delivery.order
        if subscription.backfill_due:
            self._gateway.post(
                subscription.connection_id, self._messages.backfill(order, subscription.delivered)
            )
        elif subscription.delivered >= order.version:
            return
        else:
            for event in order.events_above(subscription.delivered):
                self._gateway.post(subscription.connection_id, self._messages.status_update(order, event))
        if subscription.account_wide and is_final(order):
            self._subscriptions.finish(subscription)
        else:
            self._subscriptions.raise_delivered(subscription, max(order.version, subscription.delivered))

    def _forget(self, delivery: Delivery) -> None:
        subscription = delivery.subscription
        self._telemetry.subscription_skipped(subscription.connection_id, "gone")
        try:
            self._subscriptions.remove(subscription.order_id, subscription.connection_id)
            self._connections.remove(subscription.connection_id)  # its $disconnect may have been lost
        except StorageUnavailable as error:
            self._telemetry.subscription_skipped(subscription.connection_id, error.code)


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
