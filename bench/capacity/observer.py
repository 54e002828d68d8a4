"""Looks at the simulated chain: by Land for a batch of transactions, or by an execution for its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bench.capacity.agenda import Agenda
from bench.capacity.assumptions import Assumptions

CALLS_A_LOOK = 2
"""Calls of one look: the finalized height, then the statuses of all transactions."""


@dataclass(slots=True)
class Transaction:
    """An order's transaction; times in milliseconds."""

    asked_at: float
    is_sent: bool = False
    lands_at: float = 0
    dead_at: float = 0
    send_again_at: float = 0

    def sent(self, at: float, landing: float, figures: Mapping[str, float]) -> None:
        """Record the first send at `at`; the transaction lands `landing` milliseconds later (inf: never)."""
        self.is_sent = True
        self.lands_at = at + landing
        self.dead_at = at + figures["expiry"]
        self.send_again_at = at + figures["resend_interval"]


class Surroundings(Protocol):
    """The part of the deployment that an observer needs."""

    @property
    def agenda(self) -> Agenda:
        """The simulated clock."""

    @property
    def assumed(self) -> Assumptions:
        """The assumptions of the simulation."""

    def draw(self, name: str) -> float:
        """Return a random time (ms) of the kind with this name."""

    def count_calls(self, *, looking: int = 0, other: int = 0) -> None:
        """Count calls of the chain."""

    def confirm(self, transaction: Transaction, at: float) -> None:
        """Plan the confirmation of an order at this time (ms)."""

    def route_again(self, transaction: Transaction, delay: float) -> None:
        """Send an order to the slots again, because its transaction was proven dead."""

    def land_later(self, transaction: Transaction, delay: float) -> None:
        """Send a transaction to be looked at after `delay` milliseconds."""

    def end_landing(self, began: float, ends: float, orders: int) -> None:
        """End an invocation of Land that began with so many orders."""


class Observer:
    """Looks at transactions until all are resolved, or the wait of one invocation is over."""

    def __init__(self, around: Surroundings, memory_mb: float) -> None:
        self._around = around
        self._figures = around.assumed.figures
        self._call_computing = around.assumed.computing(self._figures["call_processor"], memory_mb)
        landing_processor = self._figures["landing_calls"] * self._figures["call_processor"]
        self._order_computing = around.assumed.computing(landing_processor, memory_mb)

    def land(self, batch: list[Transaction]) -> None:
        """Simulate one invocation of Land, which reads its orders in one call and then looks."""
        began = self._around.agenda.now
        reading = self._around.draw("table") + len(batch) * self._order_computing
        self._around.agenda.after(reading, partial(self._look, batch, began, len(batch)))

    def watch(self, transaction: Transaction, now: float) -> float:
        """Simulate an execution's looks at its own transaction from `now` on; return the time of its end."""
        began, left = now, [transaction]
        while True:
            left, now = self._looked(left, now)
            if not left or now - began + self._figures["poll_interval"] > self._figures["landing_wait"]:
                break
            now += self._figures["poll_interval"]
        return self._give_back(left, now)

    def _look(self, batch: list[Transaction], began: float, orders: int) -> None:
        left, now = self._looked(batch, self._around.agenda.now)
        again_at = now + self._figures["poll_interval"]
        if left and again_at - began <= self._figures["landing_wait"]:
            again = partial(self._look, left, began, orders)
            self._around.agenda.after(again_at - self._around.agenda.now, again)
        else:
            self._around.end_landing(began, self._give_back(left, now), orders)

    def _looked(self, batch: list[Transaction], now: float) -> tuple[list[Transaction], float]:
        """Look once at all and settle those that are resolved; return the others, and the time of the end."""
        now += sum(self._around.draw("chain_call") for _ in range(CALLS_A_LOOK))
        self._around.count_calls(looking=CALLS_A_LOOK)
        looked_at, now = now, now + CALLS_A_LOOK * self._call_computing
        left = []
        for transaction in batch:
            if transaction.lands_at <= looked_at:
                now += self._around.draw("chain_call") + self._around.draw("table")  # its fill, its save
                self._around.count_calls(other=1)
                self._around.confirm(transaction, now)
            elif transaction.dead_at <= looked_at:
                now += self._around.draw("table") + self._around.draw("queue_send")
                transaction.is_sent = False
                wait = (now - self._around.agenda.now) + self._figures["reroute_wait"] * 1000
                self._around.route_again(transaction, wait)
            else:
                now = self._send_again(transaction, now)
                left.append(transaction)
        return left, now

    def _send_again(self, transaction: Transaction, now: float) -> float:
        if now < transaction.send_again_at:
            return now
        self._around.count_calls(other=1)
        now += self._around.draw("chain_call")
        transaction.send_again_at = now + self._figures["resend_interval"]
        return now

    def _give_back(self, left: list[Transaction], now: float) -> float:
        """Send the unresolved transactions to be looked at again."""
        for transaction in left:
            now += self._around.draw("table") + self._around.draw("queue_send")
            wait = (now - self._around.agenda.now) + self._figures["landing_again"] * 1000
            self._around.land_later(transaction, wait)
        return now
