"""The deployed engine over moto's tables and queue, and which permissions each of its functions uses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from chalice.test import Client
from moto import mock_aws

import app as entry
from chalicelib.adapters.aws_clients import make_client, session
from chalicelib.adapters.dynamodb.order_items import order_attributes
from chalicelib.adapters.paper.condition_items import CONDITIONS
from chalicelib.adapters.paper.seed import seed_pools
from chalicelib.bootstrap import AwsAdapters, Engine
from chalicelib.domain.order import Order
from tests.contract.conftest import create_table
from tests.fakes.clock import FakeClock
from tests.integration.conftest import ENVIRONMENT
from tests.integration.gatekeeper import Gatekeeper
from tests.integration.permissions.granted import Permission

TABLES = ("Orders", "Subscriptions", "Paper", "Accounts")
GONE = "gone"
"""A connection whose id ends so is closed; every other one is open."""

QUEUES = ("orders", "landings")

_BATCHES = {"BatchGetItem", "BatchWriteItem"}
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def needed(service: str, operation: str, given: dict[str, Any]) -> Iterator[Permission]:
    """The permissions that a call needs, as AWS's authorization reference has them."""
    if service == "apigatewaymanagementapi":
        assert operation == "PostToConnection"
        yield "execute-api:ManageConnections", "StreamApi/Stage/POST/@connections/*"
    elif service == "lambda":
        assert (operation, given["InvocationType"]) == ("Invoke", "Event")
        yield "lambda:InvokeFunction", f"{given['FunctionName'].capitalize()}Aliaslive"
    elif service == "sqs":
        queue = given["QueueUrl"].rpartition("/")[2]
        yield f"sqs:{operation}", f"{queue.capitalize()}QueueArn"
    elif operation in _BATCHES:
        for table in given["RequestItems"]:
            yield f"dynamodb:{operation}", _arn(table)
    elif operation == "TransactWriteItems":
        for item in given["TransactItems"]:
            [(kind, write)] = item.items()
            yield f"dynamodb:{_IN_TRANSACTION[kind]}", _arn(write["TableName"]) + _conditions(write)
    else:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield f"dynamodb:{operation}", _arn(given["TableName"]) + index + _kind(given)


def _arn(table: str) -> str:
    return f"{table.capitalize()}TableArn"


def _kind(given: dict[str, Any]) -> str:
    """Which kind of item of the accounts table it is; the keys are kept from whom they don't concern."""
    if given["TableName"] != "accounts":
        return ""
    kind, separator, _ = (given.get("Key") or given["Item"])["pk"]["S"].partition("#")
    return f" {kind}{separator}*"


def _conditions(write: dict[str, Any]) -> str:
    """Of which kind a market's conditions are: who may write those may write no trace of a signature."""
    is_a_markets = write.get("Item", {}).get("sk") == {"S": CONDITIONS}
    return " POOLS#*" if is_a_markets else ""


@dataclass
class Site:
    """The engine, what stands around it, and what was seen of it, by function."""

    clock: FakeClock
    client: Client
    gatekeeper: Gatekeeper
    used: dict[str, set[Permission]] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)
    _function: str | None = None
    _settings: dict[str, str] = field(default_factory=dict)

    def invoke(self, function: str, handler: str, event: Any) -> Any:
        """Invoke a handler as Lambda would; its calls are the function's."""
        with self.watching(function):
            return self.client.lambda_.invoke(handler, event).payload

    def request(self, method: str, path: str, body: Any = "", **headers: str) -> Any:
        """One request to the API, whose answer is not a failure of ours."""
        named = {"Content-Type": "application/json"} | {n.replace("_", "-"): v for n, v in headers.items()}
        with self.watching("Api"):
            answer = self.client.http.request(method, path, headers=named, body=json.dumps(body).encode())
        assert answer.status_code < 500, answer.body
        return answer.json_body

    @contextmanager
    def watching(self, function: str) -> Iterator[None]:
        """The calls made within are this function's."""
        self._function = function
        try:
            yield
        finally:
            self._function = None

    @contextmanager
    def losing_answers(self, *operations: str) -> Iterator[None]:
        """The next answer of each of these operations is lost."""
        self.losing |= set(operations)
        yield
        assert not self.losing, f"{self.losing} were not called"

    def set_up(self, **settings: str) -> None:
        """Start the engine anew, as a new worker with these settings."""
        queues = {f"{name.upper()}_QUEUE_URL": _queue_url(name) for name in QUEUES}
        self._settings = ENVIRONMENT | queues | settings
        self.start_worker()

    def start_worker(self) -> Engine:
        """Start the engine anew, with the settings of before."""
        entry.engine = Engine(AwsAdapters(self._settings, self.clock))
        return entry.engine

    def note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        """Told by botocore of each call before it is made."""
        if self._function is not None:
            used = self.used.setdefault(self._function, set())
            used.update(needed(model.service_model.service_name, model.name, params))

    def lose(self, model: Any, **_: object) -> None:
        """Told by botocore of each answer."""
        if self._function is not None and model.name in self.losing:
            self.losing.discard(model.name)
            raise ReadTimeoutError(endpoint_url="moto")


def _queue_url(name: str) -> str:
    return str(make_client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


@contextmanager
def site(patch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty engine over moto, which is watched until the end."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        patch.delenv(name, raising=False)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        patch.setenv(name, "us-east-1")
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setattr(entry, "engine", entry.engine)
    with mock_aws():
        yield from _watched()


def _watched() -> Iterator[Site]:
    client = Client(entry.app)
    watched = Site(FakeClock(), client, Gatekeeper())
    client.http._local_gateway._authorizer = watched.gatekeeper  # noqa: SLF001 - as in the fixture `desk`
    hooks: dict[str, Any] = {  # botocore names what a hook is given by the event
        "before-parameter-build": watched.note,
        "after-call": watched.lose,
        "before-send.apigatewaymanagementapi": _answer_for_a_socket,
        "before-send.lambda": _taken,
    }
    for event, hook in hooks.items():
        session().register(event, hook)
    try:
        dynamodb = make_client("dynamodb")
        for table in TABLES:
            create_table(dynamodb, table)
        seed_pools(dynamodb, "paper")
        for queue in QUEUES:
            make_client("sqs").create_queue(QueueName=queue)
        watched.set_up()
        yield watched
    finally:
        for event, hook in hooks.items():
            session().unregister(event, hook)


def _answer_for_a_socket(request: Any, **_: object) -> AWSResponse:
    status = 410 if request.url.endswith(GONE) else 200
    return AWSResponse(request.url, status, HTTPHeaders(), _Empty())


def _taken(request: Any, **_: object) -> AWSResponse:
    """Lambda has the event, and no moto runs what it is for."""
    return AWSResponse(request.url, 202, HTTPHeaders(), _Empty())


class _Empty:
    """A body with nothing in it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield b""


def order_image(order: Order) -> dict[str, Any]:
    """An order as its table's stream shows it."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in order_attributes(order).items() if value is not None}
