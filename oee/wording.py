"""Amounts, times and reasons as a person reads them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal

from oee.records import Order, Quote, Reason

LONG = 60
"""Seconds from which on a time span is told in minutes."""

_PRICE = Context(prec=8)


@dataclass(frozen=True, slots=True)
class SwapText:
    """What is traded for what."""

    amount: str
    token_in: str
    token_out: str

    @classmethod
    def of(cls, traded: Order | Quote) -> "SwapText":
        """That of an order or of a quote."""
        return cls(plain(traded.amount), traded.token_in, traded.token_out)

    def __str__(self) -> str:
        return f"{self.amount} {self.token_in} → {self.token_out}"


def plain(amount: Decimal) -> str:
    """A decimal without exponent."""
    return format(amount, "f")


def price(value: Decimal) -> str:
    """A price to eight digits."""
    return plain(_PRICE.plus(value))


def percent(bps: int) -> str:
    """Basis points as a percentage."""
    return f"{Decimal(bps) / 100:.2f} %"


def said(why: Reason) -> str:
    """A reason's sentence."""
    return f"{why.detail.rstrip('.')}."


def reason(why: Reason) -> str:
    """A reason's sentence with its code."""
    return f"{why.detail.rstrip('.')} ({why.code})."


def duration(seconds: float) -> str:
    """A time span."""
    if seconds < LONG:
        return f"{seconds:.2f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def seconds_between(earlier: datetime, later: datetime) -> float:
    """How much later it is; never less than nothing, whatever the engine's clocks say."""
    return max(0.0, (later - earlier).total_seconds())


def time_of_day(at: datetime) -> str:
    """The time in UTC, to the millisecond."""
    return at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]


def traded_on(market: str | None) -> str:
    """The market of an order, said after it; nothing of an API that doesn't tell."""
    return "" if market is None else f" on {market}"
