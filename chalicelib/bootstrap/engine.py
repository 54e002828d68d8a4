"""Every use case, wired to its adapters.

Everything is made when it is first asked for, because every function imports app.py and a cold start should
pay only for what its function uses. For the same reason heavy adapters are imported where they are made.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.api import stream_messages
from chalicelib.api.problems import Problem
from chalicelib.api.socket import SocketEndpoint
from chalicelib.bootstrap import addresses
from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.limits import limits_of
from chalicelib.domain.api_keys import ApiKey
from chalicelib.domain.backlog import Slots
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.admit_socket import AdmitSocket, SocketPolicy
from chalicelib.services.authenticate import Authenticate
from chalicelib.services.cancel_order import CancelOrder
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.issue_ticket import IssueTicket
from chalicelib.services.land_orders import LandingPolicy, LandOrders
from chalicelib.services.measure_load import MeasureLoad
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.quote_swap import QuoteSwap
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.reconcile_orders import ReconcileOrders
from chalicelib.services.resolve_landing import ResolveLanding
from chalicelib.services.subscribe import Subscribe
from chalicelib.services.switch_trading import SwitchTrading
from chalicelib.services.watch_trading import WatchTrading

if TYPE_CHECKING:
    from chalicelib.adapters.lambda_batches import QueueBatch, StreamBatch


class Engine(Adapters):
    """The wired engine: one a worker process."""

    def report_problem(self, problem: Problem, error: BaseException | None) -> None:
        """Count a problem that a client is shown, and log the error behind it where that is ours."""
        self.telemetry.request_refused(problem.code)
        if error is not None:
            self.telemetry.failed(problem.code, error)

    @cached_property
    def stream_url(self) -> str:
        """The WebSocket address that clients connect to."""
        return addresses.stream_url(self.settings)

    # Use cases

    @cached_property
    def authenticate(self) -> Authenticate:
        """What tells whose an API key is."""
        return Authenticate(self._api_keys, self._account_limits)

    @cached_property
    def switch_trading(self) -> SwitchTrading:
        """GET and PUT /api/admin/trading."""
        return SwitchTrading(self._switch, self._clock)

    @cached_property
    def accept_order(self) -> AcceptOrder:
        """POST /api/orders/execute."""
        return AcceptOrder(
            admit_order=self._admit_order,
            orders=self._orders,
            queue=self._executions,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
        )

    @cached_property
    def measure_load(self) -> MeasureLoad:
        """GET /api/health."""
        return MeasureLoad(
            trading=self._trading,
            admit_order=self._admit_order,
            orders=self._orders,
            executions=self._executions,
            clock=self._clock,
        )

    @cached_property
    def read_orders(self) -> ReadOrders:
        """GET /api/orders/{order_id}."""
        return ReadOrders(self._orders, self._exposures)

    @cached_property
    def issue_ticket(self) -> IssueTicket:
        """POST /api/stream-tickets, and what the answer to a new order opens its socket with."""
        return IssueTicket(
            read_orders=self.read_orders,
            tickets=self._tickets,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
            seconds=self.settings.ticket_seconds,
            is_open=self.settings.is_open,
        )

    @cached_property
    def cancel_order(self) -> CancelOrder:
        """DELETE /api/orders/{order_id}."""
        return CancelOrder(self._orders, self.read_orders, self._clock, self._identifiers, self.telemetry)

    @cached_property
    def quote_swap(self) -> QuoteSwap:
        """POST /api/quotes."""
        most = self.settings.max_price_impact_bps
        return QuoteSwap(self._quotes, self._clock, self._identifiers, max_price_impact_bps=most)

    @cached_property
    def handle_dead_letter(self) -> HandleDeadLetter:
        """What the dead-letter queue drives."""
        return HandleDeadLetter(self._orders, self._clock, self._identifiers, self.telemetry)

    @cached_property
    def reconcile_orders(self) -> ReconcileOrders:
        """What the schedule drives."""
        return ReconcileOrders(
            orders=self._orders,
            executions=self._executions,
            landings=self._landings,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
            slots=self._slots,
        )

    def now(self) -> int:
        """The time, in milliseconds since the Unix epoch."""
        return self._clock.now()

    @cached_property
    def execute_order(self) -> ExecuteOrder:
        """What the orders queue drives."""
        settings = self.settings
        policy = ExecutionPolicy(
            quote_ttl_ms=settings.quote_ttl_ms,
            plausibility_bps=settings.plausibility_bps,
            landing_budget_ms=settings.landing_budget_ms,
            max_price_impact_bps=settings.max_price_impact_bps,
        )
        return ExecuteOrder(
            orders=self._orders,
            queue=self._executions,
            executions=self._defer_execution,
            landings=self._landings,
            venues=self._venues,
            quotes=self._quotes,
            chain=self._desk.chain,
            signer=self._desk.signer,
            trading=self._trading,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
            policy=policy,
        )

    @cached_property
    def land_orders(self) -> LandOrders:
        """What the landings queue drives."""
        settings = self.settings
        resolve = ResolveLanding(
            orders=self._orders,
            executions=self._defer_execution,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
        )
        return LandOrders(
            orders=self._orders,
            queue=self._landings,
            landings=DeferOrder(self._orders, self._landings, self._clock),
            chain=self._desk.chain,
            resolve=resolve,
            trading=self._trading,
            clock=self._clock,
            telemetry=self.telemetry,
            policy=LandingPolicy(
                settings.landing_wait_ms, settings.poll_interval_ms, settings.resend_interval_ms
            ),
        )

    @cached_property
    def _defer_execution(self) -> DeferOrder:
        return DeferOrder(self._orders, self._executions, self._clock)

    @cached_property
    def _slots(self) -> Slots:
        return Slots(self.settings.executions_at_once, self.settings.average_execution_ms)

    @cached_property
    def publish_updates(self) -> PublishUpdates:
        """What the tables' streams drive."""
        return PublishUpdates(
            orders=self._orders,
            subscriptions=self._subscriptions,
            connections=self._connections,
            gateway=self._gateway,
            messages=stream_messages,
            clock=self._clock,
            telemetry=self.telemetry,
        )

    @cached_property
    def socket(self) -> SocketEndpoint:
        """Handshakes and messages of sockets."""
        subscribe = Subscribe(
            orders=self._orders,
            exposures=self._exposures,
            subscriptions=self._subscriptions,
            connections=self._connections,
            clock=self._clock,
            most_sockets=self.settings.max_sockets_per_account,
        )
        is_open = self.settings.is_open
        origins = self.settings.cors_allowed_origins or ({"*"} if is_open else ())
        policy = SocketPolicy(is_open, origins)
        admit = AdmitSocket(self._tickets, self._key_of, self._clock, policy)
        return SocketEndpoint(admit, subscribe, lambda: self._gateway, self.report_problem)

    def _key_of(self, text: str) -> ApiKey:
        return self.authenticate.key(text)  # made only where a handshake has a key

    @cached_property
    def _admit_order(self) -> AdmitOrder:
        return AdmitOrder(
            orders=self._orders,
            exposures=self._exposures,
            trading=self._trading,
            limits=limits_of(self.settings),
            clock=self._clock,
            slots=self._slots,
        )

    @cached_property
    def _trading(self) -> WatchTrading:
        return WatchTrading(self._switch, self._clock)

    # What events come in

    @cached_property
    def queue_batch(self) -> "QueueBatch":
        """Batches of queue messages."""
        from chalicelib.adapters.lambda_batches import QueueBatch  # noqa: PLC0415

        return QueueBatch(self.telemetry)

    @cached_property
    def stream_batch(self) -> "StreamBatch":
        """Batches of stream records."""
        from chalicelib.adapters.lambda_batches import StreamBatch  # noqa: PLC0415

        return StreamBatch(self.telemetry)
