"""Prices that a client names, and the least output that each asks for. Every rounding is named."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from math import ceil

from chalicelib.domain.amounts import BPS, U64_MAX, format_decimal, parse_decimal, to_tokens
from chalicelib.domain.tokens import Token

MOST_SIGNIFICANT_DIGITS = 18
"""Most digits of a price, without the zeros before and after them."""

_PRICE = Context(prec=MOST_SIGNIFICANT_DIGITS)


@dataclass(frozen=True, slots=True)
class NamedPrice:
    """A price in one of the two tokens of a swap: whole `unit` for one whole of the other token."""

    amount: Decimal
    unit: Token

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int:
        """Return the least output, in base units, that is not worse than this price. Rounds up; at least 1.

        A unit less would be worse than the price, to the base unit, and this much is not.
        """
        price = Fraction(self.amount)
        whole_in = Fraction(amount_in, 10**token_in.decimals)
        whole_out = whole_in * price if self.unit == token_out else whole_in / price
        exact: Fraction = whole_out * 10**token_out.decimals
        return max(1, ceil(exact))

    def of(self, amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> Decimal:
        """Return the price of these amounts (base units) in the same unit, to 18 significant digits."""
        whole_in, whole_out = to_tokens(amount_in, token_in), to_tokens(amount_out, token_out)
        if self.unit == token_out:
            return _PRICE.divide(whole_out, whole_in)
        return _PRICE.divide(whole_in, whole_out)

    def distance_bps(self, executable: Decimal) -> int:
        """Return by how many basis points of the executable price this one is higher; lower is negative.

        Rounds to the nearest, a half to the even one.
        """
        distance = _PRICE.divide((self.amount - executable) * BPS, executable)
        return int(distance.to_integral_value(ROUND_HALF_EVEN))

    def text(self) -> str:
        """Write the number plainly, without trailing zeros."""
        return format_decimal(self.amount)

    def sentence(self, other: Token) -> str:
        """Write the price for people, like "160 USDC for one SOL"."""
        return f"{self.text()} {self.unit.symbol} for one {other.symbol}"


def parse_price(text: str) -> Decimal:
    """Read a price: a plain decimal over 0, of at most 18 significant digits.

    Raises
    ------
    ValueError
        The text was not of that form.
    """
    price = parse_decimal(text, like="160.25").normalize()
    if price == 0:
        raise ValueError("must be greater than 0")
    if len(price.as_tuple().digits) > MOST_SIGNIFICANT_DIGITS:
        raise ValueError(f"must have at most {MOST_SIGNIFICANT_DIGITS} significant digits")
    return price


def check_reachable(least_output: int, token: Token) -> None:
    """Raise ValueError if a price asks for more of the token than an account can hold."""
    if least_output > U64_MAX:
        raise ValueError(f"asks for more {token.symbol} than an account can hold")
