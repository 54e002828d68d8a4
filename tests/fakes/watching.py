"""The registry of armed orders in memory, and a waker that keeps count."""

from chalicelib.domain.watching import Watching
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryWatchRegistry:
    """`armed` has each direction, and when it was last armed (ms); `looked_at` is when somebody looked."""

    def __init__(self) -> None:
        self.armed: dict[str, int] = {}
        self.beat_at = self.looked_at = 0
        self.interrupt: Interrupt = undisturbed

    def read(self) -> Watching:
        self.interrupt("read", "before")
        return Watching(dict(self.armed), self.beat_at, self.looked_at)


class CountingWaker:
    """`wakes` counts the watchers that were asked for."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1
