"""Every adapter, made when it is first asked for; heavy ones are imported where they are made."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.bootstrap import addresses
from chalicelib.bootstrap.limits import limits_of
from chalicelib.config import Market, Settings, load_settings
from chalicelib.ports import (
    AccountLimits,
    ApiKeys,
    Connections,
    Exposures,
    OrderQueue,
    OrderRepository,
    PushGateway,
    SubscriptionRepository,
    Tickets,
    TradingDesk,
    TradingSwitch,
    Venue,
)
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.venue_circuit import VenueCircuit
from chalicelib.telemetry import PowertoolsTelemetry

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.calls import Backoff

QUOTE_THREADS = 8
"""Enough for every venue to be asked at once while slow ones of earlier orders are still at it."""


class Adapters:
    """What the use cases are wired to: one set a worker process."""

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process. Raises InvalidSettings, also of limits that nobody could have."""
        settings = load_settings()
        limits_of(settings)
        return settings

    @cached_property
    def telemetry(self) -> PowertoolsTelemetry:
        """Logs and metrics."""
        return PowertoolsTelemetry(self.settings.telemetry)

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
            from chalicelib.adapters.chance import Chance  # noqa: PLC0415
            from chalicelib.adapters.dynamodb.lost_answers import lose_answers  # noqa: PLC0415

            lose_answers(client, self.settings.fault_table_lost_answer, Chance(self.settings.paper.seed))
        return client

    @cached_property
    def _backoff(self) -> "Backoff":
        from chalicelib.adapters.dynamodb.calls import Backoff  # noqa: PLC0415

        return Backoff(self._clock)

    @cached_property
    def _orders(self) -> OrderRepository:
        from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository  # noqa: PLC0415

        return DynamoOrderRepository(self._dynamodb, self.settings.orders_table, self._backoff)

    @cached_property
    def _api_keys(self) -> ApiKeys:
        from chalicelib.adapters.dynamodb.api_keys import DynamoApiKeys  # noqa: PLC0415

        return DynamoApiKeys(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _account_limits(self) -> AccountLimits:
        from chalicelib.adapters.dynamodb.account_limits import DynamoAccountLimits  # noqa: PLC0415

        return DynamoAccountLimits(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _switch(self) -> TradingSwitch:
        from chalicelib.adapters.dynamodb.trading import DynamoTradingSwitch  # noqa: PLC0415

        return DynamoTradingSwitch(self._dynamodb, self.settings.orders_table)

    @cached_property
    def _exposures(self) -> Exposures:
        from chalicelib.adapters.dynamodb.exposures import DynamoExposures  # noqa: PLC0415

        return DynamoExposures(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _subscriptions(self) -> SubscriptionRepository:
        from chalicelib.adapters.dynamodb.subscriptions import (  # noqa: PLC0415
            DynamoSubscriptionRepository,
        )

        return DynamoSubscriptionRepository(self._dynamodb, self.settings.subscriptions_table, self._backoff)

    @cached_property
    def _tickets(self) -> Tickets:
        from chalicelib.adapters.dynamodb.tickets import DynamoTickets  # noqa: PLC0415

        return DynamoTickets(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _connections(self) -> Connections:
        from chalicelib.adapters.dynamodb.connections import DynamoConnections  # noqa: PLC0415

        return DynamoConnections(self._dynamodb, self.settings.accounts_table)

    @cached_property
    def _sqs(self) -> Any:
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415

        return make_client("sqs")

    @cached_property
    def _executions(self) -> OrderQueue:
        from chalicelib.adapters.sqs import SqsOrderQueue  # noqa: PLC0415

        return SqsOrderQueue(self._sqs, self.settings.orders_queue_url)

    @cached_property
    def _landings(self) -> OrderQueue:
        from chalicelib.adapters.sqs import SqsOrderQueue  # noqa: PLC0415

        return SqsOrderQueue(self._sqs, self.settings.landings_queue_url)

    @cached_property
    def _gateway(self) -> PushGateway:
        from chalicelib.adapters.aws_clients import make_client  # noqa: PLC0415
        from chalicelib.adapters.websocket_push import ApiGatewayPushGateway  # noqa: PLC0415

        endpoint = addresses.stream_management_endpoint(self.settings)
        return ApiGatewayPushGateway(make_client("apigatewaymanagementapi", endpoint, attempts=1))

    @cached_property
    def _desk(self) -> TradingDesk:
        match self.settings.market:
            case Market.PAPER:
                from chalicelib.bootstrap.paper import make_desk  # noqa: PLC0415

                return make_desk(self._dynamodb, self._clock, self.settings)

    @cached_property
    def _venues(self) -> dict[str, Venue]:
        return {name: self._guarded(venue) for name, venue in self._desk.venues.items()}

    def _guarded(self, venue: Venue) -> VenueCircuit:
        return VenueCircuit(
            venue,
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
