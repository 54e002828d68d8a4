"""Time that passes only when somebody says so."""


class FakeClock:
    """A clock that stands still; sleeping moves it on and is recorded in `sleeps` (milliseconds)."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self._now = now
        self.sleeps: list[int] = []

    def now(self) -> int:
        return self._now

    def sleep(self, milliseconds: int) -> None:
        self.sleeps.append(milliseconds)
        self._now += milliseconds

    def advance(self, milliseconds: int) -> None:
        self._now += milliseconds


class SkewedClock:
    """A clock that is `ahead` of another one by so many milliseconds, or behind it."""

    def __init__(self, clock: FakeClock, ahead: int) -> None:
        self._clock = clock
        self._ahead = ahead

    def now(self) -> int:
        return self._clock.now() + self._ahead

    def sleep(self, milliseconds: int) -> None:
        self._clock.sleep(milliseconds)
