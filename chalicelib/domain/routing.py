"""Choose the venue's offer that an order takes, and record it with all of the replies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.amounts import BPS
from chalicelib.domain.quotes import Reason, VenueFailure, VenueQuote, VenueReply
from chalicelib.errors import (
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    ComputeLimitExceeded,
    ExecutionError,
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    PriceOutOfRange,
    RouteCause,
    RouteNotFound,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)


class Outcome(StrEnum):
    """The outcome of one venue's reply in the choice of a route."""

    CHOSEN = "chosen"
    OUTBID = "outbid"
    IMPLAUSIBLE = "implausible"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RankedReply:
    """One venue's reply, which is an offer or the reason why there is none, with its outcome."""

    venue: str
    outcome: Outcome
    quote: VenueQuote | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Route:
    """The winning offer and every answer that it was compared with, best first."""

    best: VenueQuote
    replies: tuple[RankedReply, ...]
    decided_at: int


def choose_route(replies: Sequence[VenueReply], *, decided_at: int, disproved: Collection[str] = ()) -> Route:
    """Choose the offer with the greatest net output; the order of the replies makes no difference.

    Left out as implausible are an offer that beats its own spot price, and those of the `disproved` venues.
    Ties go to the smaller price impact, then to the venue's name.

    Raises
    ------
    ChainUnavailable, ChainStale, ChainWrong
        There was no offer, because the nodes that all venues read gave none of them an answer.
    VenueUnavailable
        There was no usable offer, and a venue may have one when asked again: it failed for now, or its offer
        was implausible.
    RouteNotFound
        There was no usable offer, and every venue refused for good.
    """
    quotes = sorted(_coherent(replies), key=_rank)
    usable = [quote for quote in quotes if quote.venue not in disproved]
    if not usable:
        raise _no_route(replies)
    best = usable[0]
    chosen = RankedReply(best.venue, Outcome.CHOSEN, best, None)
    outbid = [RankedReply(q.venue, Outcome.OUTBID, q, None) for q in usable[1:]]
    offers = sorted((r for r in replies if isinstance(r, VenueQuote)), key=_rank)
    implausible = [RankedReply(q.venue, Outcome.IMPLAUSIBLE, q, None) for q in offers if q not in usable]
    failed = [
        RankedReply(reply.venue, Outcome.FAILED, None, reply.reason)
        for reply in sorted((r for r in replies if isinstance(r, VenueFailure)), key=lambda r: r.venue)
    ]
    return Route(best, (chosen, *outbid, *implausible, *failed), decided_at)


def best_of(replies: Sequence[VenueReply], disproved: Collection[str] = ()) -> VenueQuote | None:
    """Return the offer that `choose_route` would choose; None if none of them is usable."""
    usable = (quote for quote in _coherent(replies) if quote.venue not in disproved)
    return min(usable, key=_rank, default=None)


def needs_proof(quote: VenueQuote, replies: Sequence[VenueReply], plausibility_bps: int) -> bool:
    """Return whether an offer beats every other venue's spot price by more than the limit (basis points).

    Then it or all the others are wrong. Dropping it could mean trading at a wrong price, so it is simulated.
    """
    others = [other.spot_amount_out for other in _coherent(replies) if other.venue != quote.venue]
    return quote.amount_out * BPS > max(others, default=0) * (BPS + plausibility_bps)


def _coherent(replies: Sequence[VenueReply]) -> list[VenueQuote]:
    return [r for r in replies if isinstance(r, VenueQuote) and r.amount_out <= r.spot_amount_out]


def _rank(quote: VenueQuote) -> tuple[int, int, str]:
    return (-quote.amount_out, quote.price_impact_bps, quote.venue)


TOO_LARGE = (InsufficientLiquidity, ComputeLimitExceeded, PriceOutOfRange)
"""Errors of pools for which the amount is too large."""

CLOSED = (PoolDisabled, PoolNotActive, UnsupportedPool)
"""Errors of pools that refuse any amount."""

_TOO_SMALL = frozenset({ZeroOutput.code})
_TOO_LARGE = frozenset(error.code for error in TOO_LARGE)
_CLOSED = frozenset(error.code for error in (*CLOSED, RouteNotFound))
"""Codes that don't depend on the amount: any amount would be refused."""

_OUTAGES = {error.code: error for error in (ChainUnavailable, ChainStale, ChainWrong)}
"""Errors of the chain's nodes, by their codes: venues that read them all fail for this one reason."""

_NO_ROUTE: Mapping[RouteCause | None, str] = {
    "amount_too_small": "The amount is too small: no pool would return anything for it.",
    "amount_too_large": "The amount is too large: no pool can fill it.",
    None: "No venue can fill this swap.",
}


def _no_route(replies: Sequence[VenueReply]) -> ExecutionError:
    failures = sorted((r for r in replies if isinstance(r, VenueFailure)), key=lambda r: r.venue)
    outages = [_OUTAGES.get(failure.reason.code) for failure in failures]
    if len(failures) == len(replies) and outages and outages[0] is not None and None not in outages:
        return outages[0](failures[0].reason.detail)
    detail = "; ".join(f"{f.venue.capitalize()}: {f.reason.detail}" for f in failures)
    if len(failures) < len(replies) or any(f.reason.retryable for f in failures):
        return VenueUnavailable(f"No venue gave an offer that can be used. {detail}")
    cause = _cause({f.reason.code for f in failures})
    return RouteNotFound(f"{_NO_ROUTE[cause]} {detail or 'No venue was asked.'}", cause=cause)


def _cause(codes: set[str]) -> RouteCause | None:
    """Return the cause on which all venues agree, of those whose codes depend on the amount."""
    said = codes - _CLOSED
    if said and said <= _TOO_SMALL:
        return "amount_too_small"
    if said and said <= _TOO_LARGE:
        return "amount_too_large"
    return None
