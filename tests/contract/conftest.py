"""Every port's fake and its real adapter, side by side.

A contract test takes the fixture `orders`, `subscriptions`, `queue` or `push` and runs once for each name in
STORES (or SOCKETS): the fixture <name>_orders and so on. An emulator is one more name and its fixtures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
import yaml
from moto import mock_aws

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.dynamodb.subscriptions import DynamoSubscriptionRepository
from chalicelib.adapters.sqs import SqsOrderQueue, parse_message
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import OrderQueue, OrderRepository, SubscriptionRepository
from tests.contract.scripted_client import ScriptedClient, answer_lost
from tests.fakes.clock import FakeClock
from tests.fakes.interruption import Moment, undisturbed
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.subscriptions import InMemorySubscriptionRepository

Port = TypeVar("Port")

STORES = ("memory", "moto")

RESOURCES = Path(__file__).parents[2] / "infra" / "resources.yaml"

OPERATIONS = {
    "create": ("put_item", "transact_write_items"),
    "save": ("update_item",),
    "claim_next_message": ("update_item",),
    "raise_delivered": ("update_item",),
    "finish": ("delete_item",),
}


class _CloudFormationLoader(yaml.SafeLoader):
    """Reads !Ref and its kind as their plain values."""


_CloudFormationLoader.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


def create_table(client: Any, logical_id: str) -> str:
    """Make a table as infra/resources.yaml deploys it; returns its name."""
    resources = yaml.load(RESOURCES.read_text(), _CloudFormationLoader)["Resources"]  # noqa: S506 - it is safe
    properties = resources[logical_id]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    described = {name: properties[name] for name in wanted if name in properties}
    if "StreamSpecification" in properties:
        described["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    client.create_table(TableName=logical_id.lower(), **described)
    return logical_id.lower()


@dataclass
class Store(Generic[Port]):
    """One implementation of a port; `lose_next_answer` lets a method's next call take effect unheard."""

    repository: Port
    lose_next_answer: Callable[[str], None]


@dataclass
class DynamoTable:
    """The real adapter's table, and a client between them that can be scripted."""

    client: ScriptedClient
    table: str
    clock: FakeClock = field(default_factory=FakeClock)
    jitter: list[float] = field(default_factory=lambda: [0.5] * 9)

    def image(self, **key: str) -> dict[str, Any] | None:
        """What is stored, in DynamoDB's JSON."""
        answer = self.client.get_item(
            TableName=self.table, Key={k: {"S": v} for k, v in key.items()}, ConsistentRead=True
        )
        image: dict[str, Any] | None = answer.get("Item")
        return image

    @property
    def backoff(self) -> Backoff:
        """The adapter's waits, by the table's clock and jitter."""
        return Backoff(self.clock, partial(self.jitter.pop, 0))

    def put(self, image: dict[str, Any]) -> None:
        self.client.put_item(TableName=self.table, Item=image)


def _interrupt_once(fake: Any, method: str) -> None:
    def interrupt(called: str, moment: Moment) -> None:
        if (called, moment) == (method, "after"):
            fake.interrupt = undisturbed
            raise StorageUnavailable("the answer was lost")

    fake.interrupt = interrupt


def _lose_one(client: ScriptedClient, method: str) -> None:
    for operation in OPERATIONS[method]:
        client.script(operation, answer_lost)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture
def orders_table(aws: None) -> DynamoTable:
    client = make_client("dynamodb")
    return DynamoTable(ScriptedClient(client), create_table(client, "Orders"))


@pytest.fixture
def subscriptions_table(aws: None) -> DynamoTable:
    client = make_client("dynamodb")
    return DynamoTable(ScriptedClient(client), create_table(client, "Subscriptions"))


@pytest.fixture
def accounts_table(aws: None) -> DynamoTable:
    client = make_client("dynamodb")
    return DynamoTable(ScriptedClient(client), create_table(client, "Accounts"))


@pytest.fixture
def dynamo_orders(orders_table: DynamoTable) -> DynamoOrderRepository:
    return DynamoOrderRepository(orders_table.client.as_client, orders_table.table, orders_table.backoff)


@pytest.fixture
def memory_orders() -> Store[OrderRepository]:
    fake = InMemoryOrderRepository()
    return Store(fake, partial(_interrupt_once, fake))


@pytest.fixture
def moto_orders(dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable) -> Store[OrderRepository]:
    return Store(dynamo_orders, partial(_lose_one, orders_table.client))


@pytest.fixture(params=STORES)
def orders(request: pytest.FixtureRequest) -> Store[OrderRepository]:
    store: Store[OrderRepository] = request.getfixturevalue(f"{request.param}_orders")
    return store


@pytest.fixture
def dynamo_subscriptions(subscriptions_table: DynamoTable) -> DynamoSubscriptionRepository:
    return DynamoSubscriptionRepository(
        subscriptions_table.client.as_client, subscriptions_table.table, subscriptions_table.backoff
    )


@pytest.fixture
def memory_subscriptions() -> Store[SubscriptionRepository]:
    fake = InMemorySubscriptionRepository()
    return Store(fake, partial(_interrupt_once, fake))


@pytest.fixture
def moto_subscriptions(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> Store[SubscriptionRepository]:
    return Store(dynamo_subscriptions, partial(_lose_one, subscriptions_table.client))


@pytest.fixture(params=STORES)
def subscriptions(request: pytest.FixtureRequest) -> Store[SubscriptionRepository]:
    store: Store[SubscriptionRepository] = request.getfixturevalue(f"{request.param}_subscriptions")
    return store


@dataclass
class QueueStore:
    """One implementation of OrderQueue, how to take a message out of it, and how time passes for it."""

    queue: OrderQueue
    receive: Callable[[], str | None]
    pass_time: Callable[[int], None]


@pytest.fixture
def memory_queue() -> QueueStore:
    clock = FakeClock()
    fake = InMemoryOrderQueue(clock)
    return QueueStore(fake, fake.receive, clock.advance)


@pytest.fixture
def moto_queue(aws: None) -> QueueStore:
    client = make_client("sqs")
    url = client.create_queue(QueueName="orders")["QueueUrl"]

    def receive() -> str | None:
        messages = client.receive_message(QueueUrl=url).get("Messages", [])
        return parse_message(messages[0]["Body"]) if messages else None

    return QueueStore(SqsOrderQueue(client, url), receive, SystemClock().sleep)


@pytest.fixture(params=STORES)
def queue(request: pytest.FixtureRequest) -> QueueStore:
    store: QueueStore = request.getfixturevalue(f"{request.param}_queue")
    return store
