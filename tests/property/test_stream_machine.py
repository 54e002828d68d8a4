"""The stream as a state machine over the real services, with fakes and with DynamoDB by moto.

The controls lack one thing that keeps a client from gaps.
"""

import pytest

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.subscriptions import DynamoSubscriptionRepository
from chalicelib.domain.order import Order, OrderEvent
from chalicelib.services.subscribe import Subscribe
from tests.contract.conftest import aws, create_table
from tests.fakes.clock import FakeClock
from tests.property.controls import RaisesWithoutCondition, TakesGoneForDone
from tests.property.machines import assert_caught, run_machine
from tests.property.stream_machine import StreamMachine

__all__ = ["aws"]  # a fixture

STEPS = 50


@pytest.mark.promise("R9")
@pytest.mark.promise("R17")
def test_whatever_befalls_the_stream_a_client_has_exactly_its_orders_events_in_the_end() -> None:
    run_machine(StreamMachine, examples=180, steps=STEPS)


@pytest.mark.promise("R9")
@pytest.mark.usefixtures("aws")
def test_so_it_has_with_the_table_s_own_conditions() -> None:
    client = make_client("dynamodb")

    def over_an_empty_table() -> StreamMachine:
        for table in client.list_tables()["TableNames"]:
            client.delete_table(TableName=table)
        return StreamMachine(
            DynamoSubscriptionRepository(client, create_table(client, "Subscriptions"), Backoff(FakeClock()))
        )

    run_machine(over_an_empty_table, examples=5, steps=STEPS)


def test_a_publisher_that_sends_single_events_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def newest_only(order: Order, _after: int) -> tuple[OrderEvent, ...]:
        return order.events[-1:]

    monkeypatch.setattr(Order, "events_above", newest_only)
    assert_caught(StreamMachine, steps=STEPS)


def test_a_delivery_that_is_recorded_without_condition_is_caught() -> None:
    assert_caught(lambda: StreamMachine(RaisesWithoutCondition()), steps=STEPS)


def test_a_socket_that_is_not_open_and_counts_as_served_is_caught() -> None:
    assert_caught(lambda: StreamMachine(gateway=TakesGoneForDone()), steps=STEPS)


def test_a_ping_that_brings_nothing_again_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Subscribe, "ping", lambda *_: [])
    assert_caught(StreamMachine, steps=STEPS)
