import pytest

from chalicelib.adapters.paper.replies import (
    CORRUPTIONS,
    LIE_FACTOR,
    corrupt,
    lie,
    read_reply,
    write_reply,
)
from chalicelib.domain.pool_offers import Offer
from chalicelib.errors import VenueUnavailable

OFFER = Offer("a-pool", amount_out=149_000_000, spot_amount_out=150_000_000, price_impact_bps=1)


def test_a_reply_is_read_as_it_was_written() -> None:
    assert read_reply(write_reply(OFFER)) == OFFER


@pytest.mark.parametrize("way", range(len(CORRUPTIONS)))
def test_a_corrupt_reply_is_never_read_as_an_offer(way: int) -> None:
    with pytest.raises(VenueUnavailable, match="malformed"):
        read_reply(corrupt(write_reply(OFFER), way))


def test_a_lie_is_well_formed_and_far_off_the_market() -> None:
    offer = read_reply(write_reply(lie(OFFER)))
    assert offer.amount_out == OFFER.amount_out * LIE_FACTOR
    assert offer.amount_out <= offer.spot_amount_out
