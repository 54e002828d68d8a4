from collections.abc import Callable, Iterator

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.ledger import Ledger
from tests.fakes.paper import InMemoryLedger, paper_tables


@pytest.fixture(scope="module")
def new_table() -> Iterator[Callable[[], DynamoDbLedger]]:
    with paper_tables() as make:
        yield make


@pytest.fixture(params=["memory", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return InMemoryLedger()
    make: Callable[[], DynamoDbLedger] = request.getfixturevalue("new_table")
    return make()
