"""What counts against accounts' limits, in memory, by the rules themselves."""

import threading
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from chalicelib.domain import risk
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.ports import Admission
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryExposures:
    """`stored` holds each account's exposure; `interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self.stored: defaultdict[str, Exposure] = defaultdict(Exposure)
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def count(self, order: Order, limits: Limits, claim: str = "") -> Admission:
        self.interrupt("count", "before")
        with self._lock:
            stands = self.stored[order.account]
            if not stands.has(order, claim):
                stands = self.stored[order.account] = risk.count(stands, order, limits, claim)
        self.interrupt("count", "after")
        remaining = max(0, limits.orders_per_minute - stands.requests)
        left = risk.seconds_left(stands.minute, order.accepted_at)
        return Admission(limits.orders_per_minute, remaining, left)

    def read(self, account: str) -> Exposure:
        self.interrupt("read", "before")
        return self.stored[account]

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        self.interrupt("forget", "before")
        with self._lock:
            stands = self.stored[account]
            self.stored[account] = replace(stands, open_orders=stands.open_orders - set(entries))
        self.interrupt("forget", "after")
