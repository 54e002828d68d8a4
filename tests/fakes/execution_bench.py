"""Executions and landings among fakes, whose venues and chain answer as a test scripts them."""

from concurrent.futures import Executor
from typing import Any

from chalicelib.ports import SignedTransaction, Venue
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.land_orders import LandingPolicy, LandOrders
from chalicelib.services.resolve_landing import ResolveLanding
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import InlineExecutor, ScriptedChain, ScriptedVenue
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch

POLICY = ExecutionPolicy(
    quote_ttl_ms=10_000,
    plausibility_bps=300,
    landing_budget_ms=3_000,
    landing_delay_seconds=2,
    max_price_impact_bps=1_000,
    stop_tolerance_bps=50,
)


class ExecutionBench:
    """Executions and landings among fakes."""

    def __init__(self, threads: Executor | None = None, **order: Any):
        threads = threads or InlineExecutor()
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(an_order(at=self.clock.now(), **order))
        self.queue = InMemoryOrderQueue(self.clock)
        self.landings = InMemoryOrderQueue(self.clock)
        self.chain = ScriptedChain()
        self.raydium = ScriptedVenue("raydium", self.clock, 225_000_000)
        self.meteora = ScriptedVenue("meteora", self.clock, 224_000_000)
        self.telemetry = RecordingTelemetry()
        self.venues: dict[str, Venue] = {"raydium": self.raydium, "meteora": self.meteora}
        self.switch = InMemoryTradingSwitch()
        trading = WatchTrading(self.switch, self.clock)
        identifiers = FakeIdentifiers()
        deferred = DeferOrder(self.orders, self.queue, self.clock)
        self.service = ExecuteOrder(
            orders=self.orders,
            queue=self.queue,
            executions=deferred,
            landings=self.landings,
            venues=self.venues,
            quotes=GatherQuotes(list(self.venues.values()), threads, self.clock, 1_500),
            threads=threads,
            chain=self.chain,
            signer=self,
            trading=trading,
            clock=self.clock,
            identifiers=identifiers,
            telemetry=self.telemetry,
            policy=POLICY,
        )
        self.lander = LandOrders(
            orders=self.orders,
            queue=self.landings,
            landings=DeferOrder(self.orders, self.landings, self.clock),
            chain=self.chain,
            resolve=ResolveLanding(
                orders=self.orders,
                executions=deferred,
                clock=self.clock,
                identifiers=identifiers,
                telemetry=self.telemetry,
            ),
            trading=trading,
            clock=self.clock,
            telemetry=self.telemetry,
            policy=LandingPolicy(8_000, 200, 2_000),
        )

    def sign(self, message):
        return SignedTransaction(f"sig-{message.decode()}", message)

    def execute(self):
        """Execute the order, and nothing else."""
        self.service.execute(ORDER_ID)
        return self.order

    def land(self):
        """Watch the order once, as long as a landing does."""
        assert self.lander.land([ORDER_ID]) == frozenset()
        return self.order

    def trade(self):
        """Execute the order, and watch what was sent."""
        self.execute()
        return self.land()

    @property
    def order(self):
        return self.orders.get(ORDER_ID)

    @property
    def statuses(self):
        return [event.status.value for event in self.order.events]

    @property
    def delays(self):
        """After how many seconds each execution was asked for."""
        return [message.delay_seconds for message in self.queue.sent]

    @property
    def landing_delays(self):
        """After how many seconds each landing was asked for."""
        return [message.delay_seconds for message in self.landings.sent]
