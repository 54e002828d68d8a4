"""What the client sends, from what its caller gave."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

Amount = str | int | Decimal
"""An amount of whole tokens, or a price. A float, or a bool, is a TypeError: money is neither."""

TimeInForce = Literal["GTC", "GTD", "FOK", "IOC"]
"""How long a limit order waits for its price: until it is cancelled, until a time, or not at all.

FOK and IOC mean the same, because a swap is all or nothing.
"""

IfMet = Literal["fire", "refuse"]
"""What becomes of an order whose price is met when it comes: it trades at once, or is refused."""

IfRecovered = Literal["hold", "trade"]
"""What a fired stop does when the market is better than its trigger again: it waits on, or trades."""

IfFar = Literal["accept"]
"""Takes a price that is so far from the market's that it looks like a mistake."""

Time = str | datetime
"""A time with its zone; as a string in the form of RFC 3339, like 2026-12-24T00:00:00Z."""


def plain_amount(name: str, amount: Amount) -> str:
    """Return an amount as a plain decimal; raise a TypeError with its name if it is a float or a bool."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        kind = type(amount).__name__
        raise TypeError(f"{name} is a {kind}: give a decimal as a string or a Decimal, like '1.5'")
    return amount if isinstance(amount, str) else format(Decimal(amount), "f")


def plain_time(name: str, time: Time) -> str:
    """Return a time in the form of RFC 3339, in UTC; a string as it is, for the API.

    Raises
    ------
    TypeError
        It is a number or a date, or has no zone.
    """
    if isinstance(time, str):
        return time
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise TypeError(f"{name} is no time with a zone: give an aware datetime, or a string with a Z")
    whole = time.astimezone(UTC).replace(tzinfo=None)
    return f"{whole.isoformat(timespec='milliseconds' if whole.microsecond else 'seconds')}Z"


def amendment_body(
    *,
    trigger: Amount | None,
    limit_price: Amount | None,
    expires_at: Time | None,
    slippage: Amount | None,
) -> dict[str, object]:
    """Return the changes of an order that are not None. Raises TypeError as plain_amount and plain_time."""
    body: dict[str, object] = {}
    if trigger is not None:
        body["trigger"] = {"price": plain_amount("trigger", trigger)}
    if limit_price is not None:
        body["limitPrice"] = plain_amount("limit_price", limit_price)
    if expires_at is not None:
        body["expiresAt"] = plain_time("expires_at", expires_at)
    if slippage is not None:
        body["slippage"] = plain_amount("slippage", slippage)
    return body
