"""The patience of a client: how long it repeats requests, and its waits in between."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_WAIT = 0.25
LONGEST_WAIT = 5.0


_BEGAN = time.time()
_BEGAN_BY_MONOTONIC = time.monotonic()


def now() -> float:
    """Return the seconds since the epoch, of a clock that never goes slower than time.

    The wall's clock may be put back, and a monotonic one stands still while a laptop sleeps; but an
    Idempotency-Key doesn't live for ever. Whichever went further is right.
    """
    return _BEGAN + max(time.time() - _BEGAN, time.monotonic() - _BEGAN_BY_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Patience:
    """Repeats requests for `seconds` in all."""

    seconds: float = 60.0
    clock: Callable[[], float] = now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, failures: int) -> float:
        """Return the wait (s) after so many failures: doubled each time, up to 5 s, half of it random."""
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 10))
        return longest * (0.5 + self.chance() / 2)

    def lasts(self, until: float, wait: float = 0) -> bool:
        """Return whether a wait of this many seconds ends by `until` (s since the epoch)."""
        return self.clock() + wait <= until
