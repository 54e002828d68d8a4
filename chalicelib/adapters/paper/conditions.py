"""The conditions of a venue's market of a pair: the path of its price, and the feed that its quotes read."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.adapters.paper.path import STRAIGHT, Path
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.steering import FeedState


@dataclass(frozen=True, slots=True)
class Feed:
    """A state of a feed from the height `since` until, and without, the height `until`; None has no end.

    `pools` are what a stale feed goes on showing: the pools as they were stored at `since`. `bps` is how far
    the quotes of a lying one are off.
    """

    state: FeedState = FeedState.OK
    since: int = 0
    until: int | None = None
    bps: int = 0
    pools: tuple[StoredPool, ...] = ()

    def at(self, height: int) -> "Feed":
        """Return the feed at a height: this one in its time, a true one before and after it."""
        has_begun, is_over = self.since <= height, self.until is not None and height >= self.until
        return self if has_begun and not is_over else TRUE


TRUE = Feed()
"""A feed that shows what there is."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Path and feed as they are stored; `change` counts the writes, and 0 is what was never written."""

    path: Path = STRAIGHT
    feed: Feed = TRUE
    change: int = 0


UNTOUCHED = Conditions()
"""The conditions of a market that nobody steers."""


@dataclass(frozen=True, slots=True)
class PairMarket:
    """A venue's pools of a pair, each with the path of its price, and the conditions that they stand in."""

    pools: Sequence[StoredPool]
    conditions: Conditions = UNTOUCHED
