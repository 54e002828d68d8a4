"""Read the texts of the command line's arguments. What can't be read is an ArgumentTypeError."""

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_PERCENTAGE = re.compile(r"([0-9]{1,2}(\.[0-9]{1,2})?) ?%?", re.ASCII)
_MOST_SLIPPAGE = 50

_SPAN = re.compile(r"([0-9]{1,7}) ?([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def seconds(text: str) -> float:
    """Return a number of seconds, 0 or more."""
    try:
        read = float(text)
    except ValueError:
        read = -1
    if not 0 <= read < float("inf"):
        raise ArgumentTypeError(f"{text} is no number of seconds")
    return read


def percentage(text: str) -> Decimal:
    """Return a slippage in percent."""
    read = _PERCENTAGE.fullmatch(text.strip())
    if not read or Decimal(read[1]) > _MOST_SLIPPAGE:
        raise ArgumentTypeError(
            f"{text} is no percentage from 0 to {_MOST_SLIPPAGE} with at most two places, like 0.5"
        )
    return Decimal(read[1])


def order_id(text: str) -> str:
    """Return an order's id, or the beginning of one."""
    if not text.strip():
        raise ArgumentTypeError("it is empty")
    return text.strip()


def pair(text: str) -> tuple[str, str]:
    """Return the tokens of a swap: what is sold, and what is bought for it."""
    token_in, _, token_out = (part.strip() for part in text.partition("/"))
    if not token_in or not token_out or "/" in token_out:
        raise ArgumentTypeError(f"{text} is no pair like SOL/USDC")
    return token_in, token_out


def end_of_wait(text: str, now: datetime | None = None) -> datetime:
    """Return a time that is given with its zone, or as a span from now on, by this computer's clock."""
    span = _SPAN.fullmatch(text.strip())
    try:
        if span is not None:
            began = (now or datetime.now(UTC)).replace(microsecond=0)
            return began + timedelta(**{_UNITS[span[2]]: int(span[1])})
        end = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        end = None
    if end is None or end.tzinfo is None:
        raise ArgumentTypeError(
            f"{text} is no time with its zone like 2026-12-24T00:00:00Z, and no span like 90s, 30m, 12h or 7d"
        )
    return end
