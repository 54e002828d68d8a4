"""A simulated clock that jumps from event to event, and the event source of a queue."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

Message = TypeVar("Message")
Action = Callable[[], None]


class Agenda:
    """Events in the order of their times (ms); those of one time in the order in which they were planned."""

    def __init__(self) -> None:
        self.now = 0.0
        self._planned: list[tuple[float, int, Action]] = []
        self._numbers = count()

    def after(self, delay: float, action: Action) -> None:
        """Plan an event `delay` milliseconds from now."""
        heappush(self._planned, (self.now + delay, next(self._numbers), action))

    def run(self, until: float) -> None:
        """Run the planned events up to the time `until` (ms)."""
        while self._planned and self._planned[0][0] <= until:
            self.now, _, action = heappop(self._planned)
            action()
        self.now = until


class BusyTime:
    """The total time (ms) for which the invocations of a function ran between two times."""

    def __init__(self, since: float, until: float) -> None:
        self._since, self._until = since, until
        self.total = 0.0
        self.invocations = 0

    def add(self, began: float, ended: float) -> None:
        """Count one invocation, as far as it falls between the two times."""
        if self._since <= began < self._until:
            self.invocations += 1
        self.total += max(0.0, min(ended, self._until) - max(began, self._since))

    def at_once(self) -> float:
        """Return how many invocations ran at once, on average."""
        return self.total / (self._until - self._since)


class EventSource(Generic[Message]):
    """Takes messages from a queue in batches and invokes a function with each, so many at once at most."""

    def __init__(
        self,
        agenda: Agenda,
        most_at_once: int,
        batch_size: int,
        turnaround: Callable[[], float],
        invoke: Callable[[list[Message]], None],
    ) -> None:
        self._agenda = agenda
        self._most_at_once = most_at_once
        self._batch_size = batch_size
        self._turnaround = turnaround
        self._invoke = invoke
        self._waiting: deque[Message] = deque()
        self._pollers_busy = 0
        self.running = 0
        self.most_running = 0

    def send(self, message: Message, delay: float) -> None:
        """Make a message visible after `delay` milliseconds."""
        self._agenda.after(delay, lambda: self._arrive(message))

    def finish(self) -> None:
        """End an invocation; its poller continues after the turnaround."""
        self.running -= 1
        self._agenda.after(self._turnaround(), self._go_on)

    def _arrive(self, message: Message) -> None:
        self._waiting.append(message)
        self._start()

    def _go_on(self) -> None:
        self._pollers_busy -= 1
        self._start()

    def _start(self) -> None:
        while self._waiting and self._pollers_busy < self._most_at_once:
            size = min(self._batch_size, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            self._pollers_busy += 1
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            self._invoke(batch)
