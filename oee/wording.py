"""Format amounts, times and reasons for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal

from oee.records import Order, Quote, Reason

LONG = 60
"""Seconds from which on a duration is given in minutes."""

_PRICE = Context(prec=8)


@dataclass(frozen=True, slots=True)
class SwapText:
    """The texts of a swap's amount and tokens."""

    amount: str
    token_in: str
    token_out: str

    @classmethod
    def of(cls, traded: Order | Quote) -> "SwapText":
        """Return the swap of an order or of a quote."""
        return cls(plain(traded.amount), traded.token_in, traded.token_out)

    def __str__(self) -> str:
        return f"{self.amount} {self.token_in} → {self.token_out}"


def plain(amount: Decimal) -> str:
    """Return a decimal without exponent."""
    return format(amount, "f")


def price(value: Decimal) -> str:
    """Return a price to eight significant digits."""
    return plain(_PRICE.plus(value))


def limit_distance(quote: Quote) -> str:
    """Return the sentence that compares a limit price with the one that can be had now."""
    if quote.executable is None or quote.distance_bps is None or quote.floor_amount_out is None:
        return ""
    side = "better" if quote.amount_out >= quote.floor_amount_out else "worse"
    had = f"{price(quote.executable)} {quote.price_in or ''}".rstrip()
    return f"Now {had} can be had, which is {percent(abs(quote.distance_bps))} {side} than the limit."


def percent(bps: int) -> str:
    """Return basis points as a percentage."""
    return f"{Decimal(bps) / 100:.2f} %"


def said(why: Reason) -> str:
    """Return a reason's sentence."""
    return f"{why.detail.rstrip('.')}."


def reason(why: Reason) -> str:
    """Return a reason's sentence with its code."""
    return f"{why.detail.rstrip('.')} ({why.code})."


def duration(seconds: float) -> str:
    """Return a duration in seconds, or in minutes and seconds."""
    if seconds < LONG:
        return f"{seconds:.2f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Return the seconds between two times; 0 if the engine's clocks differ and `later` is earlier."""
    return max(0.0, (later - earlier).total_seconds())


def time_of_day(at: datetime) -> str:
    """Return the time in UTC, to the millisecond."""
    return at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]


def unreadable(order_ids: Sequence[str]) -> str:
    """Return the sentence that tells of orders which the engine can't read now."""
    these = "this order" if len(order_ids) == 1 else "these orders"
    return f"The engine can't read {these} now: {', '.join(order_ids)}."


def traded_on(market: str | None) -> str:
    """Return the market of an order, to be put after it; empty if the API doesn't tell it."""
    return "" if market is None else f" on {market}"
