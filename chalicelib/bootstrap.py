"""The composition root: the only place where adapters are made and wired.

Everything is made when it is first asked for, because every function imports app.py and a cold start should
pay only for what its function uses. For the same reason heavy adapters are imported where they are made.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import addresses
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.api.problems import Problem
from chalicelib.api.socket import SocketEndpoint
from chalicelib.config import Settings, load_settings
from chalicelib.ports import (
    OrderQueue,
    OrderRepository,
    PushGateway,
    RateLimiter,
    SubscriptionRepository,
    TradingSwitch,
    Venue,
)
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.cancel_order import CancelOrder
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.land_transaction import LandTransaction
from chalicelib.services.measure_load import MeasureLoad
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.quote_swap import QuoteSwap
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.reconcile_orders import ReconcileOrders
from chalicelib.services.subscribe import Subscribe
from chalicelib.services.venue_circuit import VenueCircuit
from chalicelib.services.watch_trading import WatchTrading
from chalicelib.telemetry import PowertoolsTelemetry

if TYPE_CHECKING:
    from chalicelib.adapters.lambda_batches import QueueBatch, StreamBatch
    from chalicelib.adapters.paper.ledger import Ledger
    from chalicelib.adapters.venues.registry import MakeVenue

QUOTE_THREADS = 8
"""Enough for every venue to be asked at once while slow ones of earlier orders are still at it."""


class Engine:
    """The wired engine: one a worker process."""

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process."""
        return load_settings()

    @cached_property
    def telemetry(self) -> PowertoolsTelemetry:
        """Logs, metrics, traces."""
        return PowertoolsTelemetry(self.settings)

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
    def accept_order(self) -> AcceptOrder:
        """POST /api/orders/execute."""
        return AcceptOrder(
            admit_order=self._admit_order,
            orders=self._orders,
            queue=self._queue,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
        )

    @cached_property
    def measure_load(self) -> MeasureLoad:
        """GET /api/health."""
        return MeasureLoad(self._trading, self._admit_order, self._queue)

    @cached_property
    def read_orders(self) -> ReadOrders:
        """GET /api/orders/{order_id}."""
        return ReadOrders(self._orders)

    @cached_property
    def cancel_order(self) -> CancelOrder:
        """DELETE /api/orders/{order_id}."""
        return CancelOrder(self._orders, self.read_orders, self._clock, self._identifiers, self.telemetry)

    @cached_property
    def quote_swap(self) -> QuoteSwap:
        """POST /api/quotes."""
        return QuoteSwap(self._quotes, self._clock, self._identifiers)

    @cached_property
    def handle_dead_letter(self) -> HandleDeadLetter:
        """What the dead-letter queue drives."""
        return HandleDeadLetter(self._orders, self._clock, self._identifiers, self.telemetry)

    @cached_property
    def reconcile_orders(self) -> ReconcileOrders:
        """What the schedule drives."""
        return ReconcileOrders(
            orders=self._orders,
            queue=self._queue,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
            average_execution_ms=self.settings.average_execution_ms,
        )

    def now(self) -> int:
        """The time, in milliseconds since the Unix epoch."""
        return self._clock.now()

    @cached_property
    def execute_order(self) -> ExecuteOrder:
        """What the orders queue drives."""
        from chalicelib.adapters.paper.chain import PaperChain  # noqa: PLC0415
        from chalicelib.adapters.paper.signer import PaperSigner  # noqa: PLC0415

        settings = self.settings
        chain = PaperChain(self._ledger, self._clock, settings)
        policy = ExecutionPolicy(
            quote_ttl_ms=settings.quote_ttl_ms,
            plausibility_bps=settings.plausibility_bps,
            landing_budget_ms=settings.landing_budget_ms,
            landing_wait_ms=settings.landing_wait_ms,
        )
        return ExecuteOrder(
            orders=self._orders,
            queue=self._queue,
            venues=self._venues,
            quotes=self._quotes,
            chain=chain,
            signer=PaperSigner(settings),
            landing=LandTransaction(
                chain, self._trading, self._clock, settings.poll_interval_ms, settings.resend_interval_ms
            ),
            trading=self._trading,
            clock=self._clock,
            identifiers=self._identifiers,
            telemetry=self.telemetry,
            policy=policy,
        )

    @cached_property
    def publish_updates(self) -> PublishUpdates:
        """What the tables' streams drive."""
        return PublishUpdates(self._orders, self._subscriptions, self._gateway, self._clock, self.telemetry)

    @cached_property
    def socket(self) -> SocketEndpoint:
        """Handshakes and messages of sockets."""
        subscribe = Subscribe(self._orders, self._subscriptions, self._clock)
        return SocketEndpoint(subscribe, lambda: self._gateway, self.report_problem)

    @cached_property
    def _admit_order(self) -> AdmitOrder:
        average = self.settings.average_execution_ms
        return AdmitOrder(self._orders, self._trading, self._limiter, self._clock, average)

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

    # Adapters

    @cached_property
    def _clock(self) -> SystemClock:
        return SystemClock()

    @cached_property
    def _identifiers(self) -> RandomIdentifiers:
        return RandomIdentifiers()

    @cached_property
    def _dynamodb(self) -> Any:
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415

        client = make_client("dynamodb")
        if self.settings.fault_table_lost_answer:
            from chalicelib.adapters.dynamodb.lost_answers import lose_answers  # noqa: PLC0415
            from chalicelib.adapters.paper.faults import Chance  # noqa: PLC0415

            lose_answers(client, self.settings.fault_table_lost_answer, Chance(self.settings.paper_seed))
        return client

    @cached_property
    def _orders(self) -> OrderRepository:
        from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository  # noqa: PLC0415

        return DynamoOrderRepository(self._dynamodb, self.settings.orders_table, self._clock)

    @cached_property
    def _switch(self) -> TradingSwitch:
        from chalicelib.adapters.dynamodb.trading import DynamoTradingSwitch  # noqa: PLC0415

        return DynamoTradingSwitch(self._dynamodb, self.settings.orders_table)

    @cached_property
    def _limiter(self) -> RateLimiter:
        from chalicelib.adapters.dynamodb.rate_limits import DynamoRateLimiter  # noqa: PLC0415

        settings = self.settings
        return DynamoRateLimiter(self._dynamodb, settings.orders_table, settings.rate_limit_per_minute)

    @cached_property
    def _subscriptions(self) -> SubscriptionRepository:
        from chalicelib.adapters.dynamodb.subscriptions import (  # noqa: PLC0415
            DynamoSubscriptionRepository,
        )

        return DynamoSubscriptionRepository(self._dynamodb, self.settings.subscriptions_table)

    @cached_property
    def _queue(self) -> OrderQueue:
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415
        from chalicelib.adapters.sqs import SqsOrderQueue  # noqa: PLC0415

        return SqsOrderQueue(make_client("sqs"), self.settings.orders_queue_url)

    @cached_property
    def _gateway(self) -> PushGateway:
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415
        from chalicelib.adapters.websocket_push import ApiGatewayPushGateway  # noqa: PLC0415

        endpoint = addresses.stream_management_endpoint(self.settings)
        return ApiGatewayPushGateway(make_client("apigatewaymanagementapi", endpoint, attempts=1))

    @cached_property
    def _ledger(self) -> "Ledger":
        from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger  # noqa: PLC0415

        return DynamoDbLedger(self._dynamodb, self.settings.paper_table)

    @cached_property
    def _venues(self) -> dict[str, Venue]:
        from chalicelib.adapters.venues.registry import PAPER_VENUES  # noqa: PLC0415

        return {name: self._guarded(make) for name, make in PAPER_VENUES.items()}

    def _guarded(self, make: "MakeVenue") -> VenueCircuit:
        return VenueCircuit(
            make(self._ledger, self._clock, self.settings),
            self._clock,
            self.telemetry,
            failures=self.settings.venue_circuit_failures,
            rest_ms=self.settings.venue_circuit_rest_ms,
            slow_ms=self.settings.quote_deadline_ms,
        )

    @cached_property
    def _quotes(self) -> GatherQuotes:
        return GatherQuotes(
            list(self._venues.values()),
            ThreadPoolExecutor(QUOTE_THREADS, thread_name_prefix="quote"),
            self._clock,
            self.settings.quote_deadline_ms,
        )
