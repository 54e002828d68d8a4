"""The adapters of an engine that a test makes: fakes, but for those that it gives."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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
from tests.fakes.accounts import InMemoryAccountLimits, InMemoryApiKeys
from tests.fakes.exposures import InMemoryArmedExposures
from tests.fakes.watching import CountingWaker, InMemoryWatchRegistry


@dataclass(kw_only=True)
class GivenAdapters:
    """`Adapters` that are what a test gives. Telemetry is made when it is first asked for, as in Lambda."""

    settings: Settings
    make_telemetry: Callable[[], Any]
    clock: Clock
    identifiers: Identifiers
    threads: Executor
    orders: OrderRepository
    trigger_index: TriggerIndex
    exposures: Exposures
    switch: TradingSwitch
    subscriptions: SubscriptionRepository
    connections: Connections
    tickets: Tickets
    executions: OrderQueue
    landings: OrderQueue
    gateway: PushGateway
    desk: TradingDesk
    armed_exposures: ArmedExposures = field(default_factory=InMemoryArmedExposures)
    api_keys: ApiKeys = field(default_factory=InMemoryApiKeys)
    account_limits: AccountLimits = field(default_factory=InMemoryAccountLimits)
    watch_registry: WatchRegistry = field(default_factory=InMemoryWatchRegistry)
    waker: Waker = field(default_factory=CountingWaker)

    @cached_property
    def telemetry(self) -> Any:
        """Logs and metrics."""
        return self.make_telemetry()
