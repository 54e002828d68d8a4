"""What an order does to an account's exposure, and what it is refused for."""

from dataclasses import replace

import pytest

from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import (
    DAY_MS,
    Exposure,
    check_order,
    seconds_left,
)
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC
from chalicelib.errors import (
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    TokenNotAllowed,
)
from tests.fakes.examples import a_waiting_order, an_order

LIMITS = Limits(orders_per_minute=10, open_orders=10)


@pytest.mark.parametrize(
    ("token_in", "token_out", "named"),
    [(SOL, BONK, "BONK"), (JUP, USDC, "JUP")],
)
def test_a_token_that_is_not_on_the_list_is_refused_on_either_side(token_in, token_out, named):
    listed = replace(LIMITS, tokens=frozenset({USDC, SOL}))
    with pytest.raises(TokenNotAllowed) as refused:
        check_order(an_order(token_in=token_in, token_out=token_out), listed)
    assert refused.value.numbers == {"token": named, "allowed": "SOL, USDC"}
    check_order(an_order(token_in=SOL, token_out=USDC), listed)
    check_order(an_order(token_in=token_in, token_out=token_out), LIMITS)


def test_one_order_may_swap_the_limit_and_not_a_base_unit_more():
    limits = replace(LIMITS, order_amounts={SOL.mint: 2_000_000_000})
    check_order(an_order(amount_in=2_000_000_000), limits)
    with pytest.raises(OrderAmountAboveLimit) as refused:
        check_order(an_order(amount_in=2_000_000_001), limits)
    assert refused.value.numbers == {"token": "SOL", "limit": "2", "requested": "2.000000001"}
    check_order(an_order(amount_in=3_000_000_000, token_in=USDC, token_out=SOL), limits)


@pytest.mark.parametrize("ordered", [an_order, a_waiting_order])
def test_one_order_swaps_the_minimum_and_not_a_base_unit_less(ordered):
    limits = replace(LIMITS, least_amounts={SOL.mint: 10_000_000})
    check_order(ordered(amount_in=10_000_000), limits)
    with pytest.raises(OrderAmountBelowMinimum) as refused:
        check_order(ordered(amount_in=9_999_999), limits)
    assert refused.value.numbers == {"token": "SOL", "limit": "0.01", "requested": "0.009999999"}
    check_order(an_order(amount_in=1, token_in=USDC, token_out=SOL), limits)


@pytest.mark.parametrize(
    ("now", "left"),
    [(0, 60), (1, 60), (1_000, 59), (58_999, 2), (59_000, 1), (59_999, 1)],
)
def test_the_seconds_left_of_a_minute_are_rounded_up(now, left):
    assert seconds_left(20_000 * 1_440, 20_000 * DAY_MS + now) == left


def test_nothing_counts_of_an_account_that_has_never_ordered():
    never = Exposure()
    counted = never.amounts, never.open_orders, never.claims
    assert (never.requests, [len(each) for each in counted]) == (0, [0, 0, 0])
