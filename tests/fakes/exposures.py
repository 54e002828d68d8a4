"""What counts against accounts' limits, in memory, by the rules themselves."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace

from chalicelib.domain import armed_risk, risk
from chalicelib.domain.armed_risk import ArmedExposure
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.ports import Admission
from tests.fakes.interruption import Interrupt, undisturbed
from tests.fakes.orders import InMemoryOrderRepository

Rule = Callable[[Exposure, Order, Limits, Claim | None], Exposure]


class InMemoryExposures:
    """`stored` holds each account's exposure; `interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self.stored: defaultdict[str, Exposure] = defaultdict(Exposure)
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def count(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        return self._count("count", risk.count, order, limits, claim)

    def count_request(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        return self._count("count_request", risk.count_request, order, limits, claim)

    def _count(self, method: str, rule: Rule, order: Order, limits: Limits, claim: Claim | None) -> Admission:
        self.interrupt(method, "before")
        with self._lock:
            stands = self.stored[order.account]
            order_id = stands.counted_as(order, claim)
            if order_id is None:
                order_id = order.order_id
                stands = self.stored[order.account] = rule(stands, order, limits, claim)
        self.interrupt(method, "after")
        stands = stands.at(order.accepted_at)
        remaining = max(0, limits.orders_per_minute - stands.requests)
        left = risk.seconds_left(stands.minute, order.accepted_at)
        return Admission(limits.orders_per_minute, remaining, left, len(stands.open_orders), order_id)

    def read(self, account: str) -> Exposure:
        self.interrupt("read", "before")
        return self.stored[account]

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        self.interrupt("forget", "before")
        with self._lock:
            stands = self.stored[account]
            self.stored[account] = replace(stands, open_orders=stands.open_orders - set(entries))
        self.interrupt("forget", "after")


class InMemoryArmedExposures:
    """`stored` holds each account's armed exposure; `interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self.stored: defaultdict[str, ArmedExposure] = defaultdict(ArmedExposure)
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def count(self, order: Order, limits: Limits) -> int:
        self.interrupt("count", "before")
        with self._lock:
            counted = armed_risk.count(self.stored[order.account], order, limits)
            self.stored[order.account] = counted
        self.interrupt("count", "after")
        return len(counted.open_orders)

    def read(self, account: str) -> ArmedExposure:
        self.interrupt("read", "before")
        return self.stored[account]

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        self.interrupt("forget", "before")
        with self._lock:
            self.stored[account] = self.stored[account].without(entries)
        self.interrupt("forget", "after")


class StoredOrdersCount(InMemoryExposures):
    """Every order that is stored counts as open, as if it had been counted when it was placed."""

    def __init__(self, orders: InMemoryOrderRepository) -> None:
        super().__init__()
        self._orders = orders

    def read(self, account: str) -> Exposure:
        self.interrupt("read", "before")
        theirs = [order for order in self._orders.orders.values() if order.account == account]
        return Exposure(open_orders=frozenset(map(risk.entry_of, theirs)))
