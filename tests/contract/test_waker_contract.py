"""What every Waker promises, and what Lambda is sent."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.lambda_waker import EVENT, LambdaWaker
from chalicelib.config import TRIAL
from chalicelib.ports import Waker
from tests.contract.scripted_client import Fault, ScriptedClient, refused, throttled, unreached
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.watching import CountingWaker


class Called:
    """A waker, and how many watchers were asked for by it."""

    def __init__(self) -> None:
        self.client = ScriptedClient(make_client("lambda"))
        self.telemetry = RecordingTelemetry()
        self.waker: Waker = LambdaWaker(self.client.as_client, "stack-watch:live", self.telemetry)
        self.asked: list[dict[str, Any]] = []

    def take(self, _real: Any, arguments: dict[str, Any]) -> Any:
        """As Lambda does: it has the event, and the function is not started yet."""
        self.asked.append(arguments)
        return {"StatusCode": 202, "Payload": io.BytesIO()}


@pytest.fixture
def called(aws: None) -> Called:
    return Called()


def test_each_wake_asks_for_a_watcher(called: Called) -> None:
    fake = CountingWaker()
    called.client.script("invoke", called.take, called.take)
    for waker in (called.waker, fake):
        waker.wake()
        waker.wake()
    assert len(called.asked) == fake.wakes == 2
    assert called.telemetry.records == []


@pytest.mark.parametrize(
    "fault",
    [
        throttled,
        unreached,
        refused("ResourceNotFoundException", 404),
        refused("AccessDeniedException", 403),
        refused("ServiceException", 500),
    ],
)
def test_a_watcher_that_could_not_be_asked_for_is_told_and_nobody_fails_for_it(
    called: Called, fault: Fault
) -> None:
    called.client.script("invoke", fault)
    called.waker.wake()
    [(error,)] = called.telemetry.named("waking_failed")
    assert error


def test_an_unreachable_lambda_fails_nobody(called: Called) -> None:
    def unreachable(*_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://aws.test")

    called.client.script("invoke", unreachable)
    called.waker.wake()
    assert len(called.telemetry.named("waking_failed")) == 1


def test_lambda_is_asked_not_to_let_the_call_wait_for_the_watcher(called: Called) -> None:
    called.client.script("invoke", called.take)
    called.waker.wake()
    [asked] = called.asked
    assert (asked["FunctionName"], asked["InvocationType"]) == ("stack-watch:live", "Event")
    assert json.loads(asked["Payload"]) == EVENT
    assert EVENT["source"] not in {TRIAL, "aws.events"}
