"""The terms that bind an order's execution, by the order's type."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from chalicelib.domain.amounts import minimum_amount_out
from chalicelib.domain.price_keys import Side
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import Token
from chalicelib.domain.triggers import Trigger

MAX_ATTEMPTS = 4
"""Most attempts to trade each time that an order is executed; every entry into routing uses one."""


class TimeInForce(StrEnum):
    """How long an order waits for its price: until it is cancelled, until a date, or not at all.

    A swap is all or nothing, so both of those that don't wait mean the same.
    """

    GTC = "GTC"
    GTD = "GTD"
    FOK = "FOK"
    IOC = "IOC"

    @property
    def waits(self) -> bool:
        """Whether it waits at all."""
        return self in {TimeInForce.GTC, TimeInForce.GTD}


class IfRecovered(StrEnum):
    """What a fired stop order does when the market is past its trigger no more: wait on, or trade."""

    HOLD = "hold"
    TRADE = "trade"


class _TriesAgain:
    """Terms of orders that are tried again, and that wait while trading is stopped."""

    __slots__ = ()

    @property
    def most_attempts(self) -> int:
        """The most attempts to trade, each time that the order is executed."""
        return MAX_ATTEMPTS

    @property
    def waits_for_trading(self) -> bool:
        """Whether the order waits while trading is stopped."""
        return True


@dataclass(frozen=True, slots=True)
class MarketTerms(_TriesAgain):
    """Swap at once, at the best offer; the output may fall `slippage_bps` basis points below its quote."""

    TYPE: ClassVar[Literal["market"]] = "market"

    slippage_bps: int

    @property
    def trigger(self) -> Trigger | None:
        """What it waits for before it trades: nothing."""
        return None

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return (("slippageBps", str(self.slippage_bps)),)

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int | None:  # noqa: ARG002 - as all terms
        """Return None: nothing but the slippage bounds the output."""
        return None


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """Swap at the limit price or better: when it can be had, or at once or not at all.

    One that doesn't wait has one attempt, and doesn't wait while trading is stopped either.

    The output may fall `slippage_bps` basis points below its quote, but never below what the price asks for.
    """

    TYPE: ClassVar[Literal["limit"]] = "limit"

    slippage_bps: int
    price: NamedPrice
    time_in_force: TimeInForce

    @property
    def most_attempts(self) -> int:
        """The most attempts to trade, each time that it is executed."""
        return MAX_ATTEMPTS if self.time_in_force.waits else 1

    @property
    def waits_for_trading(self) -> bool:
        """Whether it waits while trading is stopped."""
        return self.time_in_force.waits

    @property
    def trigger(self) -> Trigger | None:
        """What it waits for before it trades: its price or a better one, if it waits."""
        return Trigger(Side.ABOVE, self.price) if self.time_in_force.waits else None

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return _priced(self, "limitPrice")

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int:
        """Return the least output, in base units, that is not worse than the limit price."""
        return self.price.least_output(amount_in, token_in, token_out)


@dataclass(frozen=True, slots=True)
class StopTerms(_TriesAgain):
    """Swap at the market when the price is at the trigger or worse; with a `limit`, at no worse than that.

    One that has fired, and has a limit, waits for that limit from then on.

    The output may fall `slippage_bps` basis points below the quote of its firing.
    """

    TYPE: ClassVar[Literal["stop"]] = "stop"

    slippage_bps: int
    price: NamedPrice
    time_in_force: TimeInForce
    if_recovered: IfRecovered
    limit: NamedPrice | None = None

    @property
    def trigger(self) -> Trigger:
        """What it waits for before it trades: its price or a worse one."""
        return Trigger(Side.BELOW, self.price)

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return (
            *_priced(self, "triggerPrice"),
            ("ifRecovered", self.if_recovered.value),
            *((("limitPrice", self.limit.text()),) if self.limit is not None else ()),
        )

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int | None:
        """Return the least output, in base units, that is not worse than the limit; None without a limit."""
        return self.limit.least_output(amount_in, token_in, token_out) if self.limit is not None else None


@dataclass(frozen=True, slots=True)
class TakeProfitTerms(_TriesAgain):
    """Swap at the market when the price is at the trigger or better.

    The output may fall `slippage_bps` basis points below the quote of its firing, but never further below
    what the trigger's price would give.
    """

    TYPE: ClassVar[Literal["takeProfit"]] = "takeProfit"

    slippage_bps: int
    price: NamedPrice
    time_in_force: TimeInForce

    @property
    def trigger(self) -> Trigger:
        """What it waits for before it trades: its price or a better one."""
        return Trigger(Side.ABOVE, self.price)

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return _priced(self, "triggerPrice")

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int:
        """Return the least output, in base units: what the trigger's price gives, less the slippage."""
        at_trigger = self.price.least_output(amount_in, token_in, token_out)
        return minimum_amount_out(at_trigger, self.slippage_bps)


Terms = MarketTerms | LimitTerms | StopTerms | TakeProfitTerms
"""The terms that an order can have."""

TriggeredTerms = LimitTerms | StopTerms | TakeProfitTerms
"""The terms of orders that name a price."""


def _priced(terms: TriggeredTerms, name: str) -> tuple[tuple[str, str], ...]:
    """Return what the canonical forms of terms that name a price share, that price under this name."""
    return (
        ("slippageBps", str(terms.slippage_bps)),
        (name, terms.price.text()),
        ("priceIn", terms.price.unit.mint),
        ("timeInForce", terms.time_in_force.value),
    )
