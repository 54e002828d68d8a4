"""Rates in memory."""

from collections import Counter

from chalicelib.domain.rate import seconds_left, window_of
from chalicelib.errors import RateLimited
from chalicelib.ports import Admission


class InMemoryRateLimiter:
    """Counts per caller and window."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: Counter[tuple[str, int]] = Counter()

    def admit(self, caller: str, now: int) -> Admission:
        window = (caller, window_of(now))
        if self._counts[window] >= self._limit:
            raise RateLimited(self._limit, seconds_left(now))
        self._counts[window] += 1
        return Admission(self._limit, self._limit - self._counts[window], seconds_left(now))
