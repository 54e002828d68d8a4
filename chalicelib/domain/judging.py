"""Judge whether a look meets what an armed order waits for, and which offer that rests on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from chalicelib.domain.firing import floor_of
from chalicelib.domain.order import Order
from chalicelib.domain.price_keys import Side, exact_price
from chalicelib.domain.quotes import VenueQuote
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.domain.reference import Reference, reference
from chalicelib.domain.routing import best_of, needs_proof
from chalicelib.domain.terms import TakeProfitTerms


@dataclass(frozen=True, slots=True)
class Caution:
    """How offers are doubted: the price impact that a pool may have, and how far venues may differ (bps)."""

    max_impact_bps: int
    plausibility_bps: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one look says of one order.

    `amount_out` is what the order would give at the price that it was judged by, in base units, of
    `vouching` venues; `past` is how far that price is past the trigger, as a fraction of it. `doubted` is the
    offer that the judgement rests on and that no other venue vouches for: it has to be proved first.
    """

    is_met: bool
    amount_out: int
    vouching: int
    past: Fraction
    doubted: VenueQuote | None = None


def judge(
    order: Order, reading: PairReading, caution: Caution, left_out: Collection[str] = ()
) -> Judgement | None:
    """Judge an armed order by a reading, without the venues that are `left_out`; None if there is no price.

    What has a limit is met when an offer for its whole amount is no worse. All else is met by the reference,
    on which the venues have to agree.
    """
    trigger = order.trigger
    if trigger is None:
        return None
    is_limit = trigger.side is Side.ABOVE and not isinstance(order.terms, TakeProfitTerms)
    if is_limit:
        return _by_offer(order, reading, caution, left_out)
    vouched = reference(
        reading,
        order.token_in,
        order.amount_in,
        side=trigger.side,
        max_impact_bps=caution.max_impact_bps,
        left_out=left_out,
    )
    if vouched is None:
        return None
    price = exact_price(trigger.price, order.token_in, order.token_out)
    return Judgement(
        is_met=vouched.is_met(price),
        amount_out=floor(order.amount_in * vouched.price),
        vouching=vouched.vouching,
        past=abs(vouched.price / price - 1),
        doubted=_standing_in_the_way(order, reading, vouched, price, caution),
    )


def _by_offer(
    order: Order, reading: PairReading, caution: Caution, left_out: Collection[str]
) -> Judgement | None:
    replies = [
        reply for reply in reading.replies(order.amount_in, order.token_in) if reply.venue not in left_out
    ]
    best, least = best_of(replies), floor_of(order)
    if best is None or least is None:
        return None
    is_met = best.amount_out >= least and best.price_impact_bps <= caution.max_impact_bps
    is_doubtful = is_met and needs_proof(best, replies, caution.plausibility_bps)
    past = Fraction(best.amount_out, least) - 1
    return Judgement(is_met, best.amount_out, 1, past, best if is_doubtful else None)


def _standing_in_the_way(
    order: Order, reading: PairReading, vouched: Reference, trigger: Fraction, caution: Caution
) -> VenueQuote | None:
    """Return the offer of the venue by whose word a stop isn't met, if another venue is far past its trigger.

    Where that offer is not to be had the venue is left out, so that one liar can't keep a stop from firing.
    """
    if vouched.side is Side.ABOVE or vouched.is_met(trigger) or not vouched.venues_past(trigger):
        return None
    if not vouched.differs_by_more_than(caution.plausibility_bps):
        return None
    best = max(vouched.venues, key=lambda each: each.price)
    return _offer_of(reading.venues_read, best.venue, order, reading.read_at)


def _offer_of(venues: Sequence[VenueReading], name: str, order: Order, at: int) -> VenueQuote | None:
    replies = (venue.reply(order.amount_in, order.token_in, at) for venue in venues if venue.venue == name)
    reply = next(replies, None)
    return reply if isinstance(reply, VenueQuote) else None
