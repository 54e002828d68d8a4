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
