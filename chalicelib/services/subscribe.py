"""Follow orders over a socket: connect, subscribe, ping, leave.

Nothing of an order is sent from here: a backfill is requested, and its stream record makes the publisher send
what is missing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from chalicelib.domain.connection import MOST_FOLLOWED, Connection
from chalicelib.domain.order import Order
from chalicelib.errors import OrderNotFound, OrdersFollowedAtLimit, SocketsAtLimit, StorageUnavailable
from chalicelib.ports import (
    ArmedExposures,
    Clock,
    Connections,
    Exposures,
    OrderRepository,
    SubscriptionRepository,
)
from chalicelib.services.find_open import FindOpen


class Subscribe:
    """Keep track of the open sockets and of the orders that each follows.

    An account has at most `most_sockets` open sockets.
    """

    def __init__(
        self,
        *,
        orders: OrderRepository,
        exposures: Exposures,
        armed: ArmedExposures,
        subscriptions: SubscriptionRepository,
        connections: Connections,
        clock: Clock,
        most_sockets: int,
    ) -> None:
        self._find_open = FindOpen(exposures, armed, orders)
        self._orders = orders
        self._subscriptions = subscriptions
        self._connections = connections
        self._clock = clock
        self._most_sockets = most_sockets

    def connect(self, connection: Connection, order_id: str, *, after: int = 0) -> None:
        """Open a socket, and follow its order from the first event above `after`.

        With `follows_all` there is no order id: it follows those that are open, and the publisher adds
        those that begin from now on.

        Raises
        ------
        OrderNotFound
            There is no such order, or the socket may not follow it.
        SocketsAtLimit
            The account has as many sockets open as it may have.
        """
        order = None if connection.follows_all else self._order_of(connection, order_id)
        try:
            self._connections.add(connection, self._most_sockets)
            self._begin(connection, order, after)
        except SocketsAtLimit:
            raise  # it was not counted
        except Exception:
            # It won't open, so nothing will tell that it closed.
            with suppress(StorageUnavailable):
                self._connections.withdraw(connection)
            raise

    def follow(self, connection_id: str, order_id: str, *, after: int = 0) -> None:
        """Follow one more order, or the same one again, from its first event above `after`.

        Raises
        ------
        OrderNotFound
            There is no such order, or the socket may not follow it.
        OrdersFollowedAtLimit
            It follows as many orders as a socket may.
        """
        connection = self._connections.find(connection_id)
        if connection is None:
            raise OrderNotFound(order_id)
        order = self._order_of(connection, order_id)
        if not connection.bound_to:
            followed = self._subscriptions.of_connection(connection_id)
            if len(followed) >= MOST_FOLLOWED and order_id not in followed:
                raise OrdersFollowedAtLimit(connection_id)
        self._request_backfill(connection, order, after)

    def ping(self, connection_id: str) -> Sequence[Order] | None:
        """Request the backfills of what the socket missed.

        Returns the orders that it follows, as they stand, without those that can't be read; of one that
        follows all orders None.
        """
        followed = {each.order_id: each for each in self._subscriptions.followed_by(connection_id)}
        orders = self._orders.read_all(list(followed)).orders
        for order in orders:
            subscription = followed[order.order_id]
            if subscription.backfill_due or subscription.delivered < order.version:
                self._subscriptions.request_backfill(replace(subscription, connected_at=self._clock.now()))
        connection = self._connections.find(connection_id)
        return None if connection is not None and connection.follows_all else orders

    def leave(self, connection_id: str) -> None:
        """Remove a socket that was closed, and its subscriptions."""
        self._connections.remove(connection_id)
        self._subscriptions.remove_connection(connection_id)

    def _begin(self, connection: Connection, order: Order | None, after: int) -> None:
        if order is not None:
            self._request_backfill(connection, order, after)
            return
        for each in self._find_open.open_of(connection.account)[:MOST_FOLLOWED]:
            self._subscriptions.request_backfill(connection.follow(each.order_id))

    def _order_of(self, connection: Connection, order_id: str) -> Order:
        order = self._orders.get(order_id)
        if not connection.may_follow(order.order_id, order.account):
            raise OrderNotFound(order_id)
        return order

    def _request_backfill(self, connection: Connection, order: Order, after: int) -> None:
        """Request a backfill; `connected_at` is now, so that it differs from earlier requests."""
        wish = connection.follow(order.order_id)
        delivered = min(after, order.version)
        self._subscriptions.request_backfill(
            replace(wish, delivered=delivered, connected_at=self._clock.now())
        )
