"""What every OrderQueue promises, and what the queue's messages look like."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.sqs import SqsOrderQueue, message_body, parse_message
from chalicelib.errors import MalformedMessage, QueueUnavailable, UnsupportedSchemaVersion
from tests.contract.conftest import QueueStore
from tests.contract.scripted_client import Fault, ScriptedClient, answer_lost, refused, throttled
from tests.fakes.examples import ORDER_ID
from tests.fakes.identifiers import FakeIdentifiers

OTHER_ID = FakeIdentifiers(7).order_id()


def received(store: QueueStore) -> Iterator[str]:
    while (order_id := store.receive()) is not None:
        yield order_id


def test_every_message_is_received(queue: QueueStore) -> None:
    for order_id in (ORDER_ID, OTHER_ID, ORDER_ID):
        queue.queue.send(order_id)
    assert sorted(received(queue)) == [ORDER_ID, ORDER_ID, OTHER_ID]


def test_a_delayed_message_comes_when_its_delay_is_over(queue: QueueStore) -> None:
    queue.queue.send(ORDER_ID, delay_seconds=1)
    assert list(received(queue)) == []
    queue.pass_time(1_100)
    assert list(received(queue)) == [ORDER_ID]


def test_a_message_is_an_execution_until_it_is_deleted(queue: QueueStore, moto_queue: QueueStore) -> None:
    queue.queue.send(ORDER_ID)
    assert queue.queue.running() == 0
    moto_queue.queue.send(ORDER_ID)
    moto_queue.receive()
    assert moto_queue.queue.running() == 1


def test_a_queue_that_does_not_say_what_runs_is_unavailable(aws: None) -> None:
    client = ScriptedClient(make_client("sqs"))
    client.script("get_queue_attributes", throttled)
    with pytest.raises(QueueUnavailable):
        SqsOrderQueue(client.as_client, "https://aws.test/orders").running()


@pytest.mark.parametrize(
    "fault",
    [
        throttled,
        answer_lost,
        refused("AWS.SimpleQueueService.NonExistentQueue"),
        refused("InternalError", 500),
    ],
)
def test_a_message_that_may_not_have_been_taken_is_told(aws: None, fault: Fault) -> None:
    client = ScriptedClient(make_client("sqs"))
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    client.script("send_message", fault)
    with pytest.raises(QueueUnavailable):
        SqsOrderQueue(client.as_client, url).send(ORDER_ID)


def test_an_unreachable_queue_is_unavailable(aws: None) -> None:
    def unreachable(*_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://aws.test")

    client = ScriptedClient(make_client("sqs"))
    client.script("send_message", unreachable)
    with pytest.raises(QueueUnavailable):
        SqsOrderQueue(client.as_client, "https://aws.test/orders").send(ORDER_ID)


def test_the_body_of_a_message() -> None:
    assert json.loads(message_body(ORDER_ID)) == {"v": 1, "orderId": ORDER_ID}
    assert parse_message(message_body(ORDER_ID)) == ORDER_ID
    assert parse_message(json.dumps({"v": 1, "orderId": ORDER_ID, "note": "of a later release"})) == ORDER_ID


def test_a_message_of_a_newer_release_is_refused_and_not_guessed_at() -> None:
    with pytest.raises(UnsupportedSchemaVersion):
        parse_message('{"v":2,"order":"something else"}')


@pytest.mark.promise("R11")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "poison",
        "[]",
        "null",
        "1",
        "{}",
        f'{{"orderId":"{ORDER_ID}"}}',
        f'{{"v":"1","orderId":"{ORDER_ID}"}}',
        f'{{"v":true,"orderId":"{ORDER_ID}"}}',
        f'{{"v":0,"orderId":"{ORDER_ID}"}}',
        '{"v":1}',
        '{"v":1,"orderId":7}',
        '{"v":1,"orderId":""}',
        '{"v":1,"orderId":"ORDER#1"}',
        f'{{"v":1,"orderId":"{ORDER_ID} "}}',
    ],
)
def test_a_poison_message_is_known_as_one(body: str) -> None:
    with pytest.raises(MalformedMessage):
        parse_message(body)
