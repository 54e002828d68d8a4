"""Show an operator the orders of all accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.backlog import Slots
from chalicelib.domain.lifecycle import is_final, is_landing
from chalicelib.domain.order import Order
from chalicelib.errors import OrderNotFound, UnsupportedSchemaVersion
from chalicelib.ports import OpenOrder, OrderRepository
from chalicelib.services.reconcile_orders import Patience


def read_each(orders: OrderRepository, seen: Iterable[OpenOrder]) -> tuple[list[Order], list[str]]:
    """Return the orders that are still open, and the ids of those that can't be read."""
    found, unreadable = list[Order](), list[str]()
    for one in seen:
        try:
            order = orders.get(one.order_id)
        except OrderNotFound:
            continue  # the index lags behind
        except UnsupportedSchemaVersion:
            unreadable.append(one.order_id)
            continue
        if not is_final(order):
            found.append(order)
    return found, unreadable


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Open orders, oldest first; `count` is how many there are in all.

    Those with the ids `unreadable` were written by a newer release, or damaged.
    """

    count: int
    orders: Sequence[Order]
    unreadable: Sequence[str]


@dataclass(frozen=True, slots=True)
class Inspected:
    """An order, and when (ms) Reconcile sends its message anew if it has not advanced by then."""

    order: Order
    taken_up_at: int


class InspectOrders:
    """Show orders to an operator, without changing anything."""

    def __init__(self, orders: OrderRepository, slots: Slots) -> None:
        self._orders = orders
        self._slots = slots

    def open(self, limit: int) -> OpenOrders:
        """Read up to `limit` open orders: those with the oldest messages."""
        orders, unreadable = read_each(self._orders, self._orders.open_orders(limit))
        oldest_first = sorted(orders, key=lambda order: order.accepted_at)
        count = self._orders.count_waiting() + self._orders.count_landing()
        return OpenOrders(count, oldest_first, unreadable)

    def one(self, order_id: str) -> Inspected:
        """Read one order. Raises OrderNotFound, UnsupportedSchemaVersion."""
        order = self._orders.get(order_id)
        seen = OpenOrder(order_id, order.enqueued_at, order.requeues, is_landing(order))
        return Inspected(order, order.enqueued_at + Patience.of(self._orders, self._slots).allowed_ms(seen))
