"""Orders in memory, with the same conditions as the table's."""

import threading

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order, Status
from chalicelib.errors import OrderNotFound, VersionConflict
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryOrderRepository:
    """`orders` and `records` hold what is stored; `interrupt` may be replaced to make calls fail."""

    def __init__(self, *orders: Order) -> None:
        self.orders = {order.order_id: order for order in orders}
        self.records: dict[tuple[str, str], IdempotencyRecord] = {}
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.RLock()

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        self.interrupt("create", "before")
        with self._lock:
            holder = self._create(order, record)
        self.interrupt("create", "after")
        return holder

    def find_record(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        self.interrupt("find_record", "before")
        return self._binding(account, key, now)

    def get(self, order_id: str) -> Order:
        self.interrupt("get", "before")
        try:
            return self.orders[order_id]
        except KeyError:
            raise OrderNotFound(order_id) from None

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        self.interrupt("save", "before")
        with self._lock:
            self._save(order, expires_after)
        self.interrupt("save", "after")

    def open_orders(self) -> list[Order]:
        """What is not final yet, oldest message first."""
        return sorted((o for o in self.orders.values() if not is_final(o)), key=lambda o: o.enqueued_at)

    def _create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        if record is not None:
            holder = self._binding(record.account, record.key, order.accepted_at)
            if holder is not None:
                return holder
        stored = self.orders.get(order.order_id)
        if stored is not None and not _is_mine(stored, order):
            raise VersionConflict(f"{order.order_id} exists already")
        self.orders.setdefault(order.order_id, order)
        if record is not None:
            self.records[record.account, record.key] = record
        return record

    def _save(self, order: Order, expires_after: int | None) -> None:
        stored = self.orders.get(order.order_id)
        if stored is None:
            raise VersionConflict(f"{order.order_id} is not stored")
        in_time = expires_after is None or stored.expires_at > expires_after
        if stored.version == order.version - 1 and in_time:
            self.orders[order.order_id] = order
        elif not _is_mine(stored, order):
            raise VersionConflict(f"{order.order_id} is not at version {order.version - 1}, or is too late")

    def _binding(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        record = self.records.get((account, key))
        return record if record is not None and now < record.expires_at else None


def _is_mine(stored: Order, order: Order) -> bool:
    if stored.version < order.version:
        return False
    if stored.events[order.version - 1].write_id != order.last_write_id:
        return False
    return order.status is not Status.SUBMITTED or _signature(stored) == _signature(order)


def _signature(order: Order) -> str | None:
    return order.submission.signature if order.submission is not None else None
