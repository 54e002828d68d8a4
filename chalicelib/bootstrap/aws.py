"""The adapters of a deployment on AWS, each made when it is first asked for.

Every function imports app.py, and a cold start should pay only for what its function uses: heavy adapters are
imported where they are made.
"""

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.bootstrap import addresses
from chalicelib.bootstrap.limits import limits_of
from chalicelib.bootstrap.markets import tokens_of
from chalicelib.config import Market, Settings, load_settings
from chalicelib.ports import (
    AccountLimits,
    ApiKeys,
    ArmedExposures,
    Clock,
    Connections,
    Exposures,
    Identifiers,
    OrderQueue,
    OrderRepository,
    PushGateway,
    SubscriptionRepository,
    Tickets,
    TradingDesk,
    TradingSwitch,
    TriggerIndex,
    Waker,
    WatchRegistry,
)
from chalicelib.telemetry import PowertoolsTelemetry

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

    from chalicelib.adapters.dynamodb.calls import Backoff

    Client = TypeVar("Client", bound=BaseClient)

THREADS = 16
"""Enough to ask every venue while slow ones still answer for earlier orders, or to wait for hung sockets."""


class AwsAdapters:
    """The adapters of a deployment: one set per worker process.

    Settings are read from `environment`, by default the process's own; the time is `clock`'s, by default the
    system's.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, clock: Clock | None = None) -> None:
        self._environment = environment
        self._clock = clock

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process. Raises InvalidSettings, also for limits of a wrong form."""
        settings = load_settings(self._environment)
        limits_of(settings, tokens_of(settings))
        return settings

    @cached_property
    def telemetry(self) -> PowertoolsTelemetry:
        """Logs and metrics."""
        return PowertoolsTelemetry(self.settings.telemetry)

    @cached_property
    def clock(self) -> Clock:
        """The clock that all parts of the engine share."""
        return self._clock or SystemClock()

    @cached_property
    def identifiers(self) -> Identifiers:
        """Random identifiers and secrets."""
        return RandomIdentifiers()

    def _outlasting_pauses(self, client: "Client") -> "Client":
        """Return the client, whose connections are opened anew after a pause that may have closed them."""
        from chalicelib.adapters.aws_clients import close_idle_connections  # noqa: PLC0415

        close_idle_connections(client, self.clock)
        return client

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415

        client = self._outlasting_pauses(make_client("dynamodb"))
        if self.settings.fault_table_lost_answer:
            from chalicelib.adapters.chance import Chance  # noqa: PLC0415
            from chalicelib.adapters.dynamodb.lost_answers import lose_answers  # noqa: PLC0415

            lose_answers(client, self.settings.fault_table_lost_answer, Chance(self.settings.paper.seed))
        return client

    @cached_property
    def _backoff(self) -> "Backoff":
        from chalicelib.adapters.dynamodb.calls import Backoff  # noqa: PLC0415

        return Backoff(self.clock)

    @cached_property
    def orders(self) -> OrderRepository:
        """Orders, in a table."""
        from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository  # noqa: PLC0415

        return DynamoOrderRepository(self._dynamodb, self.settings.orders_table, self._backoff)

    @cached_property
    def api_keys(self) -> ApiKeys:
        """API keys, in the table of accounts."""
        from chalicelib.adapters.dynamodb.api_keys import DynamoApiKeys  # noqa: PLC0415

        return DynamoApiKeys(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def account_limits(self) -> AccountLimits:
        """Accounts' own limits, in the table of accounts."""
        from chalicelib.adapters.dynamodb.account_limits import DynamoAccountLimits  # noqa: PLC0415

        return DynamoAccountLimits(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def switch(self) -> TradingSwitch:
        """The trading switch, in the table of orders."""
        from chalicelib.adapters.dynamodb.trading import DynamoTradingSwitch  # noqa: PLC0415

        return DynamoTradingSwitch(self._dynamodb, self.settings.orders_table)

    @cached_property
    def exposures(self) -> Exposures:
        """The exposures of accounts, in the table of accounts."""
        from chalicelib.adapters.dynamodb.exposures import DynamoExposures  # noqa: PLC0415

        return DynamoExposures(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def armed_exposures(self) -> ArmedExposures:
        """The armed exposures of accounts, in the table of accounts."""
        from chalicelib.adapters.dynamodb.armed_exposures import DynamoArmedExposures  # noqa: PLC0415

        return DynamoArmedExposures(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def subscriptions(self) -> SubscriptionRepository:
        """Subscriptions of sockets, in a table."""
        from chalicelib.adapters.dynamodb.subscriptions import (  # noqa: PLC0415
            DynamoSubscriptionRepository,
        )

        return DynamoSubscriptionRepository(self._dynamodb, self.settings.subscriptions_table, self._backoff)

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets, in the table of accounts."""
        from chalicelib.adapters.dynamodb.tickets import DynamoTickets  # noqa: PLC0415

        return DynamoTickets(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def connections(self) -> Connections:
        """Open sockets, in the table of accounts."""
        from chalicelib.adapters.dynamodb.connections import DynamoConnections  # noqa: PLC0415

        return DynamoConnections(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _sqs(self) -> "SQSClient":
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415

        return self._outlasting_pauses(make_client("sqs"))

    @cached_property
    def executions(self) -> OrderQueue:
        """The queue that drives executions."""
        from chalicelib.adapters.sqs import SqsOrderQueue  # noqa: PLC0415

        return SqsOrderQueue(self._sqs, self.settings.orders_queue_url)

    @cached_property
    def landings(self) -> OrderQueue:
        """The queue that drives landings."""
        from chalicelib.adapters.sqs import SqsOrderQueue  # noqa: PLC0415

        return SqsOrderQueue(self._sqs, self.settings.landings_queue_url)

    @cached_property
    def watch_registry(self) -> WatchRegistry:
        """The registry of armed orders, in the table of orders."""
        from chalicelib.adapters.dynamodb.watch_registry import DynamoWatchRegistry  # noqa: PLC0415

        return DynamoWatchRegistry(self._dynamodb, self.settings.orders_table)

    @cached_property
    def trigger_index(self) -> TriggerIndex:
        """The indexes of armed orders, of the table of orders."""
        from chalicelib.adapters.dynamodb.trigger_index import DynamoTriggerIndex  # noqa: PLC0415

        return DynamoTriggerIndex(self._dynamodb, self.settings.orders_table)

    @cached_property
    def waker(self) -> Waker:
        """The function that watches prices, as who starts it sees it."""
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415
        from chalicelib.adapters.lambda_waker import LambdaWaker  # noqa: PLC0415

        client = self._outlasting_pauses(make_client("lambda"))
        return LambdaWaker(client, self.settings.triggers.watch_function, self.telemetry)

    @cached_property
    def gateway(self) -> PushGateway:
        """The gateway that posts messages to sockets."""
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415
        from chalicelib.adapters.websocket_push import READ_TIMEOUT, ApiGatewayPushGateway  # noqa: PLC0415

        endpoint = addresses.stream_management_endpoint(self.settings)
        client = make_client("apigatewaymanagementapi", endpoint, read_timeout=READ_TIMEOUT)
        return ApiGatewayPushGateway(self._outlasting_pauses(client))

    @cached_property
    def desk(self) -> TradingDesk:
        """The trading desk of the market that the setting MARKET names."""
        match self.settings.market:
            case Market.PAPER:
                from chalicelib.bootstrap.paper import make_desk  # noqa: PLC0415

                return make_desk(self._dynamodb, self.clock, self.settings, lambda: self.threads)
            case Market.SHADOW:
                from chalicelib.bootstrap import shadow  # noqa: PLC0415

                return shadow.make_desk(self._dynamodb, self.clock, self.settings, lambda: self.threads)

    @cached_property
    def threads(self) -> Executor:
        """The threads that ask venues, read prices or push to sockets, in parallel."""
        return ThreadPoolExecutor(THREADS, thread_name_prefix="parallel")
