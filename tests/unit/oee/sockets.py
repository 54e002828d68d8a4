"""A WebSocket server on loopback that follows a script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.unit.oee.answers import ORDER_ID

Scene = Callable[[ServerConnection], None]


class Stage:
    """Plays one scene a connection, the last one for good; keeps the handshakes and what clients said."""

    def __init__(self, *scenes: Scene) -> None:
        self._scenes = list(scenes)
        self.handshakes: list[Request] = []
        self.heard: list[dict[str, Any]] = []
        self.url = ""

    @property
    def afters(self) -> list[int]:
        """From which sequence on each connection wanted the events."""
        return [int(parse_qs(urlsplit(each.path).query)["after"][0]) for each in self.handshakes]

    def greet(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse the handshake, or not."""
        self.handshakes.append(request)
        if self._scenes[0] is not refuse:
            return None
        self._next()
        return connection.respond(HTTPStatus.NOT_FOUND, "")

    def play(self, connection: ServerConnection) -> None:
        """Serve a connection."""
        try:
            self._next()(connection)
        except ConnectionClosed:
            return

    def _next(self) -> Scene:
        return self._scenes.pop(0) if len(self._scenes) > 1 else self._scenes[0]

    def hear(self, connection: ServerConnection) -> None:
        """Keep what the client says until it goes."""
        for said in connection:
            self.heard.append(json.loads(said))


@contextmanager
def staged(*scenes: Scene) -> Iterator[Stage]:
    """A running server."""
    stage = Stage(*scenes)
    with serve(stage.play, "127.0.0.1", 0, process_request=stage.greet) as server:
        stage.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/dev?orderId={ORDER_ID}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stage
        finally:
            server.shutdown()
            thread.join()


def refuse(_connection: ServerConnection) -> None:
    """Not accept the handshake."""


def says(*messages: Any) -> Scene:
    """Say this, and then wait until the client goes."""

    def play(connection: ServerConnection) -> None:
        _send(connection, messages)
        for _ in connection:
            pass

    return play


def breaks_after(*messages: Any) -> Scene:
    """Say this, and then be cut off."""

    def play(connection: ServerConnection) -> None:
        _send(connection, messages)
        connection.socket.shutdown(2)

    return play


def backfill(*logs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The first message of a socket."""
    return {**pong(logs[-1]["sequence"], logs[-1]["status"]), "type": "backfill", "logs": logs, **changes}


def update(event: dict[str, Any]) -> dict[str, Any]:
    """An event as it is streamed."""
    return {"v": 1, "type": "status_update", "orderId": ORDER_ID, **event}


def pong(sequence: int, status: str) -> dict[str, Any]:
    """The answer to a ping."""
    return {"v": 1, "type": "pong", "orderId": ORDER_ID, "sequence": sequence, "status": status}


def _send(connection: ServerConnection, messages: tuple[Any, ...]) -> None:
    for message in messages:
        connection.send(message if isinstance(message, (str, bytes)) else json.dumps(message))
