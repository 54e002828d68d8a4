"""Open sockets in the accounts table: one item per socket, and per account the sets that are counted.

The sets are written first and cleared first: what a crash leaves is an entry too many, which is dropped when
a set is full and the entry older than any socket can be.
"""

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TYPE_CHECKING

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb import schema, socket_items
from chalicelib.adapters.dynamodb.calls import ConditionFailed, Item, call, read_item
from chalicelib.domain.connection import LONGEST_LIFE_MS, MOST_ACCOUNT_STREAMS, Connection
from chalicelib.errors import SocketsAtLimit, StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LIFETIME = 3 * 3600
"""Seconds after which DynamoDB deletes items that nobody removed."""

ID_BYTES, TIME_BYTES = 6, 6
"""Bytes of an entry of `opened`: those of the socket's id, then those of the time when it opened."""


class DynamoConnections:
    """Connections on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._connections = schema.bound(socket_items.ConnectionItem, table)
        self._sockets = schema.bound(socket_items.SocketsItem, table)

    def add(self, connection: Connection, most: int) -> None:
        """Count the socket as one of its account's, then store it.

        Raises
        ------
        SocketsAtLimit
            The account has as many open sockets as it may have, all of them young enough to be open.
        StorageUnavailable
            Whether it was stored is unknown: it must not open.
        """
        try:
            self._count(connection, most)
        except ConditionFailed as failed:
            stored = _known(failed.stored[0] or {})
            if _entry(connection) not in _opened(stored):  # else: made twice, after a lost answer
                self._count_in_place_of_old(connection, most, stored)
        item = self._connections(
            _key(connection.connection_id),
            v=schema.SCHEMA_VERSION,
            account=connection.account,
            connected_at=connection.connected_at,
            bound_to=connection.bound_to,
            follows_all=connection.follows_all,
            ttl=_ttl(connection),
        )
        # No condition: API Gateway never gives an id twice, and asking twice stores the same.
        call(self._client.put_item, **item.get_save_kwargs_from_instance())

    def withdraw(self, connection: Connection) -> None:
        """Remove a socket that did not open, even if `add` was interrupted halfway."""
        self._drop(connection.account, {_entry(connection)}, {_stream(connection)})
        key = {"pk": {"S": _key(connection.connection_id)}}
        call(self._client.delete_item, TableName=self._table, Key=key)

    def find(self, connection_id: str) -> Connection | None:
        """Read one socket consistently; None when there is none."""
        image = read_item(self._client, self._table, {"pk": {"S": _key(connection_id)}})
        if image is None:
            return None
        item = schema.read_image(socket_items.ConnectionItem, _known(image))
        return Connection(
            connection_id=connection_id,
            account=item.account,
            connected_at=item.connected_at,
            bound_to=item.bound_to,
            follows_all=item.follows_all,
        )

    def following_all(self, account: str, now: int) -> Sequence[Connection]:
        """Read consistently which sockets follow all of the account's orders."""
        image = read_item(self._client, self._table, {"pk": {"S": _account_key(account)}}) or {}
        entries = sorted(_streams(_known(image)) - _old_streams(image, now))
        return [
            Connection(
                entry.rpartition("@")[0], account, connected_at=_stream_opened_at(entry), follows_all=True
            )
            for entry in entries
        ]

    def remove(self, connection_id: str) -> None:
        """Remove a socket that was closed. Doing so again is harmless."""
        connection = self.find(connection_id)
        if connection is not None:
            self.withdraw(connection)

    def _count_in_place_of_old(self, connection: Connection, most: int, stored: Item) -> None:
        now = connection.connected_at
        old, old_streams = _old(stored, now), _old_streams(stored, now)
        if old or old_streams:
            self._drop(connection.account, old, old_streams)
            with suppress(ConditionFailed):
                self._count(connection, most)
                return
        at_limit = len(_opened(stored)) >= most
        raise SocketsAtLimit(most if at_limit else MOST_ACCOUNT_STREAMS, follows_all=not at_limit)

    def _count(self, connection: Connection, most: int) -> None:
        item = self._sockets
        is_known: Condition = item.v.does_not_exist() | (item.v == schema.SCHEMA_VERSION)
        within_sockets: Condition = item.opened.does_not_exist() | (size(item.opened) < most)  # type: ignore[no-untyped-call]
        condition = within_sockets & is_known
        changes: list[Action] = [
            item.opened.add({_entry(connection)}),
            item.v.set(schema.SCHEMA_VERSION),
            item.ttl.set(_ttl(connection)),
            item.sockets.remove(),
        ]
        if connection.follows_all:
            within_streams: Condition = item.streams.does_not_exist() | (
                size(item.streams) < MOST_ACCOUNT_STREAMS  # type: ignore[no-untyped-call]
            )
            condition &= within_streams
            changes.append(item.streams.add({_stream(connection)}))
        update = item(_account_key(connection.account)).get_update_kwargs_from_instance(
            changes, condition=condition, return_values_on_condition_failure=schema.ALL_OLD
        )
        call(self._client.update_item, **update)

    def _drop(self, account: str, opened: AbstractSet[bytes], streams: AbstractSet[str]) -> None:
        item = self._sockets
        changes: list[Action] = [item.opened.delete(set(opened))] if opened else []
        changes += [item.streams.delete(set(streams))] if streams else []
        update = item(_account_key(account)).get_update_kwargs_from_instance(
            changes, condition=item.v == schema.SCHEMA_VERSION
        )
        with suppress(ConditionFailed):  # there are no such sets: nothing is left to be dropped
            call(self._client.update_item, **update)


def _key(connection_id: str) -> str:
    return f"CONNECTION#{connection_id}"


def _account_key(account: str) -> str:
    return f"SOCKETS#{account}"


def _ttl(connection: Connection) -> int:
    return connection.connected_at // 1000 + LIFETIME


def _known(image: Item) -> Item:
    if image and not schema.is_known(image):
        raise StorageUnavailable("The account's sockets were written by a newer release")
    return image


def _entry(connection: Connection) -> bytes:
    digest = hashlib.sha256(connection.connection_id.encode()).digest()
    return digest[:ID_BYTES] + connection.connected_at.to_bytes(TIME_BYTES)


def _stream(connection: Connection) -> str:
    return f"{connection.connection_id}@{connection.connected_at}"


def _stream_opened_at(entry: str) -> int:
    return int(entry.rpartition("@")[2])


def _opened(image: Item) -> set[bytes]:
    return set(image.get("opened", {}).get("BS", ()))


def _streams(image: Item) -> set[str]:
    return set(image.get("streams", {}).get("SS", ()))


def _old(image: Item, now: int) -> set[bytes]:
    return {entry for entry in _opened(image) if now - int.from_bytes(entry[ID_BYTES:]) > LONGEST_LIFE_MS}


def _old_streams(image: Item, now: int) -> set[str]:
    return {entry for entry in _streams(image) if now - _stream_opened_at(entry) > LONGEST_LIFE_MS}
