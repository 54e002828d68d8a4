"""A queue in memory whose delays follow the clock."""

from dataclasses import dataclass, replace

from chalicelib.ports import Clock
from tests.fakes.interruption import Interrupt, undisturbed


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """One message: it can be received from `due_at` (milliseconds) on; `receives` counts its failures."""

    order_id: str
    due_at: int
    delay_seconds: int
    receives: int = 0


class InMemoryOrderQueue:
    """`sent` keeps every message ever sent, `waiting` those that nobody has received yet.

    What is received counts as deleted at once; `executions` is what a test says is running.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.sent: list[QueuedMessage] = []
        self.waiting: list[QueuedMessage] = []
        self.executions = 0
        self.interrupt: Interrupt = undisturbed

    def send(self, order_id: str, *, delay_seconds: int = 0) -> None:
        self.interrupt("send", "before")
        message = QueuedMessage(order_id, self._clock.now() + delay_seconds * 1000, delay_seconds)
        self.sent.append(message)
        self.waiting.append(message)
        self.interrupt("send", "after")

    def running(self) -> int:
        self.interrupt("running", "before")
        return self.executions

    def due(self) -> list[str]:
        """The orders whose messages can be received now, earliest first; they stay in the queue."""
        return [message.order_id for message in self._due()]

    def receive(self) -> str | None:
        """Take the earliest due message out, for good; None when none is due."""
        message = self.take()
        return message.order_id if message is not None else None

    def take(self) -> QueuedMessage | None:
        """Take the earliest due message out; None when none is due."""
        due = self._due()
        if not due:
            return None
        self.waiting.remove(due[0])
        return due[0]

    def give_back(self, message: QueuedMessage, due_at: int) -> None:
        """Put a message back that could not be dealt with."""
        self.waiting.append(replace(message, due_at=due_at, receives=message.receives + 1))

    def next_due_at(self) -> int | None:
        """When the next message can be received; None when the queue is empty."""
        return min((message.due_at for message in self.waiting), default=None)

    def _due(self) -> list[QueuedMessage]:
        now = self._clock.now()
        return sorted((m for m in self.waiting if m.due_at <= now), key=lambda m: m.due_at)
