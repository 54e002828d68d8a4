"""The registry of armed orders in memory, and a waker that keeps count."""

from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryWatchRegistry:
    """`armed` is what stands in it: each direction, and when it was last armed (ms)."""

    def __init__(self) -> None:
        self.armed: dict[str, int] = {}
        self.interrupt: Interrupt = undisturbed

    def directions(self) -> dict[str, int]:
        self.interrupt("directions", "before")
        return dict(self.armed)


class CountingWaker:
    """`wakes` counts the watchers that were asked for."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1
