"""Cancel an order while nothing was sent."""

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import MOVES, Stamp
from chalicelib.domain.order import Order, Status
from chalicelib.errors import NotCancellable, VersionConflict
from chalicelib.ports import Clock, Identifiers, Telemetry
from chalicelib.ports import OrderRepository as Orders
from chalicelib.services.read_orders import ReadOrders

TRIES = 3
"""How often, in all, a cancel is tried that an execution overtakes."""


class CancelOrder:
    """Cancel an order. The version condition decides between this and a concurrent execution."""

    def __init__(
        self, orders: Orders, reader: ReadOrders, clock: Clock, identifiers: Identifiers, telemetry: Telemetry
    ) -> None:
        self._orders = orders
        self._reader = reader
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def cancel(self, order_id: str, account: str) -> Order:
        """Cancel the order and return it; one that is cancelled already is returned as it is.

        Raises
        ------
        OrderNotFound
            There is none with this id, or it belongs to another account.
        NotCancellable
            Something was sent, or the order is final.
        VersionConflict
            Executions overtook every try; asking again decides anew.
        """
        for _ in range(TRIES):
            order = self._reader.get(order_id, account)
            if order.status is Status.CANCELLED:
                return order
            if Status.CANCELLED not in MOVES[order.status]:
                raise NotCancellable(order.status)
            stamp = Stamp(self._clock.now(), self._identifiers.write_id())
            cancelled = transitions.cancel(order, stamp)
            try:
                self._orders.save(cancelled)
            except VersionConflict:
                continue
            self._telemetry.order_moved(cancelled)
            return cancelled
        raise VersionConflict(f"{order_id} was overtaken {TRIES} times")
