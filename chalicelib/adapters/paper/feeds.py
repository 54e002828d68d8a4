"""What a paper venue's quotes see of its pools: the truth, or what its feed makes of it.

A feed is stale, down or lying because somebody has set it so (see conditions.py), or by chance: then it is
drawn for each venue, pair and block, so that all who ask in one block see the same. What lands never reads a
feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.conditions import PairMarket
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.config import PaperSettings
from chalicelib.domain.pool_offers import PoolAnswer
from chalicelib.domain.steering import FeedState
from chalicelib.errors import VenueUnavailable
from chalicelib.pricing.swap import BASIS_POINTS, U64_MAX

STALE_BLOCKS = 50
"""Blocks that the prices of a feed that is stale by chance lag behind."""

CHANCE_LIE_BPS = 2_000
"""How far, up or down, the quotes of a feed that lies by chance are off."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The pools as a feed shows them in a block; `bps` is by how much the outputs that it tells are off."""

    pools: Sequence[StoredPool]
    bps: int = 0

    def told(self, answer: PoolAnswer) -> PoolAnswer:
        """Return what the feed makes of a pool's answer."""
        if not self.bps or answer.offer is None:
            return answer
        offer = replace(
            answer.offer,
            amount_out=min(self._off(answer.offer.amount_out), U64_MAX),
            spot_amount_out=self._off(answer.offer.spot_amount_out),
        )
        return replace(answer, quote=replace(answer.quote, amount_out=offer.amount_out), offer=offer)

    def _off(self, amount_out: int) -> int:
        return max(1, amount_out * (BASIS_POINTS + self.bps) // BASIS_POINTS)


class Feeds:
    """The feeds of all venues and pairs."""

    def __init__(self, settings: PaperSettings) -> None:
        self._settings = settings
        self._drift = Drift.of(settings)
        self._chance = Chance(settings.seed)

    def look(self, market: PairMarket, venue: str, pair: str, height: int) -> Glimpse:
        """Return what is seen of a venue's market of a pair. Raises VenueUnavailable if that is nothing."""
        settings, feed = self._settings, market.conditions.feed.at(height)
        if feed.state is FeedState.DOWN:
            raise VenueUnavailable("Its feed is down")
        if self._strikes(settings.fault_price_missing, "price missing", venue, pair, height):
            raise VenueUnavailable("It has no price")
        if feed.state is FeedState.STALE:
            return Glimpse([self._drift.moved(pool, feed.since) for pool in feed.pools])
        if self._strikes(settings.fault_price_stale, "price stale", venue, pair, height):
            pools = [self._drift.moved_late(pool, height, STALE_BLOCKS) for pool in market.pools]
        else:
            pools = [self._drift.moved(pool, height) for pool in market.pools]
        return Glimpse(pools, feed.bps or self._lie(venue, pair, height))

    def _lie(self, venue: str, pair: str, height: int) -> int:
        if not self._strikes(self._settings.fault_price_lying, "price lying", venue, pair, height):
            return 0
        upwards = self._chance.draw(pair, height, f"{venue}: way of the lie") % 2
        return CHANCE_LIE_BPS if upwards else -CHANCE_LIE_BPS

    def _strikes(self, rate: Decimal, fault: str, venue: str, pair: str, height: int) -> bool:
        return self._chance.strikes(rate, pair, height, f"{venue}: {fault}")
