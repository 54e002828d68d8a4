"""Readings of prices that a test names: pools that are flat, so that what they pay can be said in advance."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chalicelib.domain.pool_offers import Offer, PoolAnswer
from chalicelib.domain.quotes import PoolQuote, Reason, VenueFailure
from chalicelib.domain.readings import PairReading, PricedPool, VenueReading
from chalicelib.domain.tokens import SOL, USDC, Token
from chalicelib.errors import InsufficientLiquidity, VenueUnavailable

DOWN = Reason.of(VenueUnavailable("Its feed is down"))


@dataclass(frozen=True)
class FlatPool:
    """Sells any amount up to `most_in` for the same price: `price` of token 0 in token 1, in base units.

    Its fee and its impact are the same for any amount too. A price of 0 is none.
    """

    address: str
    tokens: tuple[Token, Token]
    price: Fraction
    most_in: int = 2**63
    fee_bps: int = 0
    impact_bps: int = 5

    def spot(self, token_in: Token) -> Fraction:
        if not self.price:
            raise InsufficientLiquidity("The pool is empty")
        return self.price if token_in == self.tokens[0] else 1 / self.price

    def ask(self, amount_in: int, token_in: Token) -> PoolAnswer:
        if not self.price or amount_in > self.most_in:
            error = InsufficientLiquidity("It has not as much", taken=self.most_in)
            quote = PoolQuote(self.address, "flat", reason=Reason.of(error))
            return PoolAnswer(quote, error=error)
        spot_out = int(amount_in * self.spot(token_in))
        amount_out = spot_out * (10_000 - self.fee_bps) // 10_000
        quote = PoolQuote(self.address, "flat", amount_out=amount_out, price_impact_bps=self.impact_bps)
        return PoolAnswer(quote, Offer(self.address, amount_out, spot_out, self.impact_bps))


def of_whole(price: str | Fraction, tokens: tuple[Token, Token] = (SOL, USDC)) -> Fraction:
    """A price of whole tokens as one of base units."""
    return Fraction(price) * Fraction(10) ** (tokens[1].decimals - tokens[0].decimals)


def venue_at(venue: str, slot: int, *prices: str | Fraction, **pool: Any) -> VenueReading:
    """A venue that was read with a flat pool of SOL/USDC for each of these whole prices."""
    tokens = (SOL, USDC)
    pools: list[PricedPool] = [
        FlatPool(f"{venue}-{number}", tokens, of_whole(price), **pool) for number, price in enumerate(prices)
    ]
    return VenueReading(venue, slot, tuple(pools))


def reading_at(
    prices: Mapping[str, str | Fraction | None], *, slot: int = 100, read_at: int = 0, **pool: Any
) -> PairReading:
    """A reading of SOL/USDC: a flat pool at this whole price for each venue; one without a price is down."""
    venues = (
        VenueFailure(name, DOWN) if price is None else venue_at(name, slot, price, **pool)
        for name, price in prices.items()
    )
    return PairReading((SOL, USDC), read_at, tuple(venues), slot)
