"""The price that stops and take-profits are judged by."""

from fractions import Fraction
from typing import Any

import pytest

from chalicelib.domain.price_keys import Side
from chalicelib.domain.readings import PairReading
from chalicelib.domain.reference import Reference, reference
from chalicelib.domain.tokens import SOL, USDC
from tests.fakes.readings import of_whole, reading_at, venue_at

ONE_SOL = 10**9
AGREEING = {"raydium": "150", "meteora": "151"}
STOP, TAKE_PROFIT = Side.BELOW, Side.ABOVE


def judged(reading: PairReading, side: Side = STOP, **changes: Any) -> Reference | None:
    asked: dict[str, Any] = {"token_in": SOL, "amount_in": ONE_SOL, "max_impact_bps": 100} | changes
    return reference(reading, side=side, **asked)


def price(reading: PairReading, side: Side = STOP, **changes: Any) -> Fraction:
    found = judged(reading, side, **changes)
    assert found is not None
    return found.price


def of(*prices: str, **pool: Any) -> PairReading:
    return PairReading((SOL, USDC), 0, (venue_at("raydium", 1, *prices, **pool),))


def test_a_stop_is_judged_by_the_venue_that_pays_most_and_a_take_profit_by_the_one_that_pays_least():
    reading = reading_at(AGREEING)
    assert price(reading, STOP) == of_whole("151")
    assert price(reading, TAKE_PROFIT) == of_whole("150")


def test_a_purchase_is_judged_by_the_price_in_its_own_direction():
    bought = {"token_in": USDC, "amount_in": 150_000_000}
    assert price(reading_at(AGREEING), STOP, **bought) == 1 / of_whole("150")
    assert price(reading_at(AGREEING), TAKE_PROFIT, **bought) == 1 / of_whole("151")


@pytest.mark.parametrize(
    ("prices", "stop", "take_profit"),
    [
        (("150",), "150", "150"),
        (("10", "150"), "150", "10"),
        (("160", "10", "150"), "150", "150"),
        (("10", "150", "152", "900"), "152", "150"),
    ],
)
def test_a_venue_vouches_for_the_cautious_median_of_its_pools(prices, stop, take_profit):
    assert price(of(*prices), STOP) == of_whole(stop)
    assert price(of(*prices), TAKE_PROFIT) == of_whole(take_profit)


def test_each_venue_tells_its_own_price_and_of_how_many_pools():
    found = judged(PairReading((SOL, USDC), 0, (venue_at("a", 1, "150", "151"), venue_at("b", 1, "149"))))
    assert found is not None
    assert found.vouching == 2
    assert [(each.venue, each.price, each.pools) for each in found.venues] == [
        ("a", of_whole("151"), 2),
        ("b", of_whole("149"), 1),
    ]


def test_a_pool_counts_only_if_it_fills_the_whole_order_within_the_impact():
    assert judged(of("150", most_in=ONE_SOL - 1)) is None
    assert judged(of("150", most_in=ONE_SOL)) is not None
    assert judged(of("150", impact_bps=101)) is None
    assert judged(of("150", impact_bps=100)) is not None


def test_a_pool_that_does_not_count_moves_no_reference():
    small = venue_at("raydium", 1, "10", "11", most_in=5)
    deep = venue_at("raydium", 1, "150")
    both = PairReading((SOL, USDC), 0, (venue_at("raydium", 1, "150"),))
    mixed = PairReading((SOL, USDC), 0, (type(deep)("raydium", 1, (*small.pools, *deep.pools)),))
    assert judged(mixed) == judged(both)


def test_where_no_venue_vouches_there_is_no_reference():
    assert judged(reading_at({"raydium": None, "meteora": "0"})) is None
    assert judged(reading_at(AGREEING), left_out={"raydium", "meteora"}) is None


def test_a_venue_that_is_down_or_left_out_does_not_vouch():
    assert price(reading_at({"raydium": "150", "meteora": None})) == of_whole("150")
    found = judged(reading_at(AGREEING), left_out={"meteora"})
    assert found is not None
    assert (found.price, found.vouching) == (of_whole("150"), 1)


@pytest.mark.parametrize(
    ("side", "trigger", "is_met", "venues_past"),
    [
        (STOP, "151", True, ["raydium", "meteora"]),
        (STOP, "150.99", False, ["raydium"]),
        (STOP, "149.99", False, []),
        (TAKE_PROFIT, "150", True, ["raydium", "meteora"]),
        (TAKE_PROFIT, "150.01", False, ["meteora"]),
        (TAKE_PROFIT, "151.01", False, []),
    ],
)
def test_one_venue_past_the_trigger_does_not_meet_it(side, trigger, is_met, venues_past):
    found = judged(reading_at(AGREEING), side)
    assert found is not None
    assert found.is_met(of_whole(trigger)) is is_met
    assert found.venues_past(of_whole(trigger)) == venues_past


def test_venues_differ_if_they_are_further_apart_than_the_limit():
    found = judged(reading_at({"raydium": "100", "meteora": "103"}))
    assert found is not None
    assert not found.differs_by_more_than(300)
    assert found.differs_by_more_than(299)


def test_a_venue_alone_differs_from_nobody():
    found = judged(of("150"))
    assert found is not None
    assert not found.differs_by_more_than(0)
