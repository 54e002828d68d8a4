"""Orders in memory, with the same conditions as the table's."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import is_armed, is_final, is_landing
from chalicelib.domain.order import Order, Status
from chalicelib.errors import OrderNotFound, UnsupportedSchemaVersion, VersionConflict
from chalicelib.ports import FoundOrders, HistoryPage, HistoryPosition, OpenOrder
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryOrderRepository:
    """`orders` and `records` hold what is stored; `interrupt` may be replaced to make calls fail.

    `images` lists each order as each write left it, as the table's stream would tell. What is named in
    `unreadable` is stored in a form that this release doesn't know.
    """

    def __init__(self, *orders: Order) -> None:
        self.orders = {order.order_id: order for order in orders}
        self.images: list[Order] = []
        self.records: dict[tuple[str, str], IdempotencyRecord] = {}
        self.unreadable: set[str] = set()
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
        if order_id in self.unreadable:
            raise UnsupportedSchemaVersion(order_id)
        try:
            return self.orders[order_id]
        except KeyError:
            raise OrderNotFound(order_id) from None

    def read_all(self, order_ids: Sequence[str]) -> FoundOrders:
        self.interrupt("read_all", "before")
        return self._read_all(order_ids)

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        self.interrupt("save", "before")
        with self._lock:
            self._save(order, expires_after)
        self.interrupt("save", "after")

    def open_orders(self, limit: int) -> list[OpenOrder]:
        self.interrupt("open_orders", "before")
        stored = self.orders.values()
        waiting = sorted((o for o in stored if not (is_final(o) or is_armed(o))), key=lambda o: o.enqueued_at)
        return [OpenOrder(o.order_id, o.enqueued_at, o.requeues, is_landing(o)) for o in waiting[:limit]]

    def are_final(self, order_ids: Collection[str]) -> dict[str, bool]:
        self.interrupt("are_final", "before")
        return {name: is_final(self.orders[name]) for name in order_ids if name in self.orders}

    def count_waiting(self) -> int:
        self.interrupt("count_waiting", "before")
        return sum(not (is_final(o) or is_landing(o) or is_armed(o)) for o in self.orders.values())

    def count_landing(self) -> int:
        self.interrupt("count_landing", "before")
        return sum(is_landing(order) for order in self.orders.values())

    def claim_next_message(self, seen: OpenOrder, *, at: int, requeues: int) -> bool:
        self.interrupt("claim_next_message", "before")
        with self._lock:
            stored = self.orders.get(seen.order_id)
            unchanged = (
                stored is not None
                and not is_final(stored)
                and (stored.enqueued_at, stored.requeues) == (seen.enqueued_at, seen.requeues)
            )
            if stored is not None and unchanged:
                self._store(replace(stored, enqueued_at=at, requeues=requeues))
        self.interrupt("claim_next_message", "after")
        return unchanged

    def history(self, account: str, *, limit: int, after: HistoryPosition | None) -> HistoryPage:
        self.interrupt("history", "before")
        theirs = [o for o in self.orders.values() if o.account == account]
        newest = sorted(theirs, key=_position, reverse=True)
        if after is not None:
            newest = [o for o in newest if _position(o) < (after.accepted_at, after.order_id)]
        page = newest[:limit]
        following = HistoryPosition(*_position(page[-1])) if len(newest) > limit else None
        found = self._read_all([order.order_id for order in page])
        return HistoryPage(found.orders, found.unreadable, following)

    def _read_all(self, order_ids: Sequence[str]) -> FoundOrders:
        stored = [order_id for order_id in order_ids if order_id in self.orders]
        readable = [self.orders[order_id] for order_id in stored if order_id not in self.unreadable]
        unreadable = {name: UnsupportedSchemaVersion(name) for name in stored if name in self.unreadable}
        return FoundOrders(readable, unreadable)

    def _create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        if record is not None:
            holder = self._binding(record.account, record.key, order.accepted_at)
            if holder is not None:
                stored = self.orders.get(order.order_id) if holder.order_id == order.order_id else None
                return None if stored is not None and _is_mine(stored, order) else holder
        stored = self.orders.get(order.order_id)
        if stored is not None and not _is_mine(stored, order):
            raise VersionConflict(f"{order.order_id} exists already")
        if stored is None:
            self._store(order)
        if record is not None:
            self.records[record.account, record.key] = record
        return None

    def _save(self, order: Order, expires_after: int | None) -> None:
        stored = self.orders.get(order.order_id)
        if stored is None:
            raise VersionConflict(f"{order.order_id} is not stored")
        in_time = expires_after is None or stored.expires_at > expires_after
        if stored.version == order.version - 1 and in_time:
            self._store(_written(order, stored))
        elif not _is_mine(stored, order):
            raise VersionConflict(f"{order.order_id} is not at version {order.version - 1}, or is too late")

    def _store(self, order: Order) -> None:
        self.orders[order.order_id] = order
        self.images.append(order)

    def _binding(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        record = self.records.get((account, key))
        return record if record is not None and now < record.expires_at else None


def _written(order: Order, stored: Order) -> Order:
    if order.events[-1].change is not None:
        return order
    enqueued_at = order.enqueued_at if is_landing(order) else stored.enqueued_at
    return replace(order, enqueued_at=enqueued_at, requeues=stored.requeues)


def _position(order: Order) -> tuple[int, str]:
    return (order.accepted_at, order.order_id)


def _is_mine(stored: Order, order: Order) -> bool:
    if stored.version < order.version:
        return False
    if stored.events[order.version - 1].write_id != order.last_write_id:
        return False
    return order.status is not Status.SUBMITTED or _signature(stored) == _signature(order)


def _signature(order: Order) -> str | None:
    return order.submission.signature if order.submission is not None else None
