"""What a paper venue's quotes see of its pools: the truth, or what its feed makes of it.

A feed is stale, down or lying because somebody has set it so (see conditions.py), or by chance: then it is
drawn for each venue, pair and block, so that all who ask in one block see the same. What lands never reads a
feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.conditions import PairMarket
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.adapters.pool_offers import ReadPool
from chalicelib.config import PaperSettings
from chalicelib.domain.pool_offers import PoolAnswer
from chalicelib.domain.steering import FeedState
from chalicelib.domain.tokens import Token
from chalicelib.errors import RouteNotFound, StorageUnavailable, VenueUnavailable
from chalicelib.pricing.swap import BASIS_POINTS, U64_MAX

STALE_BLOCKS = 50
"""Blocks that the prices of a feed that is stale by chance lag behind."""

CHANCE_LIE_BPS = 2_000
"""How far, up or down, the quotes of a feed that lies by chance are off."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The pools as a feed shows them, at prices of `height`; `bps` is by how much what it tells is off."""

    height: int
    pools: Sequence[StoredPool]
    bps: int = 0

    def shown(self, blocks: Blocks) -> tuple["ShownPool", ...]:
        """Return the pools to be asked."""
        return tuple(ShownPool(ReadPool(pool, blocks.pool_clock(pool.height)), self) for pool in self.pools)

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

    def told_spot(self, price: Fraction) -> Fraction:
        """Return what the feed makes of a pool's spot price."""
        return price * Fraction(BASIS_POINTS + self.bps, BASIS_POINTS)

    def _off(self, amount_out: int) -> int:
        return max(1, amount_out * (BASIS_POINTS + self.bps) // BASIS_POINTS)


@dataclass(frozen=True, slots=True)
class ShownPool:
    """`PricedPool`: a pool, and the feed that tells what it answers."""

    pool: ReadPool
    glimpse: Glimpse

    @property
    def address(self) -> str:
        """The pool's address."""
        return self.pool.address

    def spot(self, token_in: Token) -> Fraction:
        """Return the spot price as the feed tells it. Raises PoolError, StorageUnavailable."""
        return self.glimpse.told_spot(self.pool.spot(token_in))

    def ask(self, amount_in: int, token_in: Token) -> PoolAnswer:
        """Return the pool's quote as the feed tells it, or why it gives none."""
        return self.glimpse.told(self.pool.ask(amount_in, token_in))


class Feeds:
    """The feeds of all venues and pairs."""

    def __init__(self, settings: PaperSettings) -> None:
        self._settings = settings
        self._drift = Drift.of(settings)
        self._chance = Chance(settings.seed)

    def read(self, ledger: Ledger, venue: str, tokens: tuple[Token, Token], height: int) -> Glimpse:
        """Read a venue's pools of a pair in one query, and return what is seen of them.

        Raises
        ------
        VenueUnavailable
            The query was not answered, or nothing is seen in this block.
        RouteNotFound
            The venue has no pool of the pair.
        """
        first, second = tokens
        pair = pair_of(first.mint, second.mint)
        try:
            market = ledger.market(venue, pair)
        except StorageUnavailable as error:
            raise VenueUnavailable("It did not answer") from error
        if not market.pools:
            raise RouteNotFound(f"It has no pool of {first.symbol} and {second.symbol}")
        return self.look(market, venue, pair, height)

    def look(self, market: PairMarket, venue: str, pair: str, height: int) -> Glimpse:
        """Return what is seen of a venue's market of a pair. Raises VenueUnavailable if that is nothing."""
        settings, feed = self._settings, market.conditions.feed.at(height)
        if feed.state is FeedState.DOWN:
            raise VenueUnavailable("Its feed is down")
        if self._strikes(settings.fault_price_missing, "price missing", venue, pair, height):
            raise VenueUnavailable("It has no price")
        if feed.state is FeedState.STALE:
            return Glimpse(feed.since, [self._drift.moved(pool, feed.since) for pool in feed.pools])
        if self._strikes(settings.fault_price_stale, "price stale", venue, pair, height):
            pools = [self._drift.moved_late(pool, height, STALE_BLOCKS) for pool in market.pools]
            seen_at = height - STALE_BLOCKS
        else:
            pools = [self._drift.moved(pool, height) for pool in market.pools]
            seen_at = height
        return Glimpse(seen_at, pools, feed.bps or self._lie(venue, pair, height))

    def _lie(self, venue: str, pair: str, height: int) -> int:
        if not self._strikes(self._settings.fault_price_lying, "price lying", venue, pair, height):
            return 0
        upwards = self._chance.draw(pair, height, f"{venue}: way of the lie") % 2
        return CHANCE_LIE_BPS if upwards else -CHANCE_LIE_BPS

    def _strikes(self, rate: Decimal, fault: str, venue: str, pair: str, height: int) -> bool:
        return self._chance.strikes(rate, pair, height, f"{venue}: {fault}")
