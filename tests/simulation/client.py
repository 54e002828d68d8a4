"""A trading client that follows one order: it folds what its sockets bring, by sequence."""

import json
from collections.abc import Sequence
from typing import Any

from chalicelib.api.events import event_json
from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Order

ENVELOPE = ("v", "type", "orderId")
PING = '{"action":"ping"}'
PING_MS = 30_000
RECONNECT_MS = 1_000


class Client:
    """Keeps the order's `events` as they came, without what came twice; `gaps` counts what came too early.

    `next_call_at` (ms) is when it speaks next: to connect while it has no socket, else to ping; `told_at`
    (ms) is when it last learned something. One that `follows_all` asks for its order by name only when it
    connects again.
    """

    def __init__(self, order_id: str, now: int, *, follows_all: bool = False) -> None:
        self.order_id = order_id
        self.follows_all = follows_all
        self.connection_id: str | None = None
        self.next_call_at = now
        self.told_at = now
        self.events: list[dict[str, Any]] = []
        self.gaps = 0
        self._read = 0

    @property
    def sequence(self) -> int:
        """The last event that it has."""
        return len(self.events)

    @property
    def wish(self) -> str:
        """What it says to get what it is missing."""
        return json.dumps({"action": "subscribe", "orderId": self.order_id, "after": self.sequence})

    @property
    def is_done(self) -> bool:
        """Whether it knows how its order ended."""
        return bool(self.events) and self.events[-1]["status"] in FINAL

    def knows_all_of(self, order: Order) -> bool:
        """Whether it has exactly the order's events, and never missed one on the way."""
        told = [json.loads(json.dumps(event_json(event))) for event in order.events]
        return self.events == told and not self.gaps

    def connected(self, connection_id: str, now: int) -> None:
        self.connection_id = connection_id
        self._read = 0
        self.pinged(now)

    def pinged(self, now: int) -> None:
        self.next_call_at = now + PING_MS

    def lost(self, now: int) -> None:
        """Its socket was closed, or is dead."""
        self.connection_id = None
        self.next_call_at = now + RECONNECT_MS

    def read(self, posted: Sequence[bytes], now: int) -> int:
        """Fold what is new of all that was posted to its socket; returns how many messages that was."""
        new = posted[self._read :]
        self._read = len(posted)
        if new:
            self.told_at = now
        for message in new:
            self._fold(json.loads(message))
        return len(new)

    def _fold(self, message: dict[str, Any]) -> None:
        for event in _events(message):
            if event["sequence"] == self.sequence + 1:
                self.events.append(event)
            elif event["sequence"] > self.sequence:
                self.gaps += 1


def _events(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message["type"] == "backfill":
        return list(message["logs"])
    if message["type"] == "status_update":
        return [{field: value for field, value in message.items() if field not in ENVELOPE}]
    return []
