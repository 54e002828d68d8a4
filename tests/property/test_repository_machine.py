"""The contract of the orders' repository as a state machine, over the fake and over DynamoDB by moto.

tests/e2e runs it on the emulator.
"""

import pytest

from chalicelib.adapters.aws_clients import make_client
from tests.contract.conftest import aws
from tests.property.machines import Control, assert_caught, run_machine
from tests.property.planted_bugs import REPOSITORY
from tests.property.repository_machine import RepositoryMachine
from tests.property.repository_stores import DynamoStore, MemoryStore

__all__ = ["aws"]  # a fixture

STEPS = 40


@pytest.mark.promise("R2")
@pytest.mark.promise("R4")
@pytest.mark.promise("R8")
@pytest.mark.promise("R15")
def test_the_fake_answers_what_is_true_of_what_it_stores() -> None:
    run_machine(lambda: RepositoryMachine(MemoryStore()), examples=200, steps=STEPS)


@pytest.mark.promise("R2")
@pytest.mark.promise("R4")
@pytest.mark.promise("R8")
@pytest.mark.promise("R15")
@pytest.mark.usefixtures("aws")
def test_the_table_answers_what_is_true_of_what_it_stores() -> None:
    client = make_client("dynamodb")
    run_machine(lambda: RepositoryMachine(DynamoStore(client)), examples=25, steps=STEPS)


@pytest.mark.parametrize("control", REPOSITORY, ids=lambda control: control.name)
def test_a_repository_that_lacks_a_condition_is_caught(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_caught(control, monkeypatch)
