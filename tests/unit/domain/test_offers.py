"""Which offers an order may take."""

from dataclasses import replace

import pytest

from chalicelib.domain.offers import check_minimum, check_price_impact
from chalicelib.domain.tokens import USDC
from chalicelib.errors import PriceImpactAboveLimit, RouteBelowMinimum
from tests.fakes.lives import a_route


def test_an_offer_may_move_the_price_by_the_limit_and_no_basis_point_more():
    offer = a_route(0).best
    check_price_impact(replace(offer, price_impact_bps=1_000), 1_000)
    with pytest.raises(PriceImpactAboveLimit, match=r"by 10\.01 %, and 10 % is the most") as refused:
        check_price_impact(replace(offer, price_impact_bps=1_001), 1_000)
    assert (refused.value.kind, refused.value.retryable) == ("denied", False)


@pytest.mark.promise("R6")
def test_an_offer_of_the_minimum_is_taken_and_one_of_a_base_unit_less_is_not():
    offer = replace(a_route(0).best, amount_out=222_150_000)
    check_minimum(offer, 222_150_000, USDC)
    check_minimum(offer, None, USDC)
    with pytest.raises(RouteBelowMinimum, match=r"was 222\.15 USDC, the minimum is 222\.150001 USDC$"):
        check_minimum(offer, 222_150_001, USDC)
