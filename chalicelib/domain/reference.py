"""The price that stops and take-profits are judged by, on which the venues must agree."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.amounts import BPS
from chalicelib.domain.price_keys import Side, past
from chalicelib.domain.readings import PairReading, PricedPool, VenueReading, spot_of
from chalicelib.domain.tokens import Token


@dataclass(frozen=True, slots=True)
class VenueReference:
    """The price that one venue vouches for, and the number of pools that it is the median of."""

    venue: str
    price: Fraction
    pools: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The price that an order is judged by, and the venues that vouch for it, each with its own price.

    A price is base units of tokenOut for one base unit of tokenIn. `price` is the one that is the furthest
    from meeting the order: the greatest for a stop, the smallest for a take-profit.
    """

    side: Side
    price: Fraction
    venues: tuple[VenueReference, ...]

    @property
    def vouching(self) -> int:
        """The number of venues that vouch."""
        return len(self.venues)

    def is_met(self, trigger: Fraction) -> bool:
        """Return whether the market is at or past this price."""
        return past(self.side, self.price, trigger)

    def venues_past(self, trigger: Fraction) -> Sequence[str]:
        """Return the venues whose own price is at or past this one, whether or not the others' are."""
        return [each.venue for each in self.venues if past(self.side, each.price, trigger)]

    def differs_by_more_than(self, bps: int) -> bool:
        """Return whether the venues' prices are further apart than so many basis points of the lowest."""
        prices = [each.price for each in self.venues]
        return max(prices) * BPS > min(prices) * (BPS + bps)


def reference(
    reading: PairReading,
    token_in: Token,
    amount_in: int,
    *,
    side: Side,
    max_impact_bps: int,
    left_out: Collection[str] = (),
) -> Reference | None:
    """Return the price that an order of this size is judged by; None if no venue vouches for any.

    A pool counts if it would fill the whole order and move the price by `max_impact_bps` at most. A venue
    vouches for the median of its pools that count; venues that are `left_out` don't vouch.
    """
    venues = [
        vouched
        for venue in reading.venues_read
        if venue.venue not in left_out
        and (vouched := _of_venue(venue, token_in, amount_in, side, max_impact_bps)) is not None
    ]
    if not venues:
        return None
    furthest = min if side is Side.ABOVE else max
    return Reference(side, furthest(each.price for each in venues), tuple(venues))


def cautious_median(prices: Sequence[Fraction], side: Side) -> Fraction:
    """Return the median; of two in the middle, the one that is further from meeting an order."""
    middle = (len(prices) - 1) // 2 if side is Side.ABOVE else len(prices) // 2
    return sorted(prices)[middle]


def _of_venue(
    venue: VenueReading, token_in: Token, amount_in: int, side: Side, max_impact_bps: int
) -> VenueReference | None:
    spots = [
        spot
        for pool in venue.pools
        if _fills(pool, token_in, amount_in, max_impact_bps) and (spot := spot_of(pool, token_in)) is not None
    ]
    return VenueReference(venue.venue, cautious_median(spots, side), len(spots)) if spots else None


def _fills(pool: PricedPool, token_in: Token, amount_in: int, max_impact_bps: int) -> bool:
    offer = pool.ask(amount_in, token_in).offer
    return offer is not None and offer.price_impact_bps <= max_impact_bps
