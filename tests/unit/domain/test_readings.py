"""What is known of a pair at one moment, without asking anybody again."""

from fractions import Fraction

import pytest

from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import VenueFailure, VenueQuote
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.domain.routing import choose_route, needs_proof
from chalicelib.domain.tokens import SOL, USDC
from tests.fakes.readings import DOWN, of_whole, reading_at, venue_at

ONE_SOL = 10**9


def test_the_best_offer_of_all_venues_is_the_one_that_would_be_chosen():
    reading = reading_at({"raydium": "150", "meteora": "151"}, read_at=7, fee_bps=25)
    best = reading.best_out(ONE_SOL, SOL)
    replies = reading.replies(ONE_SOL, SOL)
    assert best == choose_route(replies, decided_at=7).best
    assert best is not None
    assert (best.venue, best.amount_out, best.spot_amount_out) == ("meteora", 150_622_500, 151_000_000)
    assert (best.pool, best.quoted_at, len(best.pools)) == ("meteora-0", 7, 1)
    assert needs_proof(best, replies, 41)
    assert not needs_proof(best, replies, 42)


def test_the_other_direction_is_offered_for_as_well():
    best = reading_at({"raydium": "150", "meteora": "151"}).best_out(150_000_000, USDC)
    assert best is not None
    assert (best.venue, best.amount_out) == ("raydium", ONE_SOL)


def test_a_venue_that_is_down_or_left_out_has_no_offer():
    reading = reading_at({"raydium": "150", "meteora": None, "orca": "152"})
    assert reading.replies(ONE_SOL, SOL)[1] == VenueFailure("meteora", DOWN)
    best = reading.best_out(ONE_SOL, SOL, left_out={"orca"})
    assert best is not None
    assert best.venue == "raydium"
    assert reading.best_out(ONE_SOL, SOL, left_out={"orca", "raydium"}) is None


def test_a_venue_whose_pools_all_refuse_tells_why():
    reading = reading_at({"raydium": "150"}, most_in=ONE_SOL)
    (reply,) = reading.replies(2 * ONE_SOL, SOL)
    assert isinstance(reply, VenueFailure)
    assert reply.reason.code == "POOL_INSUFFICIENT_LIQUIDITY"
    assert reply.reason.detail == "Its pools can't fill 2 SOL: they take 1 SOL"
    assert reading.best_out(2 * ONE_SOL, SOL) is None


def test_a_venue_without_a_pool_offers_nothing():
    reading = PairReading((SOL, USDC), 0, (VenueReading("raydium", 1, ()),))
    assert reading.best_out(ONE_SOL, SOL) is None
    assert reading.extreme_spot(SOL, Side.ABOVE) is None


def test_a_venue_offers_the_best_of_its_pools():
    reading = PairReading((SOL, USDC), 0, (venue_at("raydium", 1, "149", "150", "148"),))
    (reply,) = reading.replies(ONE_SOL, SOL)
    assert isinstance(reply, VenueQuote)
    assert (reply.pool, len(reply.pools)) == ("raydium-1", 3)


@pytest.mark.parametrize(
    ("token_in", "side", "extreme"),
    [
        (SOL, Side.ABOVE, of_whole("151")),
        (SOL, Side.BELOW, of_whole("148")),
        (USDC, Side.ABOVE, 1 / of_whole("148")),
        (USDC, Side.BELOW, 1 / of_whole("151")),
    ],
)
def test_the_extreme_spot_is_that_of_any_pool_of_any_venue(token_in, side, extreme: Fraction):
    venues = venue_at("raydium", 1, "150", "148"), VenueFailure("orca", DOWN), venue_at("meteora", 1, "151")
    assert PairReading((SOL, USDC), 0, venues).extreme_spot(token_in, side) == extreme


def test_an_empty_pool_is_no_price_of_zero():
    reading = PairReading((SOL, USDC), 0, (venue_at("raydium", 1, "0", "150"),))
    assert reading.extreme_spot(SOL, Side.BELOW) == of_whole("150")
