"""Wait for a condition."""

import time
from collections.abc import Callable
from typing import TypeVar

INTERVAL_SECONDS = 0.05

Seen = TypeVar("Seen")


def wait_until(look: Callable[[], Seen | None], seconds: float) -> Seen | None:
    """Call `look` every 50 ms until it returns something, and return that; None after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen is not None or time.monotonic() >= deadline:
            return seen
        time.sleep(INTERVAL_SECONDS)
