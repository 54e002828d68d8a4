"""Prices as texts that sort as they do, so that an index finds the orders that a price may have met.

The price is always that of the order's own direction: base units of tokenOut for one base unit of tokenIn, an
exact fraction. Every rounding is to the side on which an order is looked at once too often, never too late.
"""

from enum import StrEnum
from fractions import Fraction

from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import Token

DIGITS = 18
"""Significant digits of a key: as many as a price that a client names may have."""

EXPONENT_AT_ZERO = 500
"""What is added to the exponent, so that no key has a sign."""

WIDTH = 3 + DIGITS
"""Characters of every key."""

_LEAST, _END = 10 ** (DIGITS - 1), 10**DIGITS


class Side(StrEnum):
    """The side of its price on which an order waits for the market."""

    ABOVE = "above"
    BELOW = "below"


def exact_price(price: NamedPrice, token_in: Token, token_out: Token) -> Fraction:
    """Return a named price as base units of tokenOut for one base unit of tokenIn."""
    named = Fraction(price.amount)
    whole = named if price.unit == token_out else 1 / named
    return whole * Fraction(10) ** (token_out.decimals - token_in.decimals)


def past(side: Side, price: Fraction, trigger: Fraction) -> bool:
    """Return whether a price is at or past a trigger, for an order that waits on this side."""
    return price >= trigger if side is Side.ABOVE else price <= trigger


def order_key(side: Side, price: Fraction) -> str:
    """Return the key of an order that waits at this price: above rounds down, below rounds up.

    Raises
    ------
    ValueError
        The price was not over 0, or was beyond what a key can tell.
    """
    return _key(price, rounds_up=side is Side.BELOW)


def market_key(side: Side, price: Fraction) -> str:
    """Return the key up to which the orders above, or from which those below, may be met at this price.

    It is rounded to the side on which more orders are found. Raises ValueError as `order_key`.
    """
    return _key(price, rounds_up=side is Side.ABOVE)


def _key(price: Fraction, *, rounds_up: bool) -> str:
    if price <= 0:
        raise ValueError(f"A price is over 0, and not {price}")
    exponent = len(str(price.numerator)) - len(str(price.denominator))
    if price < Fraction(10) ** exponent:
        exponent -= 1
    scaled = price * Fraction(10) ** (DIGITS - 1 - exponent)
    digits = (
        -(-scaled.numerator // scaled.denominator) if rounds_up else scaled.numerator // scaled.denominator
    )
    if digits == _END:
        digits, exponent = _LEAST, exponent + 1
    shifted = exponent + EXPONENT_AT_ZERO
    if not 0 <= shifted < 2 * EXPONENT_AT_ZERO:
        raise ValueError(f"A price has an exponent from -500 to 499, and not {exponent}")
    return f"{shifted:03d}{digits:0{DIGITS}d}"
