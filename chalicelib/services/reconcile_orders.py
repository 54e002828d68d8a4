"""Find the orders that were left behind: close expired ones, and send messages for the others anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.firing import end_unfilled, late_of
from chalicelib.domain.lifecycle import Stamp, is_armed, is_final, is_landing
from chalicelib.domain.order import Order, Status
from chalicelib.errors import (
    EngineError,
    OrderNotFound,
    QueueUnavailable,
    StorageUnavailable,
    UnsupportedSchemaVersion,
    VersionConflict,
)
from chalicelib.ports import Clock, Identifiers, OpenOrder, OrderQueue, OrderRepository, Telemetry

SWEEP_LIMIT = 100
"""Open orders that one sweep looks at, oldest message first."""

GRACE_MS = 15_000
"""Milliseconds beyond the estimated wait after which an order's first message counts as lost."""

LANDING_MS = 60
"""Milliseconds by which each landing delays the others: 3 s of watching, fifty at once."""

REQUEUE_MS = 60_000
"""Wait (ms) between the first and the second requeue; it doubles with each further one."""

LONGEST_REQUEUE_MS = 900_000
"""Longest wait (ms) between two requeues; it also moves a stuck order behind the others."""

UNREADABLE_MS = 900_000
"""How long a worker passes over an order that it couldn't read."""

STUCK_REQUEUES = 10
"""Requeues after which each further one raises an alarm for an operator."""


class ReconcileOrders:
    """Recover accepted orders whose messages were lost, by sweeps that run all the time."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        executions: OrderQueue,
        landings: OrderQueue,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
        slots: Slots,
    ) -> None:
        self._orders = orders
        self._executions = executions
        self._landings = landings
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry
        self._slots = slots
        self._unreadable: dict[str, int] = {}

    def run(self, *, until: int, every_ms: int) -> None:
        """Sweep at once, and again every `every_ms` until `until` (ms) while orders are open."""
        while self._swept() and self._clock.now() + every_ms < until:
            self._clock.sleep(every_ms)

    def sweep(self) -> int:
        """Look at the orders with the oldest messages once; returns how many are open.

        An order that can't be dealt with is told and passed over. Raises StorageUnavailable when the index of
        open orders can't be read.
        """
        patience = Patience.of(self._orders, self._slots)
        for seen in self._oldest() if patience.open_orders else ():
            if self._clock.now() - seen.enqueued_at >= patience.allowed_ms(seen):
                self._recover(seen)
        return patience.open_orders

    def recover(self, order_id: str) -> None:
        """Close the order if it is late and never left; else send its message now. A final one is left alone.

        Raises
        ------
        OrderNotFound, VersionConflict, UnsupportedSchemaVersion, StorageUnavailable, QueueUnavailable
            It is unknown, somebody else is at work on it, or it can't be done now: trying again is safe.
        """
        order = self._orders.get(order_id)
        self._take_up(order, OpenOrder(order_id, order.enqueued_at, order.requeues, is_landing(order)))

    def _oldest(self) -> Sequence[OpenOrder]:
        """Read the open orders with the oldest messages, without those that couldn't be read a while ago.

        Those are left as they stand, so in the index they stay in front of all others.
        """
        now = self._clock.now()
        self._unreadable = {order_id: until for order_id, until in self._unreadable.items() if now < until}
        oldest = self._orders.open_orders(SWEEP_LIMIT + len(self._unreadable))
        return [seen for seen in oldest if seen.order_id not in self._unreadable]

    def _swept(self) -> bool:
        try:
            return self.sweep() > 0
        except StorageUnavailable as error:
            self._telemetry.record_failed("sweep", error)
            return True

    def _recover(self, seen: OpenOrder) -> None:
        try:
            self._take_up(self._orders.get(seen.order_id), seen)
        except (VersionConflict, OrderNotFound):
            return  # somebody else is at work on it, or the index lags behind
        except QueueUnavailable as error:
            self._telemetry.message_unsent(seen.order_id, error.code)
        except UnsupportedSchemaVersion as error:
            self._unreadable[seen.order_id] = self._clock.now() + UNREADABLE_MS
            self._telemetry.record_failed("open order", error)
        except EngineError as error:
            self._telemetry.record_failed("open order", error)

    def _take_up(self, order: Order, seen: OpenOrder) -> None:
        if is_final(order) or is_armed(order):
            return  # the index lags behind, or an operator named it; what is armed is the watcher's
        if is_landing(order):
            self._requeue(seen, self._landings)
        elif self._clock.now() >= order.expires_at:
            self._expire(order)
        else:
            self._requeue(seen, self._executions)

    def _requeue(self, seen: OpenOrder, queue: OrderQueue) -> None:
        if seen.requeues >= STUCK_REQUEUES:
            self._telemetry.order_stuck(seen.order_id)
        if self._orders.claim_next_message(seen, at=self._clock.now(), requeues=seen.requeues + 1):
            queue.send(seen.order_id)
            self._telemetry.order_requeued(seen.order_id)

    def _expire(self, order: Order) -> None:
        late = late_of(order, "The {whose}'s time was over before it was executed")
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        expired = end_unfilled(order, Status.EXPIRED, late, stamp)
        self._orders.save(expired)
        self._telemetry.order_moved(expired)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an order's last message may be overdue, given the present backlogs of both queues."""

    backlog: Backlog
    landing: int

    @classmethod
    def of(cls, orders: OrderRepository, slots: Slots) -> Self:
        """Read both backlogs. Raises StorageUnavailable."""
        return cls(Backlog(orders.count_waiting(), slots), orders.count_landing())

    @property
    def open_orders(self) -> int:
        """How many orders are not final."""
        return self.backlog.waiting + self.landing

    def allowed_ms(self, seen: OpenOrder) -> int:
        """Return how long (ms) after its last message was due this order is taken up again."""
        if seen.requeues:
            return min(REQUEUE_MS << min(seen.requeues - 1, STUCK_REQUEUES), LONGEST_REQUEUE_MS)
        wait = self.landing * LANDING_MS if seen.is_landing else self.backlog.estimated_wait_ms()
        return wait + GRACE_MS
