"""Open sockets in memory, with the same limits as the table's."""

import threading

from chalicelib.domain.connection import LONGEST_LIFE_MS, MOST_ACCOUNT_STREAMS, Connection
from chalicelib.errors import SocketsAtLimit
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryConnections:
    """`connections` by their ids."""

    def __init__(self, *connections: Connection) -> None:
        self.connections = {connection.connection_id: connection for connection in connections}
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def add(self, connection: Connection, most: int) -> None:
        self.interrupt("add", "before")
        with self._lock:
            self._add(connection, most)
        self.interrupt("add", "after")

    def find(self, connection_id: str) -> Connection | None:
        self.interrupt("find", "before")
        return self.connections.get(connection_id)

    def following_all(self, account: str, now: int) -> list[Connection]:
        self.interrupt("following_all", "before")
        return [other for other in self._open(account, now) if other.follows_all]

    def remove(self, connection_id: str) -> None:
        self.interrupt("remove", "before")
        self.connections.pop(connection_id, None)
        self.interrupt("remove", "after")

    def withdraw(self, connection: Connection) -> None:
        self.interrupt("withdraw", "before")
        self.connections.pop(connection.connection_id, None)
        self.interrupt("withdraw", "after")

    def _add(self, connection: Connection, most: int) -> None:
        now, account = connection.connected_at, connection.account
        others = [
            other for other in self._open(account, now) if other.connection_id != connection.connection_id
        ]
        if len(others) >= most:
            raise SocketsAtLimit(most)
        if connection.follows_all and sum(other.follows_all for other in others) >= MOST_ACCOUNT_STREAMS:
            raise SocketsAtLimit(MOST_ACCOUNT_STREAMS, follows_all=True)
        self.connections[connection.connection_id] = connection

    def _open(self, account: str, now: int) -> list[Connection]:
        return [
            connection
            for _, connection in sorted(self.connections.items())
            if connection.account == account and now - connection.connected_at <= LONGEST_LIFE_MS
        ]
