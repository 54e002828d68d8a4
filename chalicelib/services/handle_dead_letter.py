"""Settle an order whose messages were received as often as they may be, by its stored state alone."""

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp, is_final
from chalicelib.domain.order import Order, Status
from chalicelib.domain.quotes import Reason
from chalicelib.errors import ExecutionCrashed
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry


class HandleDeadLetter:
    """Fail an order whose executions crashed before anything was sent; leave any other to Reconcile.

    One that is still pending was never executed: its function was throttled or can't start, which is no
    fault of the order's. Reconcile takes it up again, and expires it when its life is over. An alarm tells an
    operator of each order that is left.
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
        if is_final(order):
            return order
        if order.submission is not None or order.status is Status.PENDING:
            self._telemetry.order_stuck(order_id)
            return order
        crashed = Reason.of(
            ExecutionCrashed(
                "The engine crashed each time it executed the order, and nothing of it can land any more"
            )
        )
        failed = transitions.fail(order, crashed, Stamp(self._clock.now(), self._identifiers.write_id()))
        self._orders.save(failed)
        self._telemetry.order_moved(failed)
        return failed
