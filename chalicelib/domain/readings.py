"""Readings of a pair's pools: all that is known of a price at one moment, without asking anybody again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from chalicelib.domain.pool_offers import PoolAnswer, best_offer, venue_quote
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import Reason, VenueFailure, VenueQuote, VenueReply
from chalicelib.domain.routing import best_of
from chalicelib.domain.tokens import Token
from chalicelib.errors import ExecutionError, PoolError, StorageUnavailable


class PricedPool(Protocol):
    """A pool as it was read: it prices any swap, and the same one always alike."""

    @property
    def address(self) -> str:
        """The pool's address."""

    def spot(self, token_in: Token) -> Fraction:
        """Return the price of an infinitely small swap: base units out for one in, fees excluded, over 0.

        Raises PoolError or StorageUnavailable where there is none.
        """

    def ask(self, amount_in: int, token_in: Token) -> PoolAnswer:
        """Return the pool's quote for this amount, in base units, or why it gives none."""


@dataclass(frozen=True, slots=True)
class VenueReading:
    """A venue's pools of a pair as they were at a slot."""

    venue: str
    slot: int
    pools: tuple[PricedPool, ...]

    def spots(self, token_in: Token) -> Sequence[Fraction]:
        """Return the spot prices of the pools that have one; a pool without is no price of 0."""
        return [spot for pool in self.pools if (spot := spot_of(pool, token_in)) is not None]

    def reply(self, amount_in: int, token_in: Token, quoted_at: int) -> VenueReply:
        """Return the best offer of the pools for this amount, or why there is none."""
        answers = [pool.ask(amount_in, token_in) for pool in self.pools]
        try:
            offer = best_offer(answers, amount_in, token_in)
        except ExecutionError as error:
            return VenueFailure(self.venue, Reason.of(error))
        return venue_quote(self.venue, offer, answers, quoted_at)


@dataclass(frozen=True, slots=True)
class PairReading:
    """What was read of a pair, venue by venue; a venue that could not be read has the reason in its place.

    `read_at` (ms) is when the reading began. `newest_slot` is the newest of the chain that whoever read knew
    of, 0 where nothing was read.
    """

    tokens: tuple[Token, Token]
    read_at: int
    venues: tuple[VenueReading | VenueFailure, ...]
    newest_slot: int = 0

    @property
    def venues_read(self) -> Sequence[VenueReading]:
        """The venues that were read."""
        return [venue for venue in self.venues if isinstance(venue, VenueReading)]

    def replies(self, amount_in: int, token_in: Token) -> Sequence[VenueReply]:
        """Return each venue's best offer for this amount, or why there is none."""
        return [
            venue if isinstance(venue, VenueFailure) else venue.reply(amount_in, token_in, self.read_at)
            for venue in self.venues
        ]

    def best_out(self, amount_in: int, token_in: Token, left_out: Collection[str] = ()) -> VenueQuote | None:
        """Return the best offer that could be chosen for this amount; None if there is none.

        Those of the venues that are `left_out` don't count. The offers that it was chosen of are `replies`.
        """
        return best_of(self.replies(amount_in, token_in), left_out)

    def extreme_spot(self, token_in: Token, side: Side) -> Fraction | None:
        """Return the spot price beyond which no order of this side can be met; None if there is none.

        Above, it is the greatest spot price of any pool, which no offer and no reference exceeds; below, the
        smallest, which no reference falls short of.
        """
        spots = [spot for venue in self.venues_read for spot in venue.spots(token_in)]
        return (max if side is Side.ABOVE else min)(spots, default=None)


def spot_of(pool: PricedPool, token_in: Token) -> Fraction | None:
    """Return the pool's spot price; None where it has none."""
    try:
        return pool.spot(token_in)
    except (PoolError, StorageUnavailable):
        return None


def with_venues(reading: PairReading, venues: Iterable[VenueReading | VenueFailure]) -> PairReading:
    """Return the reading with these venues in place of its own."""
    return PairReading(reading.tokens, reading.read_at, tuple(venues), reading.newest_slot)
