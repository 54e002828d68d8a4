"""How long a client tries again, and how it waits."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_WAIT = 0.25
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Try again for `seconds` in all.

    The clock is the wall's: a monotonic one stands still while a laptop sleeps, and an Idempotency-Key
    doesn't live for ever.
    """

    seconds: float = 60.0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, failures: int) -> float:
        """How long to wait after so many failures: doubled each time, up to 5 s, half of it by chance."""
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 10))
        return longest * (0.5 + self.chance() / 2)

    def lasts(self, until: float, wait: float = 0) -> bool:
        """Whether it is not later than `until` after so long a wait."""
        return self.clock() + wait <= until
