"""Settle an order whose executions crashed three times, by its stored state alone."""

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp, is_final
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import Reason
from chalicelib.errors import ExecutionCrashed
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry


class HandleDeadLetter:
    """Fail an order that was never submitted; leave a submitted one to Reconcile and raise an alarm."""

    def __init__(
        self, orders: OrderRepository, clock: Clock, identifiers: Identifiers, telemetry: Telemetry
    ) -> None:
        self._orders = orders
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def handle(self, order_id: str) -> Order:
        """Settle one dead letter.

        Raises
        ------
        VersionConflict, OrderNotFound, UnsupportedSchemaVersion, StorageUnavailable
            The message must come again; after three times it is parked.
        """
        order = self._orders.get(order_id)
        if is_final(order):
            return order
        if order.submission is not None:
            self._telemetry.order_stuck(order_id)
            return order
        crashed = Reason.of(ExecutionCrashed("Three executions crashed; nothing of the order can land now"))
        failed = transitions.fail(order, crashed, Stamp(self._clock.now(), self._identifiers.write_id()))
        self._orders.save(failed)
        self._telemetry.order_moved(failed)
        return failed
