"""Orders through their lives, with everything in them that an order can hold."""

from chalicelib.domain import transitions
from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.firing import Sighting, end_unfilled, fire
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.domain.quotes import PoolQuote, Reason, VenueQuote
from chalicelib.domain.routing import Outcome, RankedReply, Route
from chalicelib.domain.submission import Submission
from chalicelib.errors import PoolDisabled, SlippageExceeded, VenueUnavailable
from tests.fakes.examples import a_waiting_order, an_order

STALE = Reason.of(SlippageExceeded("1 below the minimum"))


def a_route(at: int, amount_out: int = 150_000_000) -> Route:
    """A route with an answer of every outcome, from pools that were asked and pools that were left out."""
    pools = (
        PoolQuote("pool-1", "raydium_clmm", amount_out, fee_in=375_000, fee_out=0, price_impact_bps=3),
        PoolQuote("pool-2", "raydium_cpmm", reason=Reason.of(PoolDisabled("swaps are off"))),
    )
    best = VenueQuote("raydium", "pool-1", amount_out, amount_out + 50_000, 3, at, pools)
    outbid = VenueQuote("meteora", "pool-3", amount_out - 1, amount_out, 0, at)
    absurd = VenueQuote("astray", "pool-4", U64_MAX, U64_MAX, 0, at)
    replies = (
        RankedReply("raydium", Outcome.CHOSEN, best, None),
        RankedReply("meteora", Outcome.OUTBID, outbid, None),
        RankedReply("astray", Outcome.IMPLAUSIBLE, absurd, None),
        RankedReply("asleep", Outcome.FAILED, None, Reason.of(VenueUnavailable("timed out"))),
    )
    return Route(best, replies, at)


def a_submission(at: int, signature: str = "signature-1") -> Submission:
    return Submission(signature, "AQID", 300_000_150, at)


def a_life(order: Order | None = None) -> list[Order]:
    """Every version of an order that trades at its second attempt, the first one pending."""
    life = [order or an_order()]
    at, order_id = life[0].accepted_at, life[0].order_id

    def stamp() -> Stamp:
        return Stamp(at + len(life), f"write-{len(life) + 1}-of-{order_id}")

    life.append(transitions.start_routing(life[-1], stamp()))
    life.append(transitions.take_route(life[-1], a_route(at), stamp()))
    life.append(transitions.submit(life[-1], a_submission(at), stamp()))
    life.append(transitions.retry(life[-1], STALE, stamp()))
    life.append(transitions.take_route(life[-1], a_route(at + 9, 149_000_000), stamp()))
    life.append(transitions.submit(life[-1], a_submission(at, "signature-2"), stamp()))
    life.append(transitions.confirm(life[-1], Fill(life[0].amount_in, 149_123_456), stamp()))
    return life


def an_armed_life() -> list[Order]:
    """Every version of an order that waits for its price, fires, and comes back unfilled."""
    order = a_waiting_order()
    seen = Sighting(amount_out=194_550_000, looks=2)
    fired = fire(order, seen, Stamp(order.accepted_at + 1, "write-2"))
    returned = end_unfilled(fired, Status.FAILED, STALE, Stamp(order.accepted_at + 2, "write-3"))
    return [order, fired, returned]
