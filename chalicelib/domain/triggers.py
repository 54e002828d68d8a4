"""Triggers: what an order waits for."""

from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.price_keys import Side, exact_price, past
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import Token


@dataclass(frozen=True, slots=True)
class Trigger:
    """A price that fires an order when the market is at it or past it, however far."""

    side: Side
    price: NamedPrice

    def is_met(self, rate: Fraction, token_in: Token, token_out: Token) -> bool:
        """Return whether a rate, base units of tokenOut for one of tokenIn, is at the price or past it."""
        return past(self.side, rate, exact_price(self.price, token_in, token_out))
