"""What is to be watched, and whether somebody does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain.tokens import Token

SILENT_MS = 60_000
"""For how long nobody looks at prices, while orders are armed, before an operator is told."""


STALE_MS = 10_000
"""For how long nobody looks at prices, while orders are armed, before clients are told."""


class WatchState(StrEnum):
    """Whether prices are watched: nothing is armed, somebody looks, or nobody has for a while."""

    IDLE = "idle"
    WATCHING = "watching"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of a swap: from the token that is sold to the one that is bought."""

    token_in: Token
    token_out: Token


@dataclass(frozen=True, slots=True)
class Watching:
    """The directions in which orders may be armed, and the last signs of life of the watchers of prices.

    Each direction has the time at which an order was last armed in it, all times in milliseconds. A watcher
    was last there at `beat_at`, and last saw prices that count at `looked_at`; None before the first time.
    """

    directions: Mapping[Direction, int] = field(default_factory=dict)
    beat_at: int | None = None
    looked_at: int | None = None

    def look_age(self, now: int) -> int | None:
        """Return for how long (ms) nobody has seen prices that count; None while nothing is armed."""
        if not self.directions:
            return None
        return max(0, now - max(self.looked_at or 0, min(self.directions.values())))

    def state(self, now: int) -> WatchState:
        """Return whether prices are watched at `now` (ms)."""
        age = self.look_age(now)
        if age is None:
            return WatchState.IDLE
        return WatchState.STALE if age > STALE_MS else WatchState.WATCHING

    def silent_for(self, now: int) -> int:
        """Return for how long nobody has looked though something is armed; 0 below `SILENT_MS`."""
        silence = self.look_age(now) or 0
        return silence if silence >= SILENT_MS else 0
