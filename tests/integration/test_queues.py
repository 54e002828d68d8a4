"""Depths and redrives of a stack's queues, on SQS as moto plays it."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.sqs import message_body
from infra.operations.queues import Depth, Queues
from tests.contract.scripted_client import ScriptedClient, refused
from tests.fakes.identifiers import FakeIdentifiers

IDENTIFIERS = FakeIdentifiers()
BODIES = [message_body(IDENTIFIERS.order_id()) for _ in range(23)]
POISON = ["", "poison", '{"v":1}']
NEWER = '{"v":2,"order":"something else"}'


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = ScriptedClient(make_client("sqs"))
        target = ""
        for name in ("parked", "dead-letters", "orders"):
            policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 3})
            attributes = {"RedrivePolicy": policy} if target else {}
            url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
            target = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ]
        landings = client.create_queue(QueueName="landings")["QueueUrl"]
        yield Queues.found_from(client.as_client, url, landings)


def fill(queues: Queues, queue: str, *bodies: str) -> None:
    for body in bodies:
        queues.client.send_message(QueueUrl=queue, MessageBody=body or " ")


def waiting(queues: Queues) -> tuple[int, ...]:
    return tuple(depth.waiting for depth in queues.depths().values())


def test_the_queues_are_found_by_their_redrive_policies(queues: Queues) -> None:
    names = [url.rpartition("/")[2] for url in (queues.orders, queues.dead_letters, queues.parked)]
    assert names == ["orders", "dead-letters", "parked"]


def test_depths_tell_what_waits_what_is_handled_and_what_is_delayed(queues: Queues) -> None:
    fill(queues, queues.orders, *BODIES[:3])
    queues.client.receive_message(QueueUrl=queues.orders)
    queues.client.send_message(QueueUrl=queues.orders, MessageBody=BODIES[3], DelaySeconds=60)
    empty = Depth(0, 0, 0)
    assert queues.depths() == {
        "orders": Depth(2, 1, 1),
        "landings": empty,
        "dead_letters": empty,
        "parked": empty,
    }


@pytest.mark.promise("R11")
def test_every_dead_letter_and_parked_message_goes_back_to_work(queues: Queues) -> None:
    fill(queues, queues.dead_letters, *BODIES[:11])
    fill(queues, queues.parked, *BODIES[11:], NEWER)
    redriven = queues.redrive(discard=False)
    assert sorted(redriven.moved) == sorted([*BODIES, NEWER])
    assert redriven.unreadable == []
    assert waiting(queues) == (24, 0, 0, 0)


def test_a_second_redrive_moves_nothing(queues: Queues) -> None:
    fill(queues, queues.parked, *BODIES)
    queues.redrive(discard=False)
    assert queues.redrive(discard=False).moved == []
    assert waiting(queues) == (23, 0, 0, 0)


def test_what_is_none_of_ours_is_left_where_it_is_and_told(queues: Queues) -> None:
    fill(queues, queues.parked, *POISON, BODIES[0])
    redriven = queues.redrive(discard=False)
    assert redriven.moved == [BODIES[0]]
    assert len(redriven.unreadable) == 3
    depths = queues.depths()
    assert depths["orders"].waiting == 1
    assert depths["parked"] == Depth(3, 0, 0)
    assert len(queues.redrive(discard=True).unreadable) == 3


def test_what_is_none_of_ours_is_deleted_when_that_is_asked_for(queues: Queues) -> None:
    fill(queues, queues.parked, *POISON)
    assert len(queues.redrive(discard=True).unreadable) == 3
    assert queues.depths()["parked"] == Depth(0, 0, 0)


@pytest.mark.promise("R11")
@pytest.mark.parametrize("call", ["send_message", "delete_message"])
def test_a_redrive_that_is_interrupted_loses_nothing(queues: Queues, call: str) -> None:
    fill(queues, queues.parked, BODIES[0])
    assert isinstance(queues.client, ScriptedClient)
    queues.client.script(call, refused("InternalError", 500))
    with pytest.raises(ClientError):
        queues.redrive(discard=False)
    depths = queues.depths()
    assert depths["parked"].handled == 1
    assert depths["orders"].waiting == (1 if call == "delete_message" else 0)
