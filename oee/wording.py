"""Format amounts, times and reasons for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal

from oee.records import Event, Order, Quote, Reason, Trigger

LONG = 60
HOURS_LONG = 2 * 3600
DAYS_LONG = 2 * 86_400
"""Seconds from which on a duration is given in minutes, in hours, and in days."""

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


def distance(quote: Quote) -> str:
    """Return the sentence that compares the price of an order with that of the market now."""
    return _limit_distance(quote) if quote.trigger is None else _trigger_distance(quote, quote.trigger)


def _trigger_distance(quote: Quote, trigger: Trigger) -> str:
    market = quote.reference if quote.reference is not None else quote.executable
    if market is None:
        return ""
    unit = f" {quote.price_in}" if quote.price_in is not None else ""
    off = ""
    if quote.distance_bps is not None:
        side = "higher" if quote.distance_bps > 0 else "lower"
        off = f", which is {percent(abs(quote.distance_bps))} {side}" if quote.distance_bps else ""
    return f"The market is at {price(market)}{unit} now, the trigger at {plain(trigger.price)}{unit}{off}."


def _limit_distance(quote: Quote) -> str:
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
    """Return a duration in seconds, in minutes and seconds, in hours and minutes, or in days and hours."""
    if seconds < LONG:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(int(seconds), 60)
    if seconds < HOURS_LONG:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    if seconds < DAYS_LONG:
        return f"{hours} h {minutes:02} min"
    return f"{hours // 24} d {hours % 24:02} h"


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Return the seconds between two times; 0 if the engine's clocks differ and `later` is earlier."""
    return max(0.0, (later - earlier).total_seconds())


def time_of_day(at: datetime) -> str:
    """Return the time in UTC, to the millisecond."""
    return at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]


def moment(at: datetime) -> str:
    """Return a date and time in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def unreadable(order_ids: Sequence[str]) -> str:
    """Return the sentence that tells of orders which the engine can't read now."""
    these = "this order" if len(order_ids) == 1 else "these orders"
    return f"The engine can't read {these} now: {', '.join(order_ids)}."


def traded_on(market: str | None) -> str:
    """Return the market of an order, to be put after it; empty if the API doesn't tell it."""
    return "" if market is None else f" on {market}"


def happened(event: Event) -> str:
    """Return what happened to an order that waits for its price; empty if the event is of something else."""
    if event.change == "placed":
        return "waits for its price"
    if event.change == "amended":
        return f"amended: {_terms(event)}"
    if event.change == "returned":
        why = f": {said(event.reason)}" if event.reason is not None else ""
        return f"waits for its price again{why}"
    return _fired(event) if event.change == "fired" else ""


def _terms(event: Event) -> str:
    unit = f" {event.price_in}" if event.price_in is not None else ""
    named = (("trigger", event.trigger), ("limit", event.limit_price))
    terms = [f"{name} {plain(value)}{unit}" for name, value in named if value is not None]
    terms += [f"slippage {percent(event.slippage_bps)}"] if event.slippage_bps is not None else []
    return ", ".join(terms)


def _fired(event: Event) -> str:
    unit = f" {event.price_in}" if event.price_in is not None else ""
    seen = f" at {price(event.observed)}{unit}" if event.observed is not None else ""
    met = f", trigger {plain(event.trigger)}{unit}" if event.trigger is not None else ""
    looks = f", seen in {event.looks} looks" if (event.looks or 0) > 1 else ""
    silence = event.after_silence_ms
    late = f", after {duration(silence / 1000)} in which nobody could look" if silence is not None else ""
    return f"fired{seen}{met}{looks}{late}"
