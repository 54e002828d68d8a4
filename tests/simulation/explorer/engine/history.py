"""A table of orders that watches over their histories."""

from collections.abc import Sequence

from chalicelib.domain.lifecycle import MOVES
from chalicelib.domain.order import Order, OrderEvent
from tests.simulation.explorer.violation import Violation


class AppendOnly(dict[str, Order]):
    """Stored orders, each of which only ever grows by one legal event."""

    def __setitem__(self, order_id: str, order: Order) -> None:
        before = self[order_id].events if order_id in self else ()
        added = order.events[len(before) :]
        if order.events[: len(before)] != before:
            raise Violation(f"history was rewritten: {_told(before)} became {_told(order.events)}")
        if len(added) > 1 or any(event.sequence != len(before) + 1 for event in added):
            raise Violation(f"history has a gap: {_told(added)} after {_told(before)}")
        if before and added and added[0].status not in MOVES[before[-1].status]:
            raise Violation(f"history has an illegal move: {_told(added)} after {_told(before)}")
        super().__setitem__(order_id, order)


def _told(events: Sequence[OrderEvent]) -> str:
    return " ".join(f"{event.sequence}:{event.status}" for event in events)
