"""What every Connections promises, and what DynamoDB's makes of faults."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from bench.stack.sizes import size_of
from chalicelib.adapters.dynamodb.connections import DynamoConnections
from chalicelib.domain.connection import LONGEST_LIFE_MS, MOST_ACCOUNT_STREAMS, Connection
from chalicelib.errors import SocketsAtLimit, StorageUnavailable
from chalicelib.ports import Connections
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, throttled, unreached
from tests.fakes.connections import InMemoryConnections

NOW = 1_700_000_000_000
MOST = 5
ONE = Connection("Zk1=", "alice", NOW, bound_to="an-order")
WIDE = Connection("wide", "alice", NOW, follows_all=True)


def some(count: int, connection: Connection = ONE) -> list[Connection]:
    return [
        replace(connection, connection_id=f"{connection.connection_id}-{number:02d}")
        for number in range(count)
    ]


@pytest.fixture
def memory_connections() -> Connections:
    return InMemoryConnections()


@pytest.fixture
def moto_connections(accounts_table: DynamoTable) -> Connections:
    return DynamoConnections(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def connections(request: pytest.FixtureRequest) -> Connections:
    store: Connections = request.getfixturevalue(f"{request.param}_connections")
    return store


def test_a_socket_is_found_as_it_was_opened(connections: Connections) -> None:
    for connection in (ONE, WIDE):
        connections.add(connection, MOST)
        assert connections.find(connection.connection_id) == connection
    assert connections.find("another") is None


def test_only_sockets_of_all_orders_are_told_of_an_account_s_orders(connections: Connections) -> None:
    for connection in (ONE, WIDE, replace(WIDE, connection_id="bobs", account="bob")):
        connections.add(connection, MOST)
    assert list(connections.following_all("alice", NOW)) == [WIDE]
    assert list(connections.following_all("nobody", NOW)) == []


def test_a_socket_too_many_is_refused_and_not_stored(connections: Connections) -> None:
    for connection in some(MOST):
        connections.add(connection, MOST)
    with pytest.raises(SocketsAtLimit) as refused:
        connections.add(WIDE, MOST)
    assert (refused.value.limit, refused.value.follows_all) == (MOST, False)
    assert connections.find("wide") is None
    assert list(connections.following_all("alice", NOW)) == []


def test_accounts_are_counted_apart(connections: Connections) -> None:
    for connection in some(MOST):
        connections.add(connection, MOST)
    connections.add(replace(ONE, connection_id="bobs", account="bob"), MOST)
    assert connections.find("bobs") is not None


def test_sockets_of_all_orders_have_a_limit_of_their_own(connections: Connections) -> None:
    most = 3 * MOST_ACCOUNT_STREAMS
    for connection in some(MOST_ACCOUNT_STREAMS, WIDE):
        connections.add(connection, most)
    with pytest.raises(SocketsAtLimit) as refused:
        connections.add(WIDE, most)
    assert (refused.value.limit, refused.value.follows_all) == (MOST_ACCOUNT_STREAMS, True)
    connections.add(ONE, most)
    assert len(connections.following_all("alice", NOW)) == MOST_ACCOUNT_STREAMS


def test_a_closed_socket_makes_room(connections: Connections) -> None:
    for connection in some(MOST, WIDE):
        connections.add(connection, MOST)
    for _ in range(2):
        connections.remove("wide-00")
    connections.add(ONE, MOST)
    assert connections.find("wide-00") is None
    assert len(connections.following_all("alice", NOW)) == MOST - 1


def test_a_socket_that_did_not_open_is_withdrawn_however_far_it_came(connections: Connections) -> None:
    for connection in some(MOST, WIDE):
        connections.add(connection, MOST)
    refused = some(1, WIDE)[0]
    for _ in range(2):
        connections.withdraw(refused)
    connections.withdraw(replace(ONE, account="nobody"))
    connections.add(ONE, MOST)
    assert connections.find(refused.connection_id) is None
    assert len(connections.following_all("alice", NOW)) == MOST - 1


def test_a_socket_that_was_counted_and_not_stored_is_withdrawn(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    accounts_table.client.script("put_item", throttled)
    with pytest.raises(StorageUnavailable):
        moto_connections.add(WIDE, MOST)
    moto_connections.withdraw(WIDE)
    assert list(moto_connections.following_all("alice", NOW)) == []


def test_of_fifty_at_once_as_many_are_stored_as_may_be(connections: Connections) -> None:
    def add(connection: Connection) -> bool:
        with suppress(SocketsAtLimit):
            connections.add(connection, MOST)
            return True
        return False

    with ThreadPoolExecutor(50) as pool:
        stored = list(pool.map(add, some(50)))
    assert sum(stored) == MOST


def test_what_nobody_removed_makes_room_once_no_socket_can_be_so_old(connections: Connections) -> None:
    for connection in [*some(MOST - 1), WIDE]:
        connections.add(connection, MOST)
    later = NOW + LONGEST_LIFE_MS
    with pytest.raises(SocketsAtLimit):
        connections.add(replace(ONE, connected_at=later), MOST)
    assert list(connections.following_all("alice", later)) == [WIDE]
    connections.add(replace(ONE, connected_at=later + 1), MOST)
    assert list(connections.following_all("alice", later + 1)) == []


@pytest.mark.parametrize("fault", [made_twice, answer_lost])
def test_the_last_free_place_is_taken_once_however_often_it_is_asked_for(
    moto_connections: Connections, accounts_table: DynamoTable, fault: Fault
) -> None:
    for connection in some(MOST - 1):
        moto_connections.add(connection, MOST)
    accounts_table.client.script("update_item", fault)
    with suppress(StorageUnavailable):
        moto_connections.add(WIDE, MOST)
    moto_connections.add(WIDE, MOST)
    assert moto_connections.find("wide") == WIDE


def test_a_full_account_is_refused_by_one_call(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    for connection in some(MOST):
        moto_connections.add(connection, MOST)
    accounts_table.client.made.clear()
    with pytest.raises(SocketsAtLimit):
        moto_connections.add(WIDE, MOST)
    assert accounts_table.client.made == ["update_item"]


def test_what_a_newer_release_wrote_is_not_guessed(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    moto_connections.add(WIDE, MOST)
    for pk in ("SOCKETS#alice", "CONNECTION#wide"):
        image = accounts_table.image(pk=pk) or {}
        accounts_table.put({**image, "v": {"N": "2"}})
    with pytest.raises(StorageUnavailable):
        moto_connections.find("wide")
    with pytest.raises(StorageUnavailable):
        moto_connections.following_all("alice", NOW)
    with pytest.raises(StorageUnavailable):
        moto_connections.add(ONE, MOST)


def test_what_is_left_behind_is_cleaned_up_after_three_hours(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    moto_connections.add(WIDE, MOST)
    for pk in ("SOCKETS#alice", "CONNECTION#wide"):
        assert (accounts_table.image(pk=pk) or {})["ttl"] == {"N": str(NOW // 1000 + 3 * 3600)}


@pytest.mark.parametrize("fault", [throttled, unreached])
def test_no_error_of_a_library_crosses_the_port(
    moto_connections: Connections, accounts_table: DynamoTable, fault: Fault
) -> None:
    for operation in ("update_item", "get_item", "delete_item"):
        accounts_table.client.script(operation, fault, fault, fault)
    calls = [
        lambda: moto_connections.add(ONE, MOST),
        lambda: moto_connections.find("wide"),
        lambda: moto_connections.following_all("alice", NOW),
        lambda: moto_connections.remove("wide"),
        lambda: moto_connections.withdraw(WIDE),
    ]
    for make in calls:
        with pytest.raises(StorageUnavailable):
            make()


def test_a_hundred_sockets_are_named_in_little_more_than_a_kilobyte(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    for connection in some(100):
        moto_connections.add(connection, 100)
    assert size_of(accounts_table.image(pk="SOCKETS#alice") or {}) < 1_300
    with pytest.raises(SocketsAtLimit):
        moto_connections.add(WIDE, 100)


def test_sockets_of_before_are_forgotten_and_those_that_follow_all_orders_are_not(
    moto_connections: Connections, accounts_table: DynamoTable
) -> None:
    earlier = {
        "pk": {"S": "SOCKETS#alice"},
        "v": {"N": "1"},
        "ttl": {"N": str(NOW // 1000)},
        "sockets": {"SS": [f"wide@{NOW}", f"Zk1=@{NOW}"]},
        "streams": {"SS": [f"wide@{NOW}"]},
    }
    accounts_table.put(earlier)
    assert list(moto_connections.following_all("alice", NOW)) == [WIDE]
    moto_connections.withdraw(ONE)
    moto_connections.add(replace(ONE, connection_id="new"), 1)
    assert "sockets" not in (accounts_table.image(pk="SOCKETS#alice") or {})
    assert list(moto_connections.following_all("alice", NOW)) == [WIDE]
    moto_connections.withdraw(WIDE)
    assert list(moto_connections.following_all("alice", NOW)) == []
