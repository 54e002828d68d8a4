"""Requests to venues for quotes, and the venues' replies."""

from dataclasses import dataclass

from chalicelib.domain.tokens import Token
from chalicelib.errors import ExecutionError, Kind, Outage

LONGEST_DETAIL = 1_000
"""Most characters of a reason's sentence that are stored."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something did not happen: a stable code CATEGORY_CONDITION, its kind, and a sentence."""

    code: str
    kind: Kind
    detail: str
    retryable: bool

    @classmethod
    def of(cls, error: ExecutionError | Outage) -> "Reason":
        """Return the reason for this error, its sentence cut to LONGEST_DETAIL so that orders stay small."""
        detail = str(error)[:LONGEST_DETAIL] or error.code
        return cls(error.code, error.kind, detail, error.retryable)


@dataclass(frozen=True, slots=True)
class VenueRequest:
    """A request for an exact-in quote; `order_id` and `attempt` make paper trading repeatable."""

    order_id: str
    attempt: int
    token_in: Token
    token_out: Token
    amount_in: int


@dataclass(frozen=True, slots=True)
class PoolQuote:
    """The quote of one pool, in base units after its fees; or why it was left out."""

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
