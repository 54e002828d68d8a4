"""Ports that lack one condition each: what is run over them has to find them out."""

from contextlib import suppress
from dataclasses import replace

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.order import Order
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import ConnectionGone, VersionConflict
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.push import RecordingPushGateway
from tests.fakes.subscriptions import InMemorySubscriptionRepository


class JudgesByStatus(InMemoryOrderRepository):
    """A write counts as made when its status stands at its sequence, whosever it was."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        try:
            super().save(order, expires_after=expires_after)
        except VersionConflict:
            stored = self.orders.get(order.order_id)
            if stored is None or stored.version < order.version:
                raise
            if stored.events[order.version - 1].status is not order.status:
                raise


class SavesWithoutCondition(InMemoryOrderRepository):
    """Whoever saves last wins."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        self.interrupt("save", "before")
        self.orders[order.order_id] = order
        self.interrupt("save", "after")


class SavesLate(InMemoryOrderRepository):
    """A write-ahead is stored however little of the order's life is left."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        super().save(order)


class StoresBesideABoundKey(InMemoryOrderRepository):
    """The order is stored although its key belongs to another one."""

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        holder = super().create(order, record)
        self.orders.setdefault(order.order_id, order)
        return holder


class RaisesWithoutCondition(InMemorySubscriptionRepository):
    """What was delivered is recorded whatever the subscription has become."""

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        key = (seen.order_id, seen.connection_id)
        if key in self.subscriptions:
            self.subscriptions[key] = replace(
                self.subscriptions[key], delivered=delivered, backfill_due=False
            )
        return True


class TakesGoneForDone(RecordingPushGateway):
    """A socket that isn't open counts as one that was posted to."""

    def post(self, connection_id: str, message: bytes) -> None:
        with suppress(ConnectionGone):
            super().post(connection_id, message)
