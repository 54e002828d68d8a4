"""The levels of paper prices: a bounded walk that is a pure function of seed, pair and height, times a path.

Almost always there is no path (see path.py), and the walk is all.
"""

from dataclasses import dataclass, replace
from typing import Self

from chalicelib.adapters.chance import DRAW_BITS, Chance
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.config import PaperSettings
from chalicelib.domain.steering import PAR

EPOCH_BLOCKS = 60
"""Blocks between two levels that are drawn; in between the price moves evenly from one to the next."""

MARKET_PARTS, VENUE_PARTS = 4, 1
"""Shares of the bound: four parts of the drift are common to all venues, one is each venue's own."""

GREATEST_BPS = 5_000

OUT_OF_REACH_BPS = 500
"""How far a pool may stay behind a path before it is stranded: further than any of its steps."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift of all pairs: at most `bound_bps` (5,000 at most) away from the seeded pools' level."""

    chance: Chance
    bound_bps: int

    @classmethod
    def of(cls, settings: PaperSettings) -> Self:
        """Return the drift of these settings."""
        return cls(Chance(settings.seed), settings.drift_bps)

    def level(self, pair: str, venue: str, height: int) -> int:
        """Return the price level of the pair's first token at a venue, in millionths of the seeded price."""
        part = min(self.bound_bps, GREATEST_BPS) * (PAR // 10_000) // (MARKET_PARTS + VENUE_PARTS)
        market = self._walk(part * MARKET_PARTS, height, pair)
        return PAR + market + self._walk(part * VENUE_PARTS, height, pair, venue)

    def moved(self, pool: StoredPool, height: int) -> StoredPool:
        """Return the pool moved to its level at `height`, or at its own height if that is greater."""
        height = max(height, pool.height)
        return self._moved(pool, height, height)

    def moved_late(self, pool: StoredPool, height: int, behind: int) -> StoredPool:
        """Return the pool at `height` as one sees it who reads prices `behind` blocks late."""
        return self._moved(pool, max(height, pool.height), height - behind)

    def _moved(self, pool: StoredPool, height: int, priced_at: int) -> StoredPool:
        stood_at = pool.level or self.level(pool.pair, pool.venue, pool.height)
        level = self.level(pool.pair, pool.venue, priced_at)
        if not pool.path.knots:
            return pool.at_level(level, stood_at, height)
        first, _, _ = pool.pair.partition("/")
        level = max(level * pool.path.level_of(first, priced_at) // PAR, 1)
        moved = pool.at_level(level, stood_at, height)
        behind = abs((moved.level or level) - level)
        return replace(moved, is_stranded=behind * 10_000 > level * OUT_OF_REACH_BPS)

    def _walk(self, bound: int, height: int, *what: str) -> int:
        epoch, passed = divmod(height, EPOCH_BLOCKS)
        before, after = self._knot(bound, epoch, *what), self._knot(bound, epoch + 1, *what)
        return (before * (EPOCH_BLOCKS - passed) + after * passed) // EPOCH_BLOCKS

    def _knot(self, bound: int, epoch: int, *what: str) -> int:
        if epoch <= 0:
            return 0
        return (self.chance.draw("drift", epoch, *what) * (2 * bound + 1) >> DRAW_BITS) - bound
