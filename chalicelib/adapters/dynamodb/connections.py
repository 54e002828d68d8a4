"""Open sockets in the accounts table: an item for each, and for each account a set of them, which is counted.

The set is written first and cleared first: what a crash leaves is an entry too many, which is dropped when
the set is full and the entry older than any socket can be.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from chalicelib.adapters.dynamodb.calls import ConditionFailed, Item, call, read_item
from chalicelib.adapters.dynamodb.schema import SCHEMA_VERSION, is_known
from chalicelib.domain.connection import LONGEST_LIFE_MS, MOST_ACCOUNT_STREAMS, Connection
from chalicelib.errors import SocketsAtLimit, StorageUnavailable

LIFETIME = 3 * 3600
"""Seconds after which what nobody removed is cleaned up."""

SOCKETS = "sockets"
STREAMS = "streams"
"""Sets of `<connection id>@<ms when it opened>`: all of an account's, and those that follow all orders."""

_NAMES = {"#v": "v", "#ttl": "ttl"}
_VERSION = {"N": str(SCHEMA_VERSION)}


class DynamoConnections:
    """Connections on DynamoDB."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, connection: Connection, most: int) -> None:
        """Count the socket among its account's, then store it.

        Raises
        ------
        SocketsAtLimit
            As many as may be are open, none of them older than a socket can be.
        StorageUnavailable
            Whether it was stored is unknown: it must not open.
        """
        try:
            self._count(connection, most)
        except ConditionFailed as failed:
            stored = _known(failed.stored[0] or {})
            if _entry(connection) not in _entries(stored, SOCKETS):  # else: made twice, after a lost answer
                self._count_in_place_of_old(connection, most, stored)
        item = {
            **_key(connection.connection_id),
            "v": _VERSION,
            "account": {"S": connection.account},
            "connected_at": {"N": str(connection.connected_at)},
            "bound_to": {"S": connection.bound_to},
            "follows_all": {"BOOL": connection.follows_all},
            "ttl": _ttl(connection),
        }
        # No condition: API Gateway never gives an id twice, and asking twice stores the same.
        call(self._client.put_item, TableName=self._table, Item=item)

    def withdraw(self, connection: Connection) -> None:
        """Forget a socket that did not open, however far `add` came with it."""
        self._drop(connection.account, {_entry(connection)})
        call(self._client.delete_item, TableName=self._table, Key=_key(connection.connection_id))

    def find(self, connection_id: str) -> Connection | None:
        """Read one socket consistently; None when there is none."""
        image = read_item(self._client, self._table, _key(connection_id))
        if image is None:
            return None
        _known(image)
        return Connection(
            connection_id=connection_id,
            account=image["account"]["S"],
            connected_at=int(image["connected_at"]["N"]),
            bound_to=image["bound_to"]["S"],
            follows_all=image["follows_all"]["BOOL"],
        )

    def following_all(self, account: str, now: int) -> Sequence[Connection]:
        """Read consistently which sockets follow all of the account's orders."""
        image = _known(read_item(self._client, self._table, _account_key(account)) or {})
        entries = sorted(_entries(image, STREAMS) - _old(image, now))
        return [
            Connection(_id(entry), account, connected_at=_opened_at(entry), follows_all=True)
            for entry in entries
        ]

    def remove(self, connection_id: str) -> None:
        """Forget a socket that was closed. Each step may be made twice."""
        connection = self.find(connection_id)
        if connection is not None:
            self.withdraw(connection)

    def _count_in_place_of_old(self, connection: Connection, most: int, stored: Item) -> None:
        old = _old(stored, connection.connected_at)
        if old:
            self._drop(connection.account, old)
            with suppress(ConditionFailed):
                self._count(connection, most)
                return
        at_limit = len(_entries(stored, SOCKETS)) >= most
        raise SocketsAtLimit(most if at_limit else MOST_ACCOUNT_STREAMS, follows_all=not at_limit)

    def _count(self, connection: Connection, most: int) -> None:
        limits = {SOCKETS: most} | ({STREAMS: MOST_ACCOUNT_STREAMS} if connection.follows_all else {})
        free = [f"(attribute_not_exists({name}) OR size({name}) < :most_{name})" for name in limits]
        call(
            self._client.update_item,
            TableName=self._table,
            Key=_account_key(connection.account),
            UpdateExpression=f"ADD {', '.join(f'{name} :entry' for name in limits)} SET #v = :v, #ttl = :ttl",
            ConditionExpression=" AND ".join([*free, "(attribute_not_exists(#v) OR #v = :v)"]),
            ExpressionAttributeNames=_NAMES,
            ExpressionAttributeValues={
                ":entry": {"SS": [_entry(connection)]},
                ":v": _VERSION,
                ":ttl": _ttl(connection),
                **{f":most_{name}": {"N": str(limit)} for name, limit in limits.items()},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def _drop(self, account: str, entries: Collection[str]) -> None:
        with suppress(ConditionFailed):  # there is no such set: nothing is left to be dropped
            call(
                self._client.update_item,
                TableName=self._table,
                Key=_account_key(account),
                UpdateExpression=f"DELETE {SOCKETS} :old, {STREAMS} :old",
                ConditionExpression="#v = :v",
                ExpressionAttributeNames={"#v": "v"},
                ExpressionAttributeValues={":old": {"SS": sorted(entries)}, ":v": _VERSION},
            )


def _key(connection_id: str) -> Item:
    return {"pk": {"S": f"CONNECTION#{connection_id}"}}


def _account_key(account: str) -> Item:
    return {"pk": {"S": f"SOCKETS#{account}"}}


def _ttl(connection: Connection) -> Item:
    return {"N": str(connection.connected_at // 1000 + LIFETIME)}


def _known(image: Item) -> Item:
    if image and not is_known(image):
        raise StorageUnavailable("The account's sockets were written by a newer release")
    return image


def _entry(connection: Connection) -> str:
    return f"{connection.connection_id}@{connection.connected_at}"


def _id(entry: str) -> str:
    return entry.rpartition("@")[0]


def _opened_at(entry: str) -> int:
    return int(entry.rpartition("@")[2])


def _entries(image: Item, name: str) -> set[str]:
    return set(image.get(name, {}).get("SS", ()))


def _old(image: Item, now: int) -> set[str]:
    return {entry for entry in _entries(image, SOCKETS) if now - _opened_at(entry) > LONGEST_LIFE_MS}
