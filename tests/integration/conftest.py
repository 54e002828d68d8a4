"""The Lambda entry points of app.py, called as Lambda calls them, over fakes."""

from dataclasses import dataclass
from typing import Any

import pytest
from chalice.test import Client

import app as entry
from chalicelib.bootstrap import Engine
from chalicelib.config import load_settings
from chalicelib.telemetry import PowertoolsTelemetry
from tests.fakes.accounts import InMemoryAccountLimits, InMemoryApiKeys
from tests.fakes.adapters import GivenAdapters
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import InMemoryLedger, PaperDesk
from tests.fakes.push import RecordingPushGateway
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import InlineExecutor
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.tickets import InMemoryTickets
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.watching import InMemoryTriggerIndex, InMemoryWatchRegistry
from tests.integration.documented import assert_documented
from tests.integration.gatekeeper import Gatekeeper
from tests.integration.translated import Resources, of_chalice, of_sam

ENVIRONMENT = {
    "ORDERS_TABLE": "orders",
    "SUBSCRIPTIONS_TABLE": "subscriptions",
    "PAPER_TABLE": "paper",
    "ACCOUNTS_TABLE": "accounts",
    "AUTH_MODE": "open",
    "ORDERS_QUEUE_URL": "https://sqs.test/orders",
    "LANDINGS_QUEUE_URL": "https://sqs.test/landings",
    "STREAM_API_ID": "ws",
    "WATCH_FUNCTION": "watch",
    "STREAM_STAGE": "test",
    "CORS_ALLOWED_ORIGINS": "https://trader.example",
}


@dataclass
class Desk:
    """The fakes behind app.py, and a client in front of it."""

    clock: FakeClock
    orders: InMemoryOrderRepository
    queue: InMemoryOrderQueue
    switch: InMemoryTradingSwitch
    subscriptions: InMemorySubscriptionRepository
    gateway: RecordingPushGateway
    connections: InMemoryConnections
    tickets: InMemoryTickets
    exposures: InMemoryExposures
    keys: InMemoryApiKeys
    limits: InMemoryAccountLimits
    registry: InMemoryWatchRegistry
    client: Client
    gatekeeper: Gatekeeper

    def request(self, method: str, path: str, body: Any = "", **headers: str) -> Any:
        """One HTTP request, whose answer is what the document says; header names have _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.http.request(method, path, headers=named, body=body)
        assert_documented(method, path, answer)
        return answer


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setattr(entry, "engine", entry.engine)  # put back in the end
    return fresh_desk()


def fresh_desk(rate: int = 5, **settings: str) -> Desk:
    """New fakes behind app.py, which let a caller place `rate` orders a minute."""
    clock = FakeClock()
    read = load_settings(ENVIRONMENT | {"RATE_LIMIT_PER_MINUTE": str(rate)} | settings)
    client, gatekeeper = Client(entry.app), Gatekeeper()
    client.http._local_gateway._authorizer = gatekeeper  # noqa: SLF001 - Chalice asks for keys where we don't
    made = Desk(
        clock=clock,
        orders=InMemoryOrderRepository(),
        queue=InMemoryOrderQueue(clock),
        switch=InMemoryTradingSwitch(),
        subscriptions=InMemorySubscriptionRepository(),
        gateway=RecordingPushGateway(),
        connections=InMemoryConnections(),
        tickets=InMemoryTickets(),
        exposures=InMemoryExposures(),
        keys=InMemoryApiKeys(),
        limits=InMemoryAccountLimits(),
        registry=InMemoryWatchRegistry(),
        client=client,
        gatekeeper=gatekeeper,
    )
    adapters = GivenAdapters(
        settings=read,
        make_telemetry=lambda: PowertoolsTelemetry(read.telemetry),
        clock=clock,
        identifiers=FakeIdentifiers(),
        threads=InlineExecutor(),
        orders=made.orders,
        trigger_index=InMemoryTriggerIndex(made.orders),
        exposures=made.exposures,
        switch=made.switch,
        subscriptions=made.subscriptions,
        connections=made.connections,
        tickets=made.tickets,
        executions=made.queue,
        landings=InMemoryOrderQueue(clock),
        gateway=made.gateway,
        desk=PaperDesk(InMemoryLedger(), clock, read),
        api_keys=made.keys,
        account_limits=made.limits,
        watch_registry=made.registry,
    )
    entry.engine = Engine(adapters)
    return made


@pytest.fixture(scope="session")
def ours() -> Resources:
    """What an account gets of template.yaml, in the stage dev."""
    return of_sam("dev")


@pytest.fixture(scope="session")
def packaged(tmp_path_factory) -> Resources:
    """The same of what Chalice packages."""
    return of_chalice("dev", tmp_path_factory.mktemp("chalice"))


@pytest.fixture(params=["ours", "packaged"])
def either(request) -> Resources:
    resources: Resources = request.getfixturevalue(request.param)
    return resources
