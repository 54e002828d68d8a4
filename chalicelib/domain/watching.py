"""What stands in the registry of armed orders: what is to be watched, and whether somebody does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SILENT_MS = 60_000
"""For how long nobody looks at prices, while orders are armed, before an operator is told."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The directions with armed orders, and the last signs of life of watchers; times in ms, 0 is never.

    A direction, "<tokenIn's mint>><tokenOut's>", has the time at which an order was last armed in it.
    """

    directions: Mapping[str, int] = field(default_factory=dict)
    beat_at: int = 0
    looked_at: int = 0

    def silent_for(self, now: int) -> int:
        """Return for how long nobody has looked though something is armed; 0 below `SILENT_MS`."""
        if not self.directions:
            return 0
        silence = now - max(self.looked_at, min(self.directions.values()))
        return silence if silence >= SILENT_MS else 0
