"""What drives functions: queues whose messages come again, streams that are read in order."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from chalicelib.errors import EngineError
from tests.fakes.queue import InMemoryOrderQueue, QueuedMessage

MAX_RECEIVES = 6
"""How often a message may fail, as infra/resources.yaml has it."""

STREAM_RETRIES = 5
"""How often a batch of a stream comes again, as template.yaml has it."""

Record = TypeVar("Record")


class Crash(BaseException):
    """A worker that dies: nothing in the engine catches it."""


class LandingFailed(Exception):
    """A landing named this order's message as one that must come again."""


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A queue whose messages `step` handles; one that failed three times goes to `set_aside`.

    `message` is what people call one.
    """

    step: str
    message: str
    queue: InMemoryOrderQueue
    visibility_ms: int
    handle: Callable[[str], object]
    set_aside: Callable[[str], object]

    @property
    def due_at(self) -> float:
        """When (ms) its next message can be received."""
        return min((message.due_at for message in self.queue.waiting), default=inf)

    def deliver(self, message: QueuedMessage, now: int) -> None:
        """Handle a message that was received `now`."""
        try:
            self.handle(message.order_id)
        except (EngineError, LandingFailed, Crash):
            if message.receives + 1 < MAX_RECEIVES:
                self.queue.give_back(message, now + self.visibility_ms)
            else:
                self.set_aside(message.order_id)


class StreamSource(Generic[Record]):
    """A stream of `records` with its one reader, which names the orders whose records must come again.

    `failures` counts how often the batch at hand has failed.
    """

    def __init__(
        self,
        records: list[Record],
        consume: Callable[[Sequence[Record]], Collection[str]],
        order_id: Callable[[Record], str],
    ) -> None:
        self.records = records
        self.failures = 0
        self._consume = consume
        self._order_id = order_id

    def read(self) -> None:
        """Hand over all that there is, in order; a batch that fails too often is set aside."""
        batch = list(self.records)
        done = self._handed_over(batch) if batch else 0
        self.failures = 0 if done == len(batch) else self.failures + 1
        if self.failures > STREAM_RETRIES:
            self.failures, done = 0, len(batch)
        del self.records[:done]

    def _handed_over(self, batch: Sequence[Record]) -> int:
        """How many records are done with: the stream comes again from the first failed one on."""
        try:
            failed = self._consume(batch)
        except Crash:
            return 0
        return next((n for n, record in enumerate(batch) if self._order_id(record) in failed), len(batch))
