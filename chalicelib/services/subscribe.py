"""Follow orders over a socket: connect, subscribe again, ping, leave.

Nothing of an order is sent from here: a subscription is armed, and its stream record makes the publisher send
what is missing.
"""

from collections.abc import Sequence

from chalicelib.domain.order import Order
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import OrderNotFound
from chalicelib.ports import Clock, OrderRepository, SubscriptionRepository


class Subscribe:
    """Keep the record of which socket follows which order."""

    def __init__(self, orders: OrderRepository, subscriptions: SubscriptionRepository, clock: Clock) -> None:
        self._orders = orders
        self._subscriptions = subscriptions
        self._clock = clock

    def follow(self, connection_id: str, order_id: str, *, after: int = 0) -> None:
        """Follow an order from its first event above `after`; the backfill comes by itself.

        Raises
        ------
        OrderNotFound
            There is no such order.
        """
        order = self._orders.get(order_id)
        self._arm(order_id, connection_id, min(after, order.version))

    def ping(self, connection_id: str) -> Sequence[Order]:
        """The orders that this socket follows, as they stand; what it missed is sent once more."""
        orders = []
        for order_id in self._subscriptions.of_connection(connection_id):
            subscription = self._subscriptions.find(order_id, connection_id)
            if subscription is None:
                continue
            try:
                order = self._orders.get(order_id)
            except OrderNotFound:
                continue
            if subscription.armed or subscription.delivered < order.version:
                self._arm(order_id, connection_id, subscription.delivered)
            orders.append(order)
        return orders

    def leave(self, connection_id: str) -> None:
        """Forget a socket that was closed."""
        self._subscriptions.remove_connection(connection_id)

    def _arm(self, order_id: str, connection_id: str, after: int) -> None:
        self._subscriptions.arm(
            Subscription(order_id, connection_id, after, armed=True, connected_at=self._clock.now())
        )
