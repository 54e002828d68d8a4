"""Ports of the order store and of the queues that drive orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.order import Order
from chalicelib.errors import UnsupportedSchemaVersion


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not final, as the index of open orders knows it.

    `enqueued_at` is when its last message was due (ms), `requeues` how often Reconcile sent one. One that
    `is_landing` is submitted; all others wait for a slot.
    """

    order_id: str
    enqueued_at: int
    requeues: int
    is_landing: bool = False


@dataclass(frozen=True, slots=True)
class HistoryPosition:
    """The position of the last order on a page of an account's history."""

    accepted_at: int
    order_id: str


@dataclass(frozen=True, slots=True)
class FoundOrders:
    """Orders that were read together; one that this release can't read hides no other.

    `unreadable` are the ids of those that can't be read, with what is wrong.
    """

    orders: Sequence[Order]
    unreadable: Mapping[str, UnsupportedSchemaVersion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryPage(FoundOrders):
    """Orders, newest first, and the position after which the next page begins; None on the last page."""

    following: HistoryPosition | None = None


class OrderRepository(Protocol):
    """The orders and their idempotency records. Every method may raise StorageUnavailable.

    Every write is conditional, and its answer is about this very write: after a failed condition or a lost
    answer a write counts as made only when the stored event has its write id.
    """

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        """Store a new order, and with it the record of its key, both or neither.

        Returns None when this very write stored them. Else nothing was stored, and it returns the record that
        holds the key and still binds at `order.accepted_at`, which may name the same order: then another copy
        of the request stored it.
        """

    def find_record(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        """Read the record of a key consistently; None if no record binds at `now` (ms)."""

    def get(self, order_id: str) -> Order:
        """Read an order consistently. Raises OrderNotFound, UnsupportedSchemaVersion."""

    def read_all(self, order_ids: Sequence[str]) -> FoundOrders:
        """Read these orders consistently, in this order; ids without an order are left out."""

    def are_final(self, order_ids: Collection[str]) -> Mapping[str, bool]:
        """Read consistently which of these orders are final; ids without an order are left out."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        """Append the newest event of `order` and write the fields that changed with it.

        requeues is left as it is, and so is enqueued_at unless the order is submitted by this event, is armed
        or fires: else those are claim_next_message's.

        With `expires_after` it is stored only while the order's own expires_at is later. Raises
        VersionConflict when the stored order isn't exactly one event behind, and is not this write.
        """

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """Return up to `limit` open orders, oldest messages first. The index may lag by a moment."""

    def count_waiting(self) -> int:
        """Count the orders that wait for a slot or hold one. The index may lag by a moment."""

    def count_landing(self) -> int:
        """Count the orders that are submitted and not final. The index may lag by a moment."""

    def claim_next_message(self, seen: OpenOrder, *, at: int, requeues: int) -> bool:
        """Set when the order's next message is due (ms), and `requeues`, if both still are as in `seen`.

        Returns False and changes nothing if they changed meanwhile or the order is final: of several workers
        only one sends the message.
        """

    def history(self, account: str, *, limit: int, after: HistoryPosition | None) -> HistoryPage:
        """Return a page of an account's orders, newest first. The index may lag by a moment."""


class OrderQueue(Protocol):
    """A queue of order ids: one drives executions, another one landings."""

    def send(self, order_id: str, *, delay_seconds: int = 0) -> None:
        """Ask for the order's next step, `delay_seconds` (0 to 900) from now. Raises QueueUnavailable."""

    def running(self) -> int:
        """Return about how many messages are being worked on now. Raises QueueUnavailable."""
