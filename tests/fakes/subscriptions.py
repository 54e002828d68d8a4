"""Subscriptions in memory, with the same conditions as the table's."""

import threading
from dataclasses import replace

from chalicelib.domain.subscription import Subscription
from tests.fakes.interruption import Interrupt, undisturbed


class InMemorySubscriptionRepository:
    """`backfills_due` lists every (order id, connection id) whose backfill was requested (the stream)."""

    def __init__(self) -> None:
        self.subscriptions: dict[tuple[str, str], Subscription] = {}
        self.backfills_due: list[tuple[str, str]] = []
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def request_backfill(self, subscription: Subscription) -> None:
        self.interrupt("request_backfill", "before")
        key = (subscription.order_id, subscription.connection_id)
        with self._lock:
            self.subscriptions[key] = replace(subscription, backfill_due=True)
            self.backfills_due.append(key)
        self.interrupt("request_backfill", "after")

    def of_order(self, order_id: str) -> list[Subscription]:
        self.interrupt("of_order", "before")
        return [self.subscriptions[key] for key in sorted(self.subscriptions) if key[0] == order_id]

    def of_connection(self, connection_id: str) -> list[str]:
        self.interrupt("of_connection", "before")
        return [order_id for order_id, other in sorted(self.subscriptions) if other == connection_id]

    def followed_by(self, connection_id: str) -> list[Subscription]:
        self.interrupt("followed_by", "before")
        return [self.subscriptions[key] for key in sorted(self.subscriptions) if key[1] == connection_id]

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        self.interrupt("raise_delivered", "before")
        key = (seen.order_id, seen.connection_id)
        wanted = replace(seen, delivered=delivered, backfill_due=False, failed_pushes=0)
        with self._lock:
            stands = self._stands(key) in {_compared(seen), wanted}
            if stands:
                self.subscriptions[key] = wanted
        self.interrupt("raise_delivered", "after")
        return stands

    def finish(self, seen: Subscription) -> bool:
        self.interrupt("finish", "before")
        key = (seen.order_id, seen.connection_id)
        with self._lock:
            stands = self._stands(key) in {_compared(seen), None}
            if stands:
                self.subscriptions.pop(key, None)
        self.interrupt("finish", "after")
        return stands

    def remove(self, order_id: str, connection_id: str) -> None:
        self.interrupt("remove", "before")
        self.subscriptions.pop((order_id, connection_id), None)

    def remove_connection(self, connection_id: str) -> None:
        self.interrupt("remove_connection", "before")
        for key in [key for key in self.subscriptions if key[1] == connection_id]:
            del self.subscriptions[key]

    def _stands(self, key: tuple[str, str]) -> Subscription | None:
        stored = self.subscriptions.get(key)
        return _compared(stored) if stored is not None else None


def _compared(subscription: Subscription) -> Subscription:
    """What a condition compares: how many pushes failed is no part of it."""
    return replace(subscription, failed_pushes=0)
