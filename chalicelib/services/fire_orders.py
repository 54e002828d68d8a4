"""Fire orders whose price was met, and close armed ones whose time is over: one conditional write each."""

from collections.abc import Iterable, Sequence

from chalicelib.domain import firing, transitions
from chalicelib.domain.firing import Sighting
from chalicelib.domain.firing_order import MetOrder, first_to_fire
from chalicelib.domain.lifecycle import Stamp, is_armed
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import Reason
from chalicelib.errors import OrderExpired, QueueUnavailable, VersionConflict
from chalicelib.ports import Clock, Identifiers, OrderQueue, OrderRepository, Telemetry

EXTRA_MS = 1_000
"""How often (ms) an order fires however many wait: a steady stream of orders keeps no stop from firing."""


class FireOrders:
    """Fires until `fire_ahead` orders wait for a slot, then one each EXTRA_MS. The others stay armed."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        executions: OrderQueue,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
        fire_ahead: int,
        max_age_ms: int,
    ) -> None:
        self._orders = orders
        self._executions = executions
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry
        self._fire_ahead = fire_ahead
        self._max_age_ms = max_age_ms
        self._extra_at = 0

    def fire(self, met: Sequence[MetOrder], *, read_at: int, silent_for_ms: int | None = None) -> set[str]:
        """Fire these orders, whose price was read at `read_at` (ms), and return the ids of those that fired.

        An order that somebody else changed meanwhile is passed over: the next look judges it anew. Raises
        StorageUnavailable.
        """
        if not met:
            return set()
        chosen = first_to_fire(met, self._budget())
        if len(chosen) < len(met):
            self._telemetry.firings_held(len(met) - len(chosen))
        return {each.order.order_id for each in chosen if self._fire(each, read_at, silent_for_ms)}

    def _budget(self) -> int:
        free, now = self._fire_ahead - self._orders.count_waiting(), self._clock.now()
        if free > 0 or now - self._extra_at < EXTRA_MS:
            return free
        self._extra_at = now
        return 1

    def expire(self, orders: Iterable[Order]) -> None:
        """Close those of these orders that are armed and whose time is over. Raises StorageUnavailable."""
        over = Reason.of(OrderExpired("Its price was not met before the time until which it was to wait"))
        for order in orders:
            now = self._clock.now()
            if is_armed(order) and order.good_till is not None and order.good_till <= now:
                self._saved(transitions.expire(order, over, self._stamp(now)))

    def _fire(self, each: MetOrder, read_at: int, silent_for_ms: int | None) -> bool:
        now = self._clock.now()
        if now - read_at >= self._max_age_ms or not firing.may_fire(each.order, now):
            return False
        seen = Sighting(each.judgement.amount_out, each.looks, silent_for_ms)
        fired = firing.fire(each.order, seen, self._stamp(now))
        if not self._saved(fired):
            return False
        self._telemetry.order_fired(fired, now - read_at)
        try:
            self._executions.send(fired.order_id)
        except QueueUnavailable as error:
            self._telemetry.message_unsent(fired.order_id, error.code)  # Reconcile sends it
        return True

    def _saved(self, order: Order) -> bool:
        try:
            self._orders.save(order)
        except VersionConflict:
            return False
        self._telemetry.order_moved(order)
        return True

    def _stamp(self, now: int) -> Stamp:
        return Stamp(now, self._identifiers.write_id())
