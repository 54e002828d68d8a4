"""The engine's use cases, wired over stores in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from chalicelib.api import stream_messages
from chalicelib.api.socket import SocketEndpoint
from chalicelib.config import Settings
from chalicelib.domain.backlog import Slots
from chalicelib.domain.limits import Limits
from chalicelib.ports import Clock, TradingDesk, Venue
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.issue_ticket import IssueTicket
from chalicelib.services.land_orders import LandingPolicy, LandOrders
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.reconcile_orders import ReconcileOrders
from chalicelib.services.resolve_landing import ResolveLanding
from chalicelib.services.subscribe import Subscribe
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings
from tests.fakes.push import RecordingPushGateway
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import InlineExecutor
from tests.fakes.sockets import by_ticket_only
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.taps import Around, PortCall, tap
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.tickets import InMemoryTickets
from tests.fakes.trading import InMemoryTradingSwitch

Port = TypeVar("Port")

MOST_SOCKETS = 10_000


class InMemoryEngine:
    """`orders`, `queue` and the like are the stores themselves; the use cases reach them through taps.

    Every call of a port goes through `around`, which a test may replace; `step` says who makes it.
    """

    execution: type[ExecuteOrder] = ExecuteOrder
    landing: type[LandOrders] = LandOrders

    def __init__(self, clock: FakeClock, settings: Settings | None = None) -> None:
        self.settings = settings or paper_settings()
        self.around: Around = lambda _call, proceed: proceed()
        self.step = ""
        self.clock = clock
        self.orders = InMemoryOrderRepository()
        self.exposures = InMemoryExposures()
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
        self._wire()

    @contextmanager
    def acting(self, step: str) -> Iterator[None]:
        """Whatever is called meanwhile is this step's doing."""
        outer, self.step = self.step, step
        try:
            yield
        finally:
            self.step = outer

    def make_executor(
        self, identifiers: FakeIdentifiers | None = None, *, clock: Clock | None = None
    ) -> ExecuteOrder:
        """A worker with a chain connection of its own, and perhaps with a clock of its own."""
        desk = self.make_desk()
        own_clock: Clock = self._tapped(clock or self.clock, "Clock")
        venues: dict[str, Venue] = {name: self._tapped(venue, "Venue") for name, venue in desk.venues.items()}
        chain, settings = self._tapped(desk.chain, "Chain"), self.settings
        quotes = GatherQuotes(list(venues.values()), InlineExecutor(), own_clock, settings.quote_deadline_ms)
        return self.execution(
            orders=self._orders_port,
            queue=self._queue_port,
            executions=DeferOrder(self._orders_port, self._queue_port, own_clock),
            landings=self._landings_port,
            venues=venues,
            quotes=quotes,
            chain=chain,
            signer=self._tapped(desk.signer, "Signer"),
            trading=self.watch_trading(own_clock),
            clock=own_clock,
            identifiers=self._tapped(identifiers or self.identifiers, "Identifiers"),
            telemetry=self._telemetry_port,
            policy=ExecutionPolicy(
                quote_ttl_ms=settings.quote_ttl_ms,
                plausibility_bps=settings.plausibility_bps,
                landing_budget_ms=settings.landing_budget_ms,
                max_price_impact_bps=settings.max_price_impact_bps,
            ),
        )

    def make_lander(
        self, identifiers: FakeIdentifiers | None = None, *, clock: Clock | None = None
    ) -> LandOrders:
        """A worker that watches landings, with a chain connection and perhaps a clock of its own."""
        own_clock: Clock = self._tapped(clock or self.clock, "Clock")
        settings = self.settings
        return self.landing(
            orders=self._orders_port,
            queue=self._landings_port,
            landings=DeferOrder(self._orders_port, self._landings_port, own_clock),
            chain=self._tapped(self.make_desk().chain, "Chain"),
            resolve=ResolveLanding(
                orders=self._orders_port,
                executions=DeferOrder(self._orders_port, self._queue_port, own_clock),
                clock=own_clock,
                identifiers=self._tapped(identifiers or self.identifiers, "Identifiers"),
                telemetry=self._telemetry_port,
            ),
            trading=self.watch_trading(own_clock),
            clock=own_clock,
            telemetry=self._telemetry_port,
            policy=LandingPolicy(
                settings.landing_wait_ms, settings.poll_interval_ms, settings.resend_interval_ms
            ),
        )

    def make_desk(self) -> TradingDesk:
        """The venues, the chain and the wallet that a worker trades with."""
        return PaperDesk(self._tapped(self.ledger, "Ledger"), self.clock, self.settings)

    def make_reconciler(self, clock: Clock | None = None) -> ReconcileOrders:
        """A Reconcile, perhaps with a clock of its own."""
        return ReconcileOrders(
            orders=self._orders_port,
            executions=self._queue_port,
            landings=self._landings_port,
            clock=self._tapped(clock or self.clock, "Clock"),
            identifiers=self._identifiers_port,
            telemetry=self._telemetry_port,
            slots=Slots(self.settings.executions_at_once, self.settings.average_execution_ms),
        )

    def watch_trading(self, clock: Clock) -> WatchTrading:
        """A worker's own reading of the trading switch."""
        return WatchTrading(self._switch_port, clock)

    def _wire(self) -> None:
        self._orders_port = self._tapped(self.orders, "OrderRepository")
        self._queue_port = self._tapped(self.queue, "OrderQueue")
        self._landings_port = self._tapped(self.landings, "LandingQueue")
        self._telemetry_port = self._tapped(self.telemetry, "Telemetry")
        self._identifiers_port = self._tapped(self.identifiers, "Identifiers")
        self._switch_port = self._tapped(self.switch, "TradingSwitch")
        orders, clock = self._orders_port, self._tapped(self.clock, "Clock")
        subscriptions = self._tapped(self.subscriptions, "SubscriptionRepository")
        gateway = self._tapped(self.gateway, "PushGateway")
        exposures = self._tapped(self.exposures, "Exposures")
        admit_order = AdmitOrder(
            orders=orders,
            exposures=exposures,
            trading=self.watch_trading(clock),
            limits=Limits(10_000, self.settings.max_open_orders),
            clock=clock,
            slots=Slots(1, 0),
        )
        self.acceptor = AcceptOrder(
            admit_order=admit_order,
            orders=orders,
            queue=self._queue_port,
            clock=clock,
            identifiers=self._identifiers_port,
            telemetry=self._telemetry_port,
        )
        self.executor = self.make_executor()
        self.lander = self.make_lander()
        self.reconciler = self.make_reconciler()
        self.dead_letters = HandleDeadLetter(orders, clock, self._identifiers_port, self._telemetry_port)
        connections, tickets = (
            self._tapped(self.connections, "Connections"),
            self._tapped(self.tickets, "Tickets"),
        )
        self.publisher = PublishUpdates(
            orders=orders,
            subscriptions=subscriptions,
            connections=connections,
            gateway=gateway,
            messages=stream_messages,
            clock=clock,
            telemetry=self._telemetry_port,
        )
        self.issuer = IssueTicket(
            read_orders=ReadOrders(orders, exposures),
            tickets=tickets,
            clock=clock,
            identifiers=self._identifiers_port,
            telemetry=self._telemetry_port,
            seconds=60,
            is_open=False,
        )
        self.socket = SocketEndpoint(
            by_ticket_only(clock, tickets),
            Subscribe(
                orders=orders,
                exposures=exposures,
                subscriptions=subscriptions,
                connections=connections,
                clock=clock,
                most_sockets=MOST_SOCKETS,
            ),
            lambda: gateway,
            lambda _problem, _error: None,
        )

    def _tapped(self, port: Port, name: str) -> Port:
        return tap(port, name, self._call)

    def _call(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        return self.around(call, proceed)
