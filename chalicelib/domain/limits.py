"""The limits of an account: those of the settings, overridden by its own, in the settings' text form."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.amounts import format_amount, parse_decimal, to_base_units
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import UnsupportedSchemaVersion

Amounts = Mapping[str, int]
"""Amounts in base units, by mint address."""

MOST_OPEN_ORDERS = 500
"""Most open orders of an account. One item lists them, 22 bytes each: at 500 a new order writes 11 units."""

MOST_ARMED_ORDERS = 2_000
"""Most armed orders of an account."""

_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on what one account may order.

    `tokens` is empty when every token is allowed. A token that is not in the amounts of a limit has no limit
    there; all are of an order's tokenIn. `armed_orders` and `armed_amounts` are of orders that wait.
    """

    orders_per_minute: int
    open_orders: int
    tokens: frozenset[Token] = frozenset()
    order_amounts: Amounts = field(default_factory=dict)
    daily_amounts: Amounts = field(default_factory=dict)
    least_amounts: Amounts = field(default_factory=dict)
    armed_orders: int = 200
    armed_amounts: Amounts = field(default_factory=dict)

    def allows(self, token: Token) -> bool:
        """Whether the account may trade this token."""
        return not self.tokens or token in self.tokens


def read_limits(given: Mapping[str, str], defaults: Limits, tokens: TokenList) -> Limits:
    """Return `defaults` overridden by the limits in `given`, which have the settings' names and form.

    A name that is missing or empty keeps its value. Amounts are overridden per token, a list of tokens as a
    whole.

    Raises
    ------
    ValueError
        A name is not that of a limit, or a text is not of its form; the message says which and what to do.
    """
    limits = defaults
    for name, text in given.items():
        if name not in _READERS:
            raise ValueError(f"{name} is no limit of an account: those are {', '.join(_READERS)}")
        try:
            limits = _READERS[name](text, limits, tokens) if text else limits
        except ValueError as error:
            raise ValueError(f"{name} was {text!r}: {error}") from None
    return limits


def own_limits(text: str, defaults: Limits, tokens: TokenList) -> Limits:
    """Return the account's limits: `defaults` overridden by the JSON object in `text`, unless that is empty.

    Raises
    ------
    UnsupportedSchemaVersion
        The text can't be read, or has a limit that this release doesn't know.
    """
    if not text:
        return defaults
    try:
        return read_limits(json.loads(text), defaults, tokens)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnsupportedSchemaVersion(f"The account's limits can't be read: {error}") from error


def write_limits(limits: Limits, tokens: TokenList) -> dict[str, str]:
    """Return the limits by the settings' names and in their form; no limit is an empty text."""
    return {
        "RATE_LIMIT_PER_MINUTE": str(limits.orders_per_minute),
        "MAX_OPEN_ORDERS": str(limits.open_orders),
        "ALLOWED_TOKENS": ",".join(sorted(token.symbol for token in limits.tokens)),
        "MAX_ORDER_AMOUNTS": write_amounts(limits.order_amounts, tokens),
        "MAX_DAILY_AMOUNTS": write_amounts(limits.daily_amounts, tokens),
        "MIN_ORDER_AMOUNTS": write_amounts(limits.least_amounts, tokens),
        "MAX_ARMED_ORDERS": str(limits.armed_orders),
        "MAX_ARMED_AMOUNTS": write_amounts(limits.armed_amounts, tokens),
    }


def write_amounts(amounts: Amounts, tokens: TokenList) -> str:
    """Return amounts in whole tokens, in the settings' form, without tokens that are no longer listed."""
    known = ((tokens.find(mint), units) for mint, units in amounts.items())
    return ",".join(f"{token.symbol}={format_amount(units, token)}" for token, units in known if token)


def _rate(text: str, limits: Limits, _tokens: TokenList) -> Limits:
    return replace(limits, orders_per_minute=_whole(text, 10**9))


def _open_orders(text: str, limits: Limits, _tokens: TokenList) -> Limits:
    return replace(limits, open_orders=_whole(text, MOST_OPEN_ORDERS))


def _tokens(text: str, limits: Limits, tokens: TokenList) -> Limits:
    return replace(limits, tokens=frozenset(_token(symbol, tokens) for symbol in text.split(",")))


def _order_amounts(text: str, limits: Limits, tokens: TokenList) -> Limits:
    return replace(limits, order_amounts={**limits.order_amounts, **_amounts(text, tokens)})


def _daily_amounts(text: str, limits: Limits, tokens: TokenList) -> Limits:
    return replace(limits, daily_amounts={**limits.daily_amounts, **_amounts(text, tokens)})


def _least_amounts(text: str, limits: Limits, tokens: TokenList) -> Limits:
    return replace(limits, least_amounts={**limits.least_amounts, **_amounts(text, tokens)})


def _armed_orders(text: str, limits: Limits, _tokens: TokenList) -> Limits:
    return replace(limits, armed_orders=_whole(text, MOST_ARMED_ORDERS))


def _armed_amounts(text: str, limits: Limits, tokens: TokenList) -> Limits:
    return replace(limits, armed_amounts={**limits.armed_amounts, **_amounts(text, tokens)})


_READERS: Mapping[str, Callable[[str, Limits, TokenList], Limits]] = {
    "RATE_LIMIT_PER_MINUTE": _rate,
    "MAX_OPEN_ORDERS": _open_orders,
    "ALLOWED_TOKENS": _tokens,
    "MAX_ORDER_AMOUNTS": _order_amounts,
    "MAX_DAILY_AMOUNTS": _daily_amounts,
    "MIN_ORDER_AMOUNTS": _least_amounts,
    "MAX_ARMED_ORDERS": _armed_orders,
    "MAX_ARMED_AMOUNTS": _armed_amounts,
}
"""The limits that an account can have of its own, each under the name of the setting that it overrides."""


def _whole(text: str, most: int) -> int:
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= most:
        raise ValueError(f"must be a whole number from 1 to {most}")
    return int(text)


def _token(symbol: str, tokens: TokenList) -> Token:
    for token in tokens:
        if token.symbol == symbol:
            return token
    raise ValueError(f"{symbol!r} is none of the tokens {', '.join(token.symbol for token in tokens)}")


def _amounts(text: str, tokens: TokenList) -> dict[str, int]:
    amounts = {}
    for part in text.split(","):
        symbol, _, amount = part.partition("=")
        token = _token(symbol, tokens)
        if token.mint in amounts:
            raise ValueError(f"{symbol} must be given once")
        amounts[token.mint] = to_base_units(parse_decimal(amount), token)
    return amounts
