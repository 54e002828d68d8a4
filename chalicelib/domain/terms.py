"""The terms that bind an order's execution, by the order's type."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import Token

MAX_ATTEMPTS = 4
"""Most attempts to trade of any order; every entry into routing uses one."""


class TimeInForce(StrEnum):
    """How long a limit order waits for its price. A swap is all or nothing, so both mean the same."""

    FOK = "FOK"
    IOC = "IOC"


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """Swap at once, at the best offer; the output may fall `slippage_bps` basis points below its quote."""

    TYPE: ClassVar[Literal["market"]] = "market"
    MOST_ATTEMPTS: ClassVar[int] = MAX_ATTEMPTS
    WAITS_FOR_TRADING: ClassVar[bool] = True

    slippage_bps: int

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return (("slippageBps", str(self.slippage_bps)),)

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int | None:  # noqa: ARG002 - as all terms
        """Return None: nothing but the slippage bounds the output."""
        return None


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """Swap at once at the limit price or better, or not at all: there is one attempt.

    It doesn't wait while trading is stopped.

    The output may fall `slippage_bps` basis points below its quote, but never below what the price asks for.
    """

    TYPE: ClassVar[Literal["limit"]] = "limit"
    MOST_ATTEMPTS: ClassVar[int] = 1
    WAITS_FOR_TRADING: ClassVar[bool] = False

    slippage_bps: int
    price: NamedPrice
    time_in_force: TimeInForce

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return (
            ("slippageBps", str(self.slippage_bps)),
            ("limitPrice", self.price.text()),
            ("priceIn", self.price.unit.mint),
            ("timeInForce", self.time_in_force.value),
        )

    def least_output(self, amount_in: int, token_in: Token, token_out: Token) -> int:
        """Return the least output, in base units, that is not worse than the limit price."""
        return self.price.least_output(amount_in, token_in, token_out)


Terms = MarketTerms | LimitTerms
"""The terms that an order can have; a type of order that waits for a price adds its own here."""
