"""The whole engine in memory: real use cases and real paper trading, by a clock that a test moves.

A run is a pure function of its settings: the same seed gives the same history, event by event.
"""

from collections.abc import Mapping

from chalicelib.config import Settings
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order
from chalicelib.domain.transitions import NewOrder
from chalicelib.errors import EngineError
from chalicelib.ports import Venue
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.land_transaction import LandTransaction
from chalicelib.services.reconcile_orders import ReconcileOrders
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.rate_limits import InMemoryRateLimiter
from tests.fakes.scripted import InlineExecutor
from tests.fakes.telemetry import RecordingTelemetry

VISIBILITY_MS = 20_000
MAX_RECEIVES = 3
SWEEP_MS = 10_000
LONGEST_RUN_MS = 4 * 3600 * 1000


class World:
    """One engine; `settings` are the paper trading's and the execution's."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or paper_settings()
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository()
        self.queue = InMemoryOrderQueue(self.clock)
        self.ledger = InMemoryLedger()
        self.telemetry = RecordingTelemetry()
        self.identifiers = FakeIdentifiers()
        self.receives: dict[str, int] = {}
        self.desk = PaperDesk(self.ledger, self.clock, self.settings)
        self.executor = self.make_executor()
        self.acceptor = AcceptOrder(
            admit_order=AdmitOrder(self.orders, InMemoryRateLimiter(10_000), self.clock, 0),
            orders=self.orders,
            queue=self.queue,
            clock=self.clock,
            identifiers=self.identifiers,
            telemetry=self.telemetry,
        )
        self.dead_letters = HandleDeadLetter(self.orders, self.clock, self.identifiers, self.telemetry)
        self.reconciler = ReconcileOrders(
            orders=self.orders,
            queue=self.queue,
            clock=self.clock,
            identifiers=self.identifiers,
            telemetry=self.telemetry,
            average_execution_ms=self.settings.average_execution_ms,
        )

    def make_executor(self, identifiers: FakeIdentifiers | None = None) -> ExecuteOrder:
        """A worker with a chain connection of its own."""
        desk = PaperDesk(self.ledger, self.clock, self.settings)
        venues: Mapping[str, Venue] = desk.venues
        return ExecuteOrder(
            orders=self.orders,
            queue=self.queue,
            venues=dict(venues),
            quotes=GatherQuotes(
                list(venues.values()), InlineExecutor(), self.clock, self.settings.quote_deadline_ms
            ),
            chain=desk.chain,
            signer=desk.signer,
            landing=LandTransaction(
                desk.chain, self.clock, self.settings.poll_interval_ms, self.settings.resend_interval_ms
            ),
            clock=self.clock,
            identifiers=identifiers or self.identifiers,
            telemetry=self.telemetry,
            policy=ExecutionPolicy(
                quote_ttl_ms=self.settings.quote_ttl_ms,
                plausibility_bps=self.settings.plausibility_bps,
                landing_budget_ms=self.settings.landing_budget_ms,
                landing_wait_ms=self.settings.landing_wait_ms,
            ),
        )

    def place(self, new: NewOrder, key: str | None = None) -> Order:
        """Accept an order."""
        return self.acceptor.accept(new, key, "203.0.113.9").order

    def run(self) -> None:
        """Deliver messages as they fall due and sweep every ten seconds, until all is final and quiet."""
        give_up_at = self.clock.now() + LONGEST_RUN_MS
        next_sweep = self.clock.now() + SWEEP_MS
        while self.queue.waiting or not self.is_settled():
            if self.clock.now() >= give_up_at:
                raise AssertionError(f"not settled: {self.unsettled()}")
            if self.clock.now() >= next_sweep:
                self.reconciler.sweep()
                next_sweep = self.clock.now() + SWEEP_MS
            order_id = self.queue.receive()
            if order_id is None:
                self._wait_until(min(self.queue.next_due_at() or next_sweep, next_sweep))
            else:
                self.deliver(order_id)

    def deliver(self, order_id: str) -> None:
        """Execute once; a crash brings the message back, or after the third one makes it a dead letter."""
        try:
            self.executor.execute(order_id)
        except (EngineError, Crash):
            self.executor = self.make_executor()
            self.receives[order_id] = self.receives.get(order_id, 0) + 1
            if self.receives[order_id] < MAX_RECEIVES:
                self.queue.send(order_id, delay_seconds=VISIBILITY_MS // 1000)
                return
            self.dead_letters.handle(order_id)
        self.receives.pop(order_id, None)

    def is_settled(self) -> bool:
        """Whether every order is final."""
        return all(is_final(order) for order in self.orders.orders.values())

    def unsettled(self) -> list[Order]:
        """The orders that aren't final."""
        return [order for order in self.orders.orders.values() if not is_final(order)]

    def _wait_until(self, moment: int) -> None:
        self.clock.advance(max(1, moment - self.clock.now()))


class Crash(BaseException):
    """A worker that dies: nothing in the engine catches it."""
