"""Times that clients name: RFC 3339, with a zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LEAST_WAIT_SECONDS = 60
"""Shortest time for which an order that waits can be told to wait."""

_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_EPOCH = datetime.fromtimestamp(0, UTC)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Expiries:
    """The times at which an order that waits may end: from a minute after `now` (ms) to so many days."""

    now: int
    most_days: int

    def read(self, text: str) -> int:
        """Return a time (ms since the Unix epoch).

        Raises
        ------
        ValueError
            It was none with a zone, was over or too near, or too far away.
        """
        time = _read(text)
        if time < self.now + LEAST_WAIT_SECONDS * 1000:
            raise ValueError(f"must be at least {LEAST_WAIT_SECONDS} s ahead")
        if time > self.now + self.most_days * _DAY_MS:
            raise ValueError(f"must be at most {self.most_days} days ahead")
        return time


def _read(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.upper()) if _TIME.fullmatch(text) else None
        if moment is not None:
            return (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a time with its zone, like 2026-12-24T00:00:00Z")
