"""The API's answers about the engine and about the caller's account, as types."""

from decimal import Decimal

from oee.record import Record


class Token(Record):
    """A token that can be traded."""

    symbol: str
    mint: str
    decimals: int


class Tokens(Record):
    """The answer that lists the tokens."""

    tokens: tuple[Token, ...]


class Health(Record):
    """Whether the engine answers and trades, and its load; fields that it can't tell now are None."""

    status: str
    trading: str | None = None
    open_orders: int | None = None
    executing: int | None = None
    estimated_wait_seconds: int | None = None
    market: str | None = None


class RateUse(Record):
    """The orders of this minute, against the limit."""

    limit: int
    used: int
    remaining: int
    reset_seconds: int


class OpenUse(Record):
    """The orders that are open, against the limit."""

    limit: int
    used: int


class TokenLimits(Record):
    """A token that the account may trade; a limit that is None is none."""

    symbol: str
    used_today: Decimal
    limit_per_order: Decimal | None = None
    limit_per_day: Decimal | None = None
    remaining_today: Decimal | None = None


class Account(Record):
    """Who the caller is: the account, what its key allows, and how much of the limits is used."""

    account: str
    scopes: tuple[str, ...]
    market: str
    trading: str
    orders_this_minute: RateUse
    open_orders: OpenUse
    tokens: tuple[TokenLimits, ...]
    key_id: str | None = None


class StreamTicket(Record):
    """An address that opens one socket, and expires soon."""

    stream_url: str
