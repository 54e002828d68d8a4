"""Orders: where they are kept, and the queues that drive them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.order import Order


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
    """Where a page of an account's history ended."""

    accepted_at: int
    order_id: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Orders, newest first, and where the next page begins; None when this is the last one."""

    orders: Sequence[Order]
    following: HistoryPosition | None


class OrderRepository(Protocol):
    """The orders and their idempotency records. Every method may raise StorageUnavailable.

    Every write is conditional, and its answer is about this very write: after a failed condition or a lost
    answer a write counts as made only when the stored event has its write id.
    """

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        """Store a new order, and with it the record of its key, both or neither.

        Returns the record that holds the key now: the given one, or an earlier one that still binds at
        `order.accepted_at`, and then nothing was stored.
        """

    def find_record(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        """Read the record of a key consistently; None when there is none that binds at `now`."""

    def get(self, order_id: str) -> Order:
        """Read an order consistently. Raises OrderNotFound, UnsupportedSchemaVersion."""

    def read_all(self, order_ids: Sequence[str]) -> Sequence[Order]:
        """Read these orders consistently, in this order; those that there aren't are left out.

        Raises UnsupportedSchemaVersion.
        """

    def are_final(self, order_ids: Collection[str]) -> Mapping[str, bool]:
        """Read consistently which of these orders are final; those that there aren't are left out."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        """Store the one event that `order` has more than what is stored, with what changed.

        requeues is left as it is, and so is enqueued_at unless the order is submitted by this event: else
        those are claim_next_message's.

        With `expires_after` it is stored only while the order's own expires_at is later. Raises
        VersionConflict when the stored order isn't exactly one event behind, and is not this write.
        """

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """The open orders whose messages are oldest, at most `limit`. The index may lag by a moment."""

    def count_waiting(self) -> int:
        """Count the orders that wait for a slot or hold one. The index may lag by a moment."""

    def count_landing(self) -> int:
        """Count the orders that are submitted and not final. The index may lag by a moment."""

    def claim_next_message(self, seen: OpenOrder, *, at: int, requeues: int) -> bool:
        """Record when a message is sent for an open order that still stands as it was seen; False if not."""

    def history(self, account: str, *, limit: int, after: HistoryPosition | None) -> HistoryPage:
        """An account's orders, newest first; the index may lag by a moment."""


class OrderQueue(Protocol):
    """A queue of order ids: one drives executions, another one landings."""

    def send(self, order_id: str, *, delay_seconds: int = 0) -> None:
        """Ask for the order's next step, `delay_seconds` (0 to 900) from now. Raises QueueUnavailable."""

    def running(self) -> int:
        """Return about how many messages are being worked on now. Raises QueueUnavailable."""
