"""A request for a new order that was read and found valid, before it is an order."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.amounts import minimum_amount_out
from chalicelib.domain.terms import Terms
from chalicelib.domain.tokens import Token


class IfMet(StrEnum):
    """What becomes of an order whose trigger is met when it comes: it fires at once, or is refused."""

    FIRE = "fire"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How an order waits for its price: until a time (ms) at the latest, None being as long as is allowed.

    `may_be_far` allows a price that is so far from the market that it looks like a mistake.
    """

    until: int | None
    if_met: IfMet
    may_be_far: bool = False

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return this as an order's fingerprint holds it."""
        return (
            ("ifMet", self.if_met.value),
            *((("expiresAt", str(self.until)),) if self.until is not None else ()),
            *((("ifFar", "accept"),) if self.may_be_far else ()),
        )


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A validated request to swap exactly `amount_in` base units on these terms.

    `minimum_amount_out` is the least output that the client demands, in base units; None leaves it to the
    terms. `waiting` is how it waits for its price; None of one that doesn't.
    """

    account: str
    token_in: Token
    token_out: Token
    amount_in: int
    terms: Terms
    valid_for_seconds: int
    minimum_amount_out: int | None = None
    waiting: Waiting | None = None

    @property
    def floor(self) -> int | None:
        """The least output that binds from the start, in base units: as demanded, or as the terms ask.

        None leaves it to the slippage alone.
        """
        asked = self.terms.least_output(self.amount_in, self.token_in, self.token_out)
        demanded = [units for units in (self.minimum_amount_out, asked) if units is not None]
        return max(demanded, default=None)

    def least_of(self, quoted: int) -> int:
        """Return the minimum that an order fixes when its first quote is `quoted`, both in base units."""
        return max(self.floor or 0, minimum_amount_out(quoted, self.terms.slippage_bps))

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the payload in canonical form: requests that mean the same give the same pairs."""
        demanded = self.minimum_amount_out
        return (
            ("type", self.terms.TYPE),
            ("tokenIn", self.token_in.mint),
            ("tokenOut", self.token_out.mint),
            ("amountIn", str(self.amount_in)),
            *self.terms.canonical(),
            ("validForSeconds", str(self.valid_for_seconds)),
            *((("minimumAmountOut", str(demanded)),) if demanded is not None else ()),
            *(self.waiting.canonical() if self.waiting is not None else ()),
        )
