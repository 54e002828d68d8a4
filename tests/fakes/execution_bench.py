"""One execution service among fakes, whose venues and chain answer as a test scripts them."""

from chalicelib.ports import SignedTransaction, Venue
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.land_transaction import LandTransaction
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
    landing_wait_ms=8_000,
    max_price_impact_bps=1_000,
)


class ExecutionBench:
    """One execution service among fakes."""

    def __init__(self):
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(an_order(at=self.clock.now()))
        self.queue = InMemoryOrderQueue(self.clock)
        self.chain = ScriptedChain()
        self.raydium = ScriptedVenue("raydium", self.clock, 225_000_000)
        self.meteora = ScriptedVenue("meteora", self.clock, 224_000_000)
        self.telemetry = RecordingTelemetry()
        self.venues: dict[str, Venue] = {"raydium": self.raydium, "meteora": self.meteora}
        self.switch = InMemoryTradingSwitch()
        trading = WatchTrading(self.switch, self.clock)
        self.service = ExecuteOrder(
            orders=self.orders,
            queue=self.queue,
            venues=self.venues,
            quotes=GatherQuotes(list(self.venues.values()), InlineExecutor(), self.clock, 1_500),
            chain=self.chain,
            signer=self,
            landing=LandTransaction(self.chain, trading, self.clock, 200, 2_000),
            trading=trading,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
            policy=POLICY,
        )

    def sign(self, message):
        return SignedTransaction(f"sig-{message.decode()}", message)

    def execute(self):
        self.service.execute(ORDER_ID)
        return self.order

    @property
    def order(self):
        return self.orders.get(ORDER_ID)

    @property
    def statuses(self):
        return [event.status.value for event in self.order.events]

    @property
    def delays(self):
        return [message.delay_seconds for message in self.queue.sent]
