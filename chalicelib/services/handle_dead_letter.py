"""Settle an order whose messages were received as often as they may be, by its stored state alone."""

from chalicelib.domain.firing import end_unfilled
from chalicelib.domain.lifecycle import Stamp, is_armed, is_final
from chalicelib.domain.order import Order, Status
from chalicelib.domain.quotes import Reason
from chalicelib.errors import ExecutionCrashed
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry


class HandleDeadLetter:
    """Fail an order whose life ended while its executions crashed; leave any other to Reconcile.

    A message that was received as often as it may be may never have been executed: its function was throttled
    or can't start, which is no fault of the order's. So while the order has life left Reconcile takes it up
    again. An alarm tells an operator of each order that is left.
    """

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
            The message must come again; after six times it is parked.
        """
        order = self._orders.get(order_id)
        if is_final(order) or is_armed(order):
            return order
        was_sent, is_waiting = order.submission is not None, order.status is Status.PENDING
        if was_sent or is_waiting or self._clock.now() < order.expires_at:
            self._telemetry.order_stuck(order_id)
            return order
        crashed = Reason.of(
            ExecutionCrashed(
                "The engine crashed each time it executed the order, and nothing of it can land any more"
            )
        )
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        failed = end_unfilled(order, Status.FAILED, crashed, stamp)
        self._orders.save(failed)
        self._telemetry.order_moved(failed)
        return failed
