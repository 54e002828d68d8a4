"""What the orders' repository holds and answers, in its simplest words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain import transitions
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp, is_final, is_landing, moves_of
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.errors import VersionConflict
from chalicelib.ports import OpenOrder
from tests.fakes.lives import STALE, a_route, a_submission


@dataclass
class RepositoryModel:
    """Each write either takes effect or raises VersionConflict; one that was made already changes nothing."""

    orders: dict[str, Order] = field(default_factory=dict)
    records: dict[tuple[str, str], IdempotencyRecord] = field(default_factory=dict)

    def copy(self) -> "RepositoryModel":
        return RepositoryModel(dict(self.orders), dict(self.records))

    def binding(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        record = self.records.get((account, key))
        return record if record is not None and now < record.expires_at else None

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        if record is not None and (held := self.binding(record.account, record.key, order.accepted_at)):
            stored = self.orders.get(order.order_id) if held.order_id == order.order_id else None
            return None if stored is not None and _is_made(stored, order) else held
        stored = self.orders.setdefault(order.order_id, order)
        if stored.events[0] != order.events[0]:
            raise VersionConflict
        if record is not None:
            self.records[record.account, record.key] = record
        return None

    def save(self, order: Order, expires_after: int | None) -> None:
        stored = self.orders.get(order.order_id)
        if stored is None:
            raise VersionConflict
        if _is_made(stored, order):
            return
        in_time = expires_after is None or expires_after < stored.expires_at
        if not in_time or stored.version + 1 != order.version:
            raise VersionConflict
        enqueued_at = order.enqueued_at if is_landing(order) else stored.enqueued_at
        self.orders[order.order_id] = replace(order, enqueued_at=enqueued_at, requeues=stored.requeues)

    def claim_next_message(self, seen: OpenOrder, at: int, requeues: int) -> bool:
        stored = self.orders[seen.order_id]
        stands = not is_final(stored) and as_seen(stored) == seen
        if stands:
            self.orders[seen.order_id] = replace(stored, enqueued_at=at, requeues=requeues)
        return stands

    def open(self) -> list[OpenOrder]:
        return [as_seen(order) for order in self.orders.values() if not is_final(order)]


def as_seen(order: Order) -> OpenOrder:
    """The order as the index of open orders knows it."""
    return OpenOrder(order.order_id, order.enqueued_at, order.requeues, is_landing(order))


LIKELY = (
    Status.BUILDING,
    Status.SUBMITTED,
    Status.CONFIRMED,
    Status.ROUTING,
    Status.EXPIRED,
    Status.FAILED,
    Status.CANCELLED,
)
"""The moves of a life, the usual ones first, so that picks of 0 lead far."""


def moved(order: Order, pick: int, stamp: Stamp) -> Order:
    """The order after one of its legal moves, or itself when it has none left."""
    legal = sorted(moves_of(order), key=LIKELY.index)
    if not legal:
        return order
    submission = a_submission(stamp.at, f"signature of {stamp.write_id}")
    moves: Mapping[Status, Callable[[], Order]] = {
        Status.ROUTING: lambda: (
            transitions.start_routing(order, stamp)
            if order.status is Status.PENDING
            else transitions.retry(order, STALE, stamp)
        ),
        Status.BUILDING: lambda: transitions.take_route(order, a_route(stamp.at), stamp),
        Status.SUBMITTED: lambda: transitions.submit(order, submission, stamp),
        Status.CONFIRMED: lambda: transitions.confirm(order, Fill(order.amount_in, 149_123_456), stamp),
        Status.FAILED: lambda: transitions.fail(order, STALE, stamp),
        Status.EXPIRED: lambda: transitions.expire(order, STALE, stamp),
        Status.CANCELLED: lambda: transitions.cancel(order, stamp),
    }
    return moves[legal[pick % len(legal)]]()


def _is_made(stored: Order, order: Order) -> bool:
    """Whether its event stands there; a write-ahead is only its writer's while its transaction stands too."""
    if order.events[-1] not in stored.events:
        return False
    return order.status is not Status.SUBMITTED or order.submission == stored.submission
