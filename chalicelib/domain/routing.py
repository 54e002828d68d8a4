"""Which venue's offer an order takes, decided from all of the answers and recorded with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.amounts import BPS
from chalicelib.domain.quotes import Reason, VenueFailure, VenueQuote, VenueReply
from chalicelib.errors import ExecutionError, RouteNotFound, VenueUnavailable


class Outcome(StrEnum):
    """What became of one venue's answer."""

    CHOSEN = "chosen"
    OUTBID = "outbid"
    IMPLAUSIBLE = "implausible"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RankedReply:
    """One venue's answer with what became of it: an offer, or the reason why there is none."""

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


def choose_route(replies: Sequence[VenueReply], *, plausibility_bps: int, decided_at: int) -> Route:
    """Take the offer with the greatest net output; the order of the answers makes no difference.

    An offer is left out as implausible when it beats its own spot price, or every other venue's by more than
    `plausibility_bps`. Ties go to the smaller price impact, then to the venue's name.

    Raises
    ------
    VenueUnavailable
        There was no usable offer, and a venue may have one when asked again: it failed for now, or its offer
        was implausible.
    RouteNotFound
        There was no usable offer, and every venue refused for good.
    """
    quotes = [reply for reply in replies if isinstance(reply, VenueQuote)]
    coherent = [quote for quote in quotes if quote.amount_out <= quote.spot_amount_out]
    usable = sorted((q for q in coherent if not _implausible(q, coherent, plausibility_bps)), key=_rank)
    if not usable:
        raise _no_route(replies)
    best = usable[0]
    outbid = [RankedReply(q.venue, Outcome.OUTBID, q, None) for q in usable[1:]]
    implausible = [
        RankedReply(q.venue, Outcome.IMPLAUSIBLE, q, None)
        for q in sorted(quotes, key=_rank)
        if q not in usable
    ]
    failed = [
        RankedReply(reply.venue, Outcome.FAILED, None, reply.reason)
        for reply in sorted((r for r in replies if isinstance(r, VenueFailure)), key=lambda r: r.venue)
    ]
    chosen = RankedReply(best.venue, Outcome.CHOSEN, best, None)
    return Route(best, (chosen, *outbid, *implausible, *failed), decided_at)


def _rank(quote: VenueQuote) -> tuple[int, int, str]:
    return (-quote.amount_out, quote.price_impact_bps, quote.venue)


def _implausible(quote: VenueQuote, quotes: Sequence[VenueQuote], plausibility_bps: int) -> bool:
    others = [other.spot_amount_out for other in quotes if other.venue != quote.venue]
    return bool(others) and quote.amount_out * BPS > max(others) * (BPS + plausibility_bps)


def _no_route(replies: Sequence[VenueReply]) -> ExecutionError:
    failures = sorted((r for r in replies if isinstance(r, VenueFailure)), key=lambda r: r.venue)
    detail = "; ".join(f"{f.venue}: {f.reason.code} ({f.reason.detail})" for f in failures)
    if len(failures) < len(replies) or any(f.reason.retryable for f in failures):
        return VenueUnavailable(f"No venue gave an offer that can be used. {detail}")
    return RouteNotFound(f"No venue can fill this swap. {detail or 'No venue was asked.'}")
