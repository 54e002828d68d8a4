"""What counts against an account's limits on armed orders."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import armed_risk
from chalicelib.domain.armed_risk import ArmedExposure, armed_entry_of
from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import OpenEntry
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import ArmedAmountAboveLimit, ArmedOrdersAtLimit, LimitRefusal
from tests.fakes.examples import a_waiting_order

LIMITS = Limits(10, 10, armed_orders=3, armed_amounts={SOL.mint: 10})


def selling(number, amount_in, token=SOL):
    other = USDC if token is SOL else SOL
    return a_waiting_order(f"order-{number}", token_in=token, token_out=other, amount_in=amount_in)


def test_an_order_that_is_counted_twice_changes_nothing():
    once = armed_risk.count(ArmedExposure(), selling(1, 10), LIMITS)
    assert armed_risk.count(once, replace(selling(1, 10), accepted_at=9), LIMITS) is once


def test_orders_are_refused_by_their_number_before_their_amount():
    full = ArmedExposure()
    for number in range(3):
        full = armed_risk.count(full, selling(number, 3), LIMITS)
    with pytest.raises(ArmedAmountAboveLimit):
        armed_risk.count(full, selling(4, 2), replace(LIMITS, armed_orders=4))
    with pytest.raises(ArmedOrdersAtLimit):
        armed_risk.count(full, selling(4, 2), LIMITS)


def test_a_token_of_which_nothing_is_reserved_any_more_is_not_listed():
    one = armed_risk.count(ArmedExposure(), selling(1, 10), LIMITS)
    assert one.without([armed_entry_of(selling(1, 10))]) == ArmedExposure()


ORDERS = st.builds(selling, st.integers(0, 5), st.integers(1, 6), st.sampled_from([SOL, USDC]))


@given(st.lists(st.tuples(ORDERS, st.lists(st.integers(0, 5), max_size=3))))
def test_what_is_reserved_is_always_what_is_reserved_for_the_counted_orders(steps):
    stands = ArmedExposure()
    for order, forgotten in steps:
        try:
            stands = armed_risk.count(stands, order, LIMITS)
        except LimitRefusal:
            assert not stands.counts(order.order_id)
        stands = stands.without([OpenEntry(f"order-{number}", 0) for number in forgotten])
        reserved = Counter[str]()
        for entry in stands.open_orders:
            reserved[entry.mint] += entry.amount
        assert stands.reserved == reserved
        assert len({entry.order_id for entry in stands.open_orders}) == len(stands.open_orders) <= 3
        assert stands.reserved.get(SOL.mint, 0) <= 10
