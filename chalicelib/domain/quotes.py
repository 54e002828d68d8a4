"""What a venue is asked and what it answers."""

from dataclasses import dataclass

from chalicelib.domain.tokens import Token
from chalicelib.errors import ExecutionError, Kind, Outage

LONGEST_DETAIL = 1_000
"""Characters of a reason's sentence that are kept."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something did not happen: a stable code CATEGORY_CONDITION, its kind, and a sentence."""

    code: str
    kind: Kind
    detail: str
    retryable: bool

    @classmethod
    def of(cls, error: ExecutionError | Outage) -> "Reason":
        """The reason that this error stands for; what others told us is cut, so that no order grows by it."""
        detail = str(error)[:LONGEST_DETAIL] or error.code
        return cls(error.code, error.kind, detail, error.retryable)


@dataclass(frozen=True, slots=True)
class VenueRequest:
    """One exact-in question to a venue; `order_id` and `attempt` make a run repeatable."""

    order_id: str
    attempt: int
    token_in: Token
    token_out: Token
    amount_in: int


@dataclass(frozen=True, slots=True)
class PoolQuote:
    """What one pool would return, in base units, after its fees; or why it was left out."""

    pool: str
    pool_type: str
    amount_out: int | None = None
    fee_in: int = 0
    fee_out: int = 0
    price_impact_bps: int | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class VenueQuote:
    """A venue's best offer: `amount_out` is net of fees and price impact, in base units.

    `spot_amount_out` is what the amount would return at the pool's spot price with no fee and no impact;
    other venues' offers are checked against it. `pools` holds every pool that was asked, the best included.
    """

    venue: str
    pool: str
    amount_out: int
    spot_amount_out: int
    price_impact_bps: int
    quoted_at: int
    pools: tuple[PoolQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class VenueFailure:
    """A venue that gave no offer, and why."""

    venue: str
    reason: Reason


VenueReply = VenueQuote | VenueFailure
