"""Sockets that keep what was posted to them."""

import json
from typing import Any

from chalicelib.errors import ConnectionGone, PushUnavailable
from tests.fakes.interruption import Interrupt, undisturbed

MESSAGE_LIMIT = 128 * 1024


class RecordingPushGateway:
    """A socket nobody has opened is gone, as API Gateway says of one that isn't open yet.

    `posted` keeps each connection's messages, also after it was closed; `attempts` every call.
    """

    def __init__(self) -> None:
        self.posted: dict[str, list[bytes]] = {}
        self.attempts: list[str] = []
        self.interrupt: Interrupt = undisturbed
        self._refusals: dict[str, int] = {}

    def open(self, connection_id: str, *, after_refusals: int = 0) -> None:
        """Open a socket; with `after_refusals` that many posts still find it not open yet."""
        self._refusals[connection_id] = after_refusals

    def close(self, connection_id: str) -> None:
        self._refusals.pop(connection_id, None)

    def post(self, connection_id: str, message: bytes) -> None:
        self.attempts.append(connection_id)
        self.interrupt("post", "before")
        if len(message) > MESSAGE_LIMIT:
            raise PushUnavailable(f"the message was {len(message)} bytes and must be at most {MESSAGE_LIMIT}")
        refusals = self._refusals.get(connection_id)
        if refusals != 0:
            if refusals:
                self._refusals[connection_id] = refusals - 1
            raise ConnectionGone(connection_id)
        self.posted.setdefault(connection_id, []).append(message)
        self.interrupt("post", "after")

    def messages(self, connection_id: str) -> list[dict[str, Any]]:
        """What was posted to a socket, read as JSON."""
        return [json.loads(message) for message in self.posted.get(connection_id, [])]
