"""Reference clients: they fold what their sockets bring, by sequence, as the README tells them."""

from dataclasses import dataclass, field
from typing import Any

FIELDS_OF_MESSAGES = {"v", "type", "orderId"}


@dataclass(eq=False)
class Socket:
    """A client's socket: it opens a while after its handshake was accepted.

    `is_deaf` once it is dead and nobody has noticed yet.
    """

    connection_id: str
    accepted_at: int | None = None
    is_open: bool = False
    is_deaf: bool = False
    messages_read: int = 0

    @property
    def hears(self) -> bool:
        return self.is_open and not self.is_deaf

    def age(self, now: int) -> int:
        return now - self.accepted_at if self.accepted_at is not None else 0


@dataclass(eq=False)
class Follower:
    """One order as a client knows it; `events` are those of its sequence 1 and on, without a gap.

    `is_asking` while the engine hasn't taken its last request. It has gone back once it asked again for
    events that it had: what comes from before that may not follow on then, and is passed over.
    """

    order_id: str
    socket: Socket
    events: list[dict[str, Any]] = field(default_factory=list)
    is_asking: bool = False
    has_gone_back: bool = False

    def fold(self, message: dict[str, Any]) -> None:
        if message["type"] == "backfill":
            events = message["logs"]
        elif message["type"] == "status_update":
            events = [{name: value for name, value in message.items() if name not in FIELDS_OF_MESSAGES}]
        else:
            events = []
        for event in events:
            expected = len(self.events) + 1
            if event["sequence"] == expected:
                self.events.append(event)
            else:
                assert event["sequence"] < expected or self.has_gone_back, "a gap"

    def go_back(self, to: int) -> None:
        """Forget what is above a sequence, to ask for it again."""
        self.has_gone_back |= to < len(self.events)
        del self.events[to:]
