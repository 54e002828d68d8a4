"""The engine: every use case with its dependencies, for app.py, operators' commands and tests.

A use case is made when it is first asked for, because a cold start should pay only for what its function
uses.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.api.problems import Problem
from chalicelib.api.socket import SocketEndpoint
from chalicelib.bootstrap import addresses, landings, streams, watching
from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.limits import limits_of
from chalicelib.bootstrap.policies import execution_policy
from chalicelib.bootstrap.venues import guarded_venues
from chalicelib.config import Settings
from chalicelib.domain.api_keys import ApiKey
from chalicelib.domain.backlog import Slots
from chalicelib.domain.limits import Limits
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList
from chalicelib.errors import RouteUnknown
from chalicelib.ports import Venue
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.amend_order import AmendOrder
from chalicelib.services.arm_order import ArmOrder
from chalicelib.services.authenticate import Authenticate
from chalicelib.services.cancel_order import CancelOrder
from chalicelib.services.check_watch import CheckWatch
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.issue_ticket import IssueTicket
from chalicelib.services.land_orders import LandOrders
from chalicelib.services.measure_load import MeasureLoad
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.quote_swap import QuoteSwap
from chalicelib.services.read_account import ReadAccount
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.reconcile_orders import ReconcileOrders
from chalicelib.services.steer_market import SteerMarket
from chalicelib.services.switch_trading import SwitchTrading
from chalicelib.services.watch_prices import WatchPrices
from chalicelib.services.watch_trading import WatchTrading
from chalicelib.telemetry import PowertoolsTelemetry

if TYPE_CHECKING:
    from chalicelib.adapters.lambda_batches import QueueBatch, StreamBatch


class Engine:
    """Makes every use case from the adapters that it is given; a worker process has one engine."""

    def __init__(self, adapters: Adapters) -> None:
        self.ports = adapters

    @property
    def settings(self) -> Settings:
        """The settings. Raises InvalidSettings."""
        return self.ports.settings

    @property
    def telemetry(self) -> PowertoolsTelemetry:
        """Logs and metrics."""
        return self.ports.telemetry

    def report_problem(self, problem: Problem, error: BaseException | None) -> None:
        """Count a problem that a client is shown, and log the error behind it, if any."""
        self.telemetry.request_refused(problem.code)
        if error is not None:
            self.telemetry.failed(problem.code, error)

    @cached_property
    def stream_url(self) -> str:
        """The WebSocket address that clients connect to."""
        return addresses.stream_url(self.settings)

    @property
    def market(self) -> str:
        """The name of the market that orders are traded on, as clients are told it."""
        return self.settings.market.value

    @property
    def tokens(self) -> TokenList:
        """The tokens that orders may name."""
        return self.ports.desk.tokens

    @property
    def pairs(self) -> PairList:
        """The pairs that can be traded."""
        return self.ports.desk.pairs

    @cached_property
    def limits(self) -> Limits:
        """The limits of an account without limits of its own. Raises InvalidSettings."""
        return limits_of(self.settings, self.tokens)

    # Use cases

    @cached_property
    def authenticate(self) -> Authenticate:
        """Resolves API keys to callers."""
        return Authenticate(self.ports.api_keys, self.ports.account_limits)

    @cached_property
    def switch_trading(self) -> SwitchTrading:
        """GET and PUT /api/admin/trading."""
        return SwitchTrading(self.ports.switch, self.ports.clock)

    @cached_property
    def steer_market(self) -> SteerMarket:
        """PUT /api/admin/paper/market and /feed. Raises RouteUnknown where nobody may move the market."""
        controls = self.ports.desk.controls
        if controls is None:
            raise RouteUnknown("Nobody may move this market")
        return SteerMarket(controls, self.pairs)

    @cached_property
    def accept_order(self) -> AcceptOrder:
        """POST /api/orders/execute."""
        return AcceptOrder(
            admit_order=self._admit_order,
            arming=lambda: self.arm_order,
            orders=self.ports.orders,
            queue=self.ports.executions,
            clock=self.ports.clock,
            identifiers=self.ports.identifiers,
            telemetry=self.telemetry,
        )

    @cached_property
    def arm_order(self) -> ArmOrder:
        """What it takes to arm an order that waits for its price."""
        return watching.arm_order(self.ports)

    @cached_property
    def measure_load(self) -> MeasureLoad:
        """GET /api/health."""
        return MeasureLoad(
            trading=self._trading,
            admit_order=self._admit_order,
            orders=self.ports.orders,
            executions=self.ports.executions,
            registry=self.ports.watch_registry,
            clock=self.ports.clock,
        )

    @cached_property
    def read_account(self) -> ReadAccount:
        """GET /api/me."""
        return ReadAccount(
            exposures=self.ports.exposures,
            orders=self.ports.orders,
            trading=self._trading,
            settings=self.limits,
            tokens=self.tokens,
            clock=self.ports.clock,
        )

    @cached_property
    def read_orders(self) -> ReadOrders:
        """GET /api/orders/{order_id}."""
        return ReadOrders(self.ports.orders, self.ports.exposures, self.ports.armed_exposures)

    @cached_property
    def issue_ticket(self) -> IssueTicket:
        """POST /api/stream-tickets, and the ticket in the answer to a new order."""
        return IssueTicket(
            read_orders=self.read_orders,
            tickets=self.ports.tickets,
            clock=self.ports.clock,
            identifiers=self.ports.identifiers,
            telemetry=self.telemetry,
            seconds=self.settings.ticket_seconds,
            is_open=self.settings.is_open,
        )

    @cached_property
    def cancel_order(self) -> CancelOrder:
        """DELETE /api/orders/{order_id}, and /api/orders."""
        return CancelOrder(
            self.ports.orders, self.read_orders, self.ports.clock, self.ports.identifiers, self.telemetry
        )

    @cached_property
    def amend_order(self) -> AmendOrder:
        """PATCH /api/orders/{order_id}."""
        return watching.amend_order(self.ports, self.read_orders, self._trading)

    @cached_property
    def quote_swap(self) -> QuoteSwap:
        """POST /api/quotes."""
        return watching.quote_swap(self.ports, self._quotes)

    @cached_property
    def handle_dead_letter(self) -> HandleDeadLetter:
        """Driven by the dead-letter queue."""
        return HandleDeadLetter(self.ports.orders, self.ports.clock, self.ports.identifiers, self.telemetry)

    @cached_property
    def reconcile_orders(self) -> ReconcileOrders:
        """Driven by the schedule, each minute."""
        return ReconcileOrders(
            orders=self.ports.orders,
            executions=self.ports.executions,
            landings=self.ports.landings,
            clock=self.ports.clock,
            identifiers=self.ports.identifiers,
            telemetry=self.telemetry,
            slots=self.slots,
        )

    @cached_property
    def watch_prices(self) -> WatchPrices:
        """Driven by the schedule, each minute, and by who arms an order."""
        return watching.watch_prices(self.ports, self._trading)

    @cached_property
    def check_watch(self) -> CheckWatch:
        """Driven by the schedule, each minute."""
        return CheckWatch(self.ports.watch_registry, self.ports.clock, self.telemetry)

    def now(self) -> int:
        """Return the time in milliseconds since the Unix epoch."""
        return self.ports.clock.now()

    @cached_property
    def execute_order(self) -> ExecuteOrder:
        """Driven by the orders queue."""
        return ExecuteOrder(
            orders=self.ports.orders,
            queue=self.ports.executions,
            executions=self._defer_execution,
            landings=self.ports.landings,
            venues=self._venues,
            quotes=self._quotes,
            threads=self.ports.threads,
            chain=self.ports.desk.chain,
            signer=self.ports.desk.signer,
            trading=self._trading,
            clock=self.ports.clock,
            identifiers=self.ports.identifiers,
            telemetry=self.telemetry,
            policy=execution_policy(self.settings),
        )

    @cached_property
    def land_orders(self) -> LandOrders:
        """Driven by the landings queue."""
        return landings.land_orders(self.ports, self._defer_execution, self._trading)

    @cached_property
    def _defer_execution(self) -> DeferOrder:
        return DeferOrder(self.ports.orders, self.ports.executions, self.ports.clock)

    @cached_property
    def slots(self) -> Slots:
        """The execution slots that work off the backlog."""
        return Slots(self.settings.executions_at_once, self.settings.average_execution_ms)

    @cached_property
    def publish_updates(self) -> PublishUpdates:
        """Driven by the streams of the orders and subscriptions tables."""
        return streams.publish_updates(self.ports, self.market)

    @cached_property
    def socket(self) -> SocketEndpoint:
        """Handles handshakes and messages of sockets."""
        return streams.socket_endpoint(self.ports, self._key_of, self.report_problem)

    def _key_of(self, text: str) -> ApiKey:
        return self.authenticate.key(text)  # made only where a handshake has a key

    @cached_property
    def _admit_order(self) -> AdmitOrder:
        return AdmitOrder(
            orders=self.ports.orders,
            exposures=self.ports.exposures,
            armed=self.ports.armed_exposures,
            trading=self._trading,
            limits=self.limits,
            tokens=self.tokens,
            pairs=self.pairs,
            clock=self.ports.clock,
            slots=self.slots,
        )

    @cached_property
    def _quotes(self) -> GatherQuotes:
        venues, deadline_ms = list(self._venues.values()), self.settings.quote_deadline_ms
        return GatherQuotes(venues, self.ports.threads, self.ports.clock, deadline_ms)

    @cached_property
    def _venues(self) -> dict[str, Venue]:
        return guarded_venues(self.ports, self.telemetry)

    @cached_property
    def _trading(self) -> WatchTrading:
        return WatchTrading(self.ports.switch, self.ports.clock)

    # What events come in

    @cached_property
    def queue_batch(self) -> "QueueBatch":
        """Handles batches of queue messages."""
        from chalicelib.adapters.lambda_batches import QueueBatch  # noqa: PLC0415

        return QueueBatch(self.telemetry)

    @cached_property
    def stream_batch(self) -> "StreamBatch":
        """Handles batches of stream records."""
        from chalicelib.adapters.lambda_batches import StreamBatch  # noqa: PLC0415

        return StreamBatch(self.telemetry)
