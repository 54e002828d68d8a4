"""What was stored while executions still watched the chain is read and finished by app.py as it is now.

records/before_landing.json holds an order in each status, as that release's own code stored it, and a
message. The open orders all have `open` = "open", and there was one queue.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client
from moto import mock_aws

import app as entry
from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.order_items import order_from_image
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.sqs import message_body
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order, Status
from chalicelib.telemetry import PowertoolsTelemetry
from tests.contract.conftest import create_table
from tests.fakes.clock import FakeClock
from tests.fakes.queue import InMemoryOrderQueue
from tests.integration.test_events import schedule_event
from tests.simulation.engine import InMemoryEngine

BEFORE = json.loads((Path(__file__).parent / "records" / "before_landing.json").read_text())
IMAGES = {Status(status): image for status, image in BEFORE["orders"].items()}
OPEN = [status for status, image in IMAGES.items() if "open" in image]
ENDED = [status for status in IMAGES if status not in OPEN]


class Deployment:
    """app.py over a table of orders and queues in memory; ten seconds after the orders were accepted."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.clock.advance(10_000)
        self.dynamodb = make_client("dynamodb")
        self.table = create_table(self.dynamodb, "Orders")
        self.orders = DynamoOrderRepository(self.dynamodb, self.table, Backoff(self.clock))
        self.engine = InMemoryEngine(self.clock)
        self.engine.orders = self.orders  # type: ignore[assignment] # what a worker of it is given
        telemetry = PowertoolsTelemetry(self.engine.settings.telemetry)
        self.engine.telemetry = telemetry  # type: ignore[assignment] # likewise: app.py observes events by it
        self.client = Client(entry.app)
        entry.engine = self.engine.make_worker()

    def store(self, image: dict[str, Any]) -> Order:
        """Put what was stored before into the table."""
        self.dynamodb.put_item(TableName=self.table, Item=image)
        return order_from_image(image)

    def stored(self, order: Order) -> dict[str, Any]:
        key = {"pk": {"S": f"ORDER#{order.order_id}"}}
        image: dict[str, Any] = self.dynamodb.get_item(TableName=self.table, Key=key)["Item"]
        return image

    def deliver(self, function: str, body: str) -> None:
        """Hand a message to a function, which has to be done with it."""
        event = {"Records": [{"messageId": "m", "receiptHandle": "r", "body": body}]}
        assert self.client.lambda_.invoke(function, event).payload == {"batchItemFailures": []}

    def reconcile(self) -> None:
        self.client.lambda_.invoke("reconcile", {"source": "aws.events"} | schedule_event())

    def run(self) -> None:
        """Deliver every message as it falls due, until no queue has any."""
        queues: dict[str, InMemoryOrderQueue] = {"execute": self.engine.queue, "land": self.engine.landings}
        while due := {name: at for name, queue in queues.items() if (at := queue.next_due_at()) is not None}:
            function = min(due, key=due.__getitem__)
            self.clock.advance(max(0, due[function] - self.clock.now()))
            order_id = queues[function].receive()
            assert order_id is not None
            self.deliver(function, message_body(order_id))


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.setattr(entry, "engine", entry.engine)  # put back in the end
    with mock_aws():
        yield Deployment()


def assert_traded_once(deployment: Deployment, before: Order) -> Order:
    """The order is confirmed, has kept its history, has left the index, and one swap landed: its own."""
    image = deployment.stored(before)
    after = order_from_image(image)
    assert after.status is Status.CONFIRMED
    assert after.events[: before.version] == before.events
    assert "open" not in image
    assert after.submission is not None
    outcomes = deployment.engine.ledger.outcomes.items()
    landed = [signature for signature, outcome in outcomes if outcome.ending is Ending.LANDED]
    assert landed == [after.submission.signature]
    return after


def test_every_status_is_among_what_was_stored() -> None:
    assert set(IMAGES) == set(Status) - {Status.ARMED}, "Before, no order waited for its price"
    assert {IMAGES[status]["open"]["S"] for status in OPEN} == {"open"}
    assert [is_final(order_from_image(IMAGES[status])) for status in ENDED] == [True] * 4


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.parametrize("status", OPEN)
def test_an_order_is_finished_by_the_message_that_it_had(deployment: Deployment, status: Status) -> None:
    before = deployment.store(IMAGES[status])
    deployment.deliver("execute", BEFORE["message"])
    deployment.run()
    assert_traded_once(deployment, before)


@pytest.mark.promise("R4")
def test_what_was_signed_before_is_what_lands(deployment: Deployment) -> None:
    before = deployment.store(IMAGES[Status.SUBMITTED])
    deployment.deliver("land", BEFORE["message"])
    deployment.run()
    after = assert_traded_once(deployment, before)
    assert before.submission is not None
    assert after.submission is not None
    assert (after.attempt, after.submission.signature) == (1, before.submission.signature)


@pytest.mark.promise("R5")
@pytest.mark.parametrize("status", OPEN)
def test_an_order_without_a_message_is_found_and_finished(deployment: Deployment, status: Status) -> None:
    before = deployment.store(IMAGES[status])
    deployment.clock.advance(60_000)
    deployment.reconcile()
    sent = deployment.engine.landings if status is Status.SUBMITTED else deployment.engine.queue
    other = deployment.engine.queue if status is Status.SUBMITTED else deployment.engine.landings
    assert [message.order_id for message in sent.sent] == [before.order_id]
    assert other.sent == []
    deployment.run()
    assert_traded_once(deployment, before)


@pytest.mark.parametrize("status", ENDED)
def test_an_order_that_had_ended_stays_as_it_was(deployment: Deployment, status: Status) -> None:
    before = deployment.store(IMAGES[status])
    for function in ("execute", "land", "dead_letter"):
        deployment.deliver(function, BEFORE["message"])
    deployment.reconcile()
    deployment.run()
    assert deployment.stored(before) == IMAGES[status]
    assert deployment.engine.ledger.outcomes == {}


def test_an_order_moves_to_a_partition_of_its_own_kind_at_its_next_save(deployment: Deployment) -> None:
    before = deployment.store(IMAGES[Status.PENDING])
    deployment.deliver("execute", BEFORE["message"])
    assert deployment.stored(before)["open"]["S"].startswith("landing#")
    assert (deployment.orders.count_waiting(), deployment.orders.count_landing()) == (0, 1)
