"""The contract of the orders' repository as a state machine, on the emulator's DynamoDB."""

import pytest

from infra.local.stack import Stack
from tests.property.machines import run_machine
from tests.property.repository_machine import RepositoryMachine
from tests.property.repository_stores import DynamoStore

pytestmark = pytest.mark.e2e


@pytest.mark.promise("R2")
@pytest.mark.promise("R4")
@pytest.mark.promise("R8")
@pytest.mark.promise("R15")
def test_the_emulated_table_answers_what_is_true_of_what_it_stores(stack: Stack) -> None:
    client = stack.clients().dynamodb
    run_machine(lambda: RepositoryMachine(DynamoStore(client)), examples=8, steps=40)
