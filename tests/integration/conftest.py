"""The Lambda entry points of app.py, called as Lambda calls them, over fakes."""

from dataclasses import dataclass
from typing import Any

import pytest
from chalice.test import Client

import app as entry
from chalicelib.config import load_settings
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import InMemoryLedger
from tests.fakes.push import RecordingPushGateway
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.rate_limits import InMemoryRateLimiter
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.trading import InMemoryTradingSwitch
from tests.integration.documented import assert_documented

ENVIRONMENT = {
    "ORDERS_TABLE": "orders",
    "SUBSCRIPTIONS_TABLE": "subscriptions",
    "PAPER_TABLE": "paper",
    "ORDERS_QUEUE_URL": "https://sqs.test/orders",
    "STREAM_API_ID": "ws",
    "STREAM_STAGE": "test",
    "CORS_ALLOWED_ORIGINS": "https://trader.example",
    "RATE_LIMIT_PER_MINUTE": "5",
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
    client: Client

    def request(self, method: str, path: str, body: Any = "", **headers: str) -> Any:
        """One HTTP request, whose answer is what the document says; header names have _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.http.request(method, path, headers=named, body=body)
        assert_documented(method, path, answer)
        return answer


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setattr(entry.engine, "__dict__", {})
    return fresh_desk()


def fresh_desk(rate: int = 5) -> Desk:
    """New fakes behind app.py, which let a caller place `rate` orders a minute."""
    clock = FakeClock()
    fakes: dict[str, Any] = {
        "settings": load_settings(ENVIRONMENT),
        "_clock": clock,
        "_identifiers": FakeIdentifiers(),
        "_orders": InMemoryOrderRepository(),
        "_queue": InMemoryOrderQueue(clock),
        "_subscriptions": InMemorySubscriptionRepository(),
        "_gateway": RecordingPushGateway(),
        "_limiter": InMemoryRateLimiter(limit=rate),
        "_switch": InMemoryTradingSwitch(),
        "_ledger": InMemoryLedger(),
    }
    entry.engine.__dict__ = fakes
    return Desk(
        clock,
        fakes["_orders"],
        fakes["_queue"],
        fakes["_switch"],
        fakes["_subscriptions"],
        fakes["_gateway"],
        Client(entry.app),
    )
