"""The patience of a client: how long it repeats requests, and its waits in between."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_WAIT = 0.25
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Repeats requests for `seconds` in all.

    The clock is the wall's: a monotonic one stands still while a laptop sleeps, and an Idempotency-Key
    doesn't live for ever.
    """

    seconds: float = 60.0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, failures: int) -> float:
        """Return the wait (s) after so many failures: doubled each time, up to 5 s, half of it random."""
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 10))
        return longest * (0.5 + self.chance() / 2)

    def lasts(self, until: float, wait: float = 0) -> bool:
        """Return whether a wait of this many seconds ends by `until` (s since the epoch)."""
        return self.clock() + wait <= until
