"""An account's rate: a count in each minute of the clock."""

WINDOW_SECONDS = 60
"""The length of a window."""


def window_of(now: int) -> int:
    """The number of the window that `now` (ms) falls into."""
    return now // (WINDOW_SECONDS * 1000)


def seconds_left(now: int) -> int:
    """Seconds until the next window begins, rounded up: at least 1."""
    return -(-((window_of(now) + 1) * WINDOW_SECONDS * 1000 - now) // 1000)
