"""The stream as a state machine over the real services, with fakes and with DynamoDB by moto.

The controls lack one thing that keeps a client from gaps.
"""

import pytest

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.subscriptions import DynamoSubscriptionRepository
from tests.contract.conftest import aws, create_table
from tests.fakes.clock import FakeClock
from tests.property.machines import Control, assert_caught, run_machine
from tests.property.planted_bugs import STREAM
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


@pytest.mark.parametrize("control", STREAM, ids=lambda control: control.name)
def test_a_stream_that_lacks_what_keeps_clients_from_gaps_is_caught(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_caught(control, monkeypatch)
