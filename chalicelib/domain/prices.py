"""Prices that a client names, and the least output that each asks for. Every rounding is named."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import ceil, floor

from chalicelib.domain.amounts import BPS, MOST_PLACES, U64_MAX, format_decimal, parse_decimal, to_tokens
from chalicelib.domain.tokens import Token

MOST_SIGNIFICANT_DIGITS = 18
"""Most digits of a price, without the zeros before and after them."""

_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class NamedPrice:
    """A price in one of the two tokens of a swap: whole `unit` for one whole of the other token."""

    amount: Decimal
    unit: Token

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int:
        """Return the least output, in base units, that is not worse than this price. Rounds up.

        A unit less would be worse than the price, to the base unit, and this much is not.
        """
        price, whole_in = Fraction(self.amount), Fraction(to_tokens(amount_in, token_in))
        whole_out = whole_in * price if self.unit == token_out else whole_in / price
        exact: Fraction = whole_out * 10**token_out.decimals
        return ceil(exact)

    def executable(self, amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> Decimal:
        """Return the price of these amounts (base units) in the same unit, as a price that can be named.

        Rounds to what is worse for the swap, so that a limit at this price can be had.
        """
        is_of_output = self.unit == token_out
        scaled = self._of(amount_in, token_in, amount_out, token_out) * 10**MOST_PLACES
        units = floor(scaled) if is_of_output else ceil(scaled)
        context = Context(MOST_SIGNIFICANT_DIGITS, ROUND_FLOOR if is_of_output else ROUND_CEILING)
        return context.create_decimal(Decimal(units).scaleb(-MOST_PLACES, _EXACT))

    def distance_bps(self, amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> int:
        """Return by how many basis points this price is higher than that of the amounts; lower is negative.

        Rounds to the nearest, a half to the even one.
        """
        exact = self._of(amount_in, token_in, amount_out, token_out)
        return round((Fraction(self.amount) / exact - 1) * BPS)

    def _of(self, amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> Fraction:
        whole_in, whole_out = (
            Fraction(to_tokens(amount_in, token_in)),
            Fraction(to_tokens(amount_out, token_out)),
        )
        return whole_out / whole_in if self.unit == token_out else whole_in / whole_out

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
    price = parse_decimal(text, like="160.25").normalize(_EXACT)
    if price == 0:
        raise ValueError("must be greater than 0")
    if len(price.as_tuple().digits) > MOST_SIGNIFICANT_DIGITS:
        raise ValueError(f"must have at most {MOST_SIGNIFICANT_DIGITS} significant digits")
    return price


def check_reachable(least_output: int, token: Token) -> None:
    """Raise ValueError if a price asks for more of the token than an account can hold."""
    if least_output > U64_MAX:
        raise ValueError(f"asks for more {token.symbol} than an account can hold")
