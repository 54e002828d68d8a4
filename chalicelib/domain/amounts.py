"""Money: integers in base units inside, decimal strings outside. No float, and every rounding is named."""

import re
from decimal import Context, Decimal

from chalicelib.domain.tokens import Token

BPS = 10_000
"""Basis points in one whole."""

U64_MAX = 2**64 - 1
"""The largest amount that a token account can hold, in base units."""

MOST_DIGITS = 20
"""Digits of a whole number that are read: as many as 2^64 has."""

MOST_PLACES = 18
"""Decimal places that are read, of any token."""

_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
_EXACT = Context(prec=60)
_PRICE = Context(prec=18)


def parse_decimal(text: str, *, like: str = "1.5") -> Decimal:
    """Read a plain decimal: no sign, no exponent, no blanks.

    `like` is one that is good where this one is asked for.

    Raises
    ------
    ValueError
        The text was not of that form, or had too many digits to be an amount of any token.
    """
    written = _DECIMAL.fullmatch(text)
    if written is None:
        raise ValueError(f"must be a plain decimal number, like {like}")
    whole, places = written.groups(default="")
    if len(whole) > MOST_DIGITS:
        raise ValueError(f"must have at most {MOST_DIGITS} digits before the point")
    if len(places) > MOST_PLACES:
        raise ValueError(f"must have at most {MOST_PLACES} decimal places")
    return Decimal(text)


def to_base_units(amount: Decimal, token: Token) -> int:
    """Convert whole tokens to base units, exactly.

    Raises
    ------
    ValueError
        The amount was zero, had more places than the token has, or was over what an account can hold.
    """
    units = _EXACT.multiply(amount, Decimal(10) ** token.decimals)
    if units != units.to_integral_value():
        raise ValueError(f"must have at most {token.decimals} decimal places for {token.symbol}")
    if not 0 < units <= U64_MAX:
        most = format_amount(U64_MAX, token)
        raise ValueError(f"must be greater than 0 and at most {most} {token.symbol}")
    return int(units)


def to_tokens(units: int, token: Token) -> Decimal:
    """Convert base units to whole tokens, exactly."""
    return Decimal(units).scaleb(-token.decimals, _EXACT)


def format_amount(units: int, token: Token) -> str:
    """Write base units as a plain decimal of whole tokens, without trailing zeros."""
    return format_decimal(to_tokens(units, token))


def told_amount(units: int, token: Token) -> str:
    """Write base units for people: whole tokens and what they are of."""
    return f"{format_amount(units, token)} {token.symbol}"


def format_decimal(value: Decimal) -> str:
    """Write a decimal plainly: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_percent(bps: int) -> str:
    """Write basis points as a percentage."""
    return f"{format_decimal(Decimal(bps).scaleb(-2))} %"


def slippage_to_bps(fraction: Decimal) -> int:
    """Convert a slippage fraction (0.01 is 1 %) to basis points, exactly.

    Raises
    ------
    ValueError
        It was over 0.5, or finer than a basis point.
    """
    bps = fraction * BPS
    if bps != bps.to_integral_value():
        raise ValueError("must be a multiple of 0.0001 (one basis point)")
    if bps > BPS // 2:
        raise ValueError("must be between 0 and 0.5")
    return int(bps)


def minimum_amount_out(quoted: int, slippage_bps: int) -> int:
    """The least output, in base units, that a swap quoted at `quoted` may return. Rounds up; at least 1."""
    return max(1, -(-quoted * (BPS - slippage_bps) // BPS))


def executed_price(amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> Decimal:
    """The price of a fill: whole tokenOut per whole tokenIn, to 18 significant digits."""
    return _PRICE.divide(to_tokens(amount_out, token_out), to_tokens(amount_in, token_in))
