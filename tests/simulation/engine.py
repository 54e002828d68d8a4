"""The engine's own wiring over stores in memory, each behind a tap."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from chalicelib.bootstrap import Engine
from chalicelib.config import Settings
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList
from chalicelib.ports import Chain, Clock, MarketControls, Prices, Signer, TradingDesk, Venue
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_orders import LandOrders
from chalicelib.services.reconcile_orders import ReconcileOrders
from tests.fakes.adapters import GivenAdapters
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import InMemoryLedger, PaperDesk, changed, paper_settings
from tests.fakes.push import RecordingPushGateway
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import InlineExecutor
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.taps import Around, PortCall, tap
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.tickets import InMemoryTickets
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.watching import InMemoryTriggerIndex

Port = TypeVar("Port")
Tap = Callable[[Any, str], Any]

UNLIMITED = {"rate_limit_per_minute": 10_000, "max_sockets_per_account": 10_000}


class InMemoryEngine:
    """`orders`, `queue` and the like are the stores themselves; the use cases reach them through taps.

    Every call of a port goes through `around`, which a test may replace; `step` says who makes it. A variant
    that is known to be bad gives `execution` or `landing` a class that breaks a rule.
    """

    execution: type[ExecuteOrder] = ExecuteOrder
    landing: type[LandOrders] = LandOrders

    def __init__(self, clock: FakeClock, settings: Settings | None = None) -> None:
        self.settings = changed(settings or paper_settings(), **UNLIMITED)
        self.around: Around = lambda _call, proceed: proceed()
        self.step = ""
        self.clock = clock
        self.orders = InMemoryOrderRepository()
        self.exposures = InMemoryExposures()
        self.armed = InMemoryArmedExposures()
        self.subscriptions = InMemorySubscriptionRepository()
        self.connections = InMemoryConnections()
        self.tickets = InMemoryTickets()
        self.queue = InMemoryOrderQueue(clock)
        self.landings = InMemoryOrderQueue(clock)
        self.ledger = InMemoryLedger()
        self.gateway = RecordingPushGateway()
        self.switch = InMemoryTradingSwitch()
        self.telemetry = RecordingTelemetry()
        self.identifiers = FakeIdentifiers()
        worker = self.make_worker()
        self.acceptor = worker.accept_order
        self.reconciler = worker.reconcile_orders
        self.dead_letters = worker.handle_dead_letter
        self.publisher = worker.publish_updates
        self.issuer = worker.issue_ticket
        self.socket = worker.socket
        self.executor = self.make_executor()
        self.lander = self.make_lander()

    @contextmanager
    def acting(self, step: str) -> Iterator[None]:
        """Whatever is called meanwhile is this step's doing."""
        outer, self.step = self.step, step
        try:
            yield
        finally:
            self.step = outer

    def make_worker(self, identifiers: FakeIdentifiers | None = None, clock: Clock | None = None) -> Engine:
        """An engine as a new process has it, with a chain connection and perhaps a clock of its own."""
        return Engine(
            GivenAdapters(
                settings=self.settings,
                make_telemetry=lambda: self._tapped(self.telemetry, "Telemetry"),
                clock=self._tapped(clock or self.clock, "Clock"),
                identifiers=self._tapped(identifiers or self.identifiers, "Identifiers"),
                threads=InlineExecutor(),
                orders=self._tapped(self.orders, "OrderRepository"),
                trigger_index=self._tapped(InMemoryTriggerIndex(self.orders), "TriggerIndex"),
                exposures=self._tapped(self.exposures, "Exposures"),
                armed_exposures=self._tapped(self.armed, "ArmedExposures"),
                switch=self._tapped(self.switch, "TradingSwitch"),
                subscriptions=self._tapped(self.subscriptions, "SubscriptionRepository"),
                connections=self._tapped(self.connections, "Connections"),
                tickets=self._tapped(self.tickets, "Tickets"),
                executions=self._tapped(self.queue, "OrderQueue"),
                landings=self._tapped(self.landings, "LandingQueue"),
                gateway=self._tapped(self.gateway, "PushGateway"),
                desk=_TappedDesk(self.make_desk(), self._tapped),
            )
        )

    def make_executor(
        self, identifiers: FakeIdentifiers | None = None, *, clock: Clock | None = None
    ) -> ExecuteOrder:
        """A worker that executes orders."""
        executor = self.make_worker(identifiers, clock).execute_order
        executor.__class__ = self.execution  # it holds the same, and keeps the variant's rules
        return executor

    def make_lander(
        self, identifiers: FakeIdentifiers | None = None, *, clock: Clock | None = None
    ) -> LandOrders:
        """A worker that watches landings."""
        lander = self.make_worker(identifiers, clock).land_orders
        lander.__class__ = self.landing
        return lander

    def make_reconciler(self, clock: Clock | None = None) -> ReconcileOrders:
        """A Reconcile, perhaps with a clock of its own."""
        return self.make_worker(clock=clock).reconcile_orders

    def make_desk(self) -> TradingDesk:
        """The venues, the chain and the wallet that a worker trades with."""
        return PaperDesk(self._tapped(self.ledger, "Ledger"), self.clock, self.settings)

    def _tapped(self, port: Port, name: str) -> Port:
        return tap(port, name, self._call)

    def _call(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        return self.around(call, proceed)


class _TappedDesk:
    """A desk whose ports are behind taps; what a worker doesn't use isn't made."""

    def __init__(self, desk: TradingDesk, tapped: Tap) -> None:
        self._desk = desk
        self._tapped = tapped

    @property
    def tokens(self) -> TokenList:
        return self._desk.tokens

    @property
    def pairs(self) -> PairList:
        return self._desk.pairs

    @cached_property
    def venues(self) -> Mapping[str, Venue]:
        return {name: self._tapped(venue, "Venue") for name, venue in self._desk.venues.items()}

    @cached_property
    def prices(self) -> Prices:
        prices: Prices = self._tapped(self._desk.prices, "Prices")
        return prices

    @cached_property
    def chain(self) -> Chain:
        chain: Chain = self._tapped(self._desk.chain, "Chain")
        return chain

    @cached_property
    def signer(self) -> Signer:
        signer: Signer = self._tapped(self._desk.signer, "Signer")
        return signer

    @property
    def controls(self) -> MarketControls | None:
        return self._desk.controls
