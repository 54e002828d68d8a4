"""The protocol of the adapters that an engine is made of."""

from concurrent.futures import Executor
from typing import Protocol

from chalicelib.config import Settings
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


class Adapters(Protocol):
    """The adapters that use cases need: AWS's in a deployment, fakes in tests."""

    @property
    def settings(self) -> Settings:
        """The settings. Raises InvalidSettings."""

    @property
    def telemetry(self) -> PowertoolsTelemetry:
        """Logs and metrics."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def identifiers(self) -> Identifiers:
        """Ids and secrets."""

    @property
    def threads(self) -> Executor:
        """The threads that ask venues in parallel."""

    @property
    def orders(self) -> OrderRepository:
        """Orders with their events."""

    @property
    def exposures(self) -> Exposures:
        """The exposures of accounts: what counts against their limits."""

    @property
    def armed_exposures(self) -> ArmedExposures:
        """The armed exposures of accounts: what counts against their limits on armed orders."""

    @property
    def switch(self) -> TradingSwitch:
        """The trading switch."""

    @property
    def api_keys(self) -> ApiKeys:
        """API keys."""

    @property
    def account_limits(self) -> AccountLimits:
        """Accounts' own limits."""

    @property
    def subscriptions(self) -> SubscriptionRepository:
        """Subscriptions of sockets."""

    @property
    def connections(self) -> Connections:
        """Open sockets."""

    @property
    def tickets(self) -> Tickets:
        """Tickets that open sockets."""

    @property
    def executions(self) -> OrderQueue:
        """The queue that drives executions."""

    @property
    def landings(self) -> OrderQueue:
        """The queue that drives landings."""

    @property
    def watch_registry(self) -> WatchRegistry:
        """The directions in which orders may be armed."""

    @property
    def trigger_index(self) -> TriggerIndex:
        """Finds armed orders by what they wait for."""

    @property
    def waker(self) -> Waker:
        """Starts a watcher of prices."""

    @property
    def gateway(self) -> PushGateway:
        """The gateway that posts messages to sockets."""

    @property
    def desk(self) -> TradingDesk:
        """The trading desk: the market's venues, chain and wallet."""
