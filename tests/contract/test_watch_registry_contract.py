"""The registry of armed orders, as it is read."""

import pytest

from chalicelib.adapters.dynamodb.schema import ORDER, WATCH
from chalicelib.adapters.dynamodb.watch_registry import DynamoWatchRegistry
from chalicelib.domain.watching import Watching
from chalicelib.errors import StorageUnavailable
from tests.contract.conftest import DynamoTable
from tests.fakes.watching import InMemoryWatchRegistry

ARMED = {"a>b": 1_700_000_000_000, "b>a": 1_700_000_000_001}


def item(version: str = "1") -> dict[str, object]:
    directions = {direction: {"N": str(at)} for direction, at in ARMED.items()}
    return {"pk": {"S": WATCH}, "v": {"N": version}, "directions": {"M": directions}}


def test_the_directions_are_those_that_were_armed(orders_table: DynamoTable) -> None:
    registry, fake = (
        DynamoWatchRegistry(orders_table.client.as_client, orders_table.table),
        InMemoryWatchRegistry(),
    )
    assert registry.read() == fake.read() == Watching()
    orders_table.put(item())
    fake.armed = dict(ARMED)
    assert registry.read() == fake.read() == Watching(ARMED)


def test_the_signs_of_life_are_read_where_a_watcher_has_left_some(orders_table: DynamoTable) -> None:
    orders_table.put(item() | {"beat_at": {"N": "7"}, "looked_at": {"N": "9"}})
    registry = DynamoWatchRegistry(orders_table.client.as_client, orders_table.table)
    assert registry.read() == Watching(ARMED, beat_at=7, looked_at=9)


def test_a_registry_of_a_newer_release_is_not_guessed(orders_table: DynamoTable) -> None:
    orders_table.put(item(version="2"))
    with pytest.raises(StorageUnavailable):
        DynamoWatchRegistry(orders_table.client.as_client, orders_table.table).read()


def test_the_registry_is_no_order() -> None:
    assert not WATCH.startswith(ORDER)  # the filter of the table's stream
