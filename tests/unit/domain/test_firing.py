"""Orders that wait for their price: they fire, come back, rest, and are amended."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain import firing, transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order, Status
from chalicelib.domain.price_keys import Side, exact_price
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import Reason
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.triggers import Trigger
from chalicelib.errors import IllegalTransition, RouteBelowMinimum, TransactionReverted
from tests.fakes.examples import A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, a_waiting_order, an_order
from tests.fakes.lives import a_route, a_submission

SEEN = firing.Sighting(amount_out=194_550_000, looks=2)
BELOW = Reason.of(RouteBelowMinimum("The best offer was too low"))


def fired(order: Order, at: int = 2_000) -> Order:
    return firing.fire(order, SEEN, Stamp(at, f"fire at {at}"))


def returned(order: Order, at: int = 3_000) -> Order:
    return firing.end_unfilled(order, Status.FAILED, BELOW, Stamp(at, f"return at {at}"))


def test_an_armed_order_has_no_other_end_than_its_own():
    order = a_waiting_order(until=90_000)
    assert (order.status, order.good_till, order.expires_at, order.enqueued_at) == (
        Status.ARMED,
        90_000,
        90_000,
        90_000,
    )
    assert order.events[-1].change == "placed"


def test_a_firing_begins_an_execution_with_a_life_of_its_own_within_the_order_s_time():
    order = fired(a_waiting_order(until=30_000), at=2_000)
    assert (order.status, order.expires_at, order.enqueued_at) == (Status.PENDING, 30_000, 2_000)
    assert fired(a_waiting_order(), at=2_000).expires_at == 62_000


def test_a_firing_tells_what_was_seen():
    detail = fired(a_waiting_order(terms=A_STOP)).events[-1].detail
    assert detail == {
        "change": "fired",
        "trigger": "130",
        "observed": "129.7",
        "priceIn": "USDC",
        "looks": "2",
    }


def test_what_comes_back_waits_as_before_and_keeps_what_it_asks_for():
    order = a_waiting_order()
    routed = transitions.take_route(
        transitions.start_routing(fired(order), Stamp(2_001, "r")), a_route(2_001), Stamp(2_002, "b")
    )
    back = returned(routed)
    assert back.status is Status.ARMED
    assert (back.expires_at, back.enqueued_at) == (order.good_till, order.good_till)
    assert (back.minimum_amount_out, back.route, back.reason) == (order.minimum_amount_out, None, BELOW)


def test_each_firing_has_four_attempts_and_a_minimum_of_its_own():
    order = transitions.start_routing(fired(a_waiting_order(terms=A_STOP)), Stamp(2_001, "r"))
    for number in range(3):
        order = transitions.retry(order, BELOW, Stamp(2_002 + number, f"retry {number}"))
    with pytest.raises(IllegalTransition, match="all 4 attempts were spent"):
        transitions.retry(order, BELOW, Stamp(2_010, "one too many"))
    again = transitions.start_routing(fired(returned(order), at=9_000), Stamp(9_001, "again"))
    assert (again.attempt, again.attempts_now, again.was_routed) == (5, 1, False)


def test_what_is_sent_and_dead_comes_back_without_its_transaction():
    order = transitions.start_routing(fired(a_waiting_order()), Stamp(2_001, "r"))
    order = transitions.take_route(order, a_route(2_001), Stamp(2_002, "b"))
    order = transitions.submit(order, a_submission(2_003, "dead"), Stamp(2_003, "s"))
    back = returned(order)
    assert back.submission is None
    assert back.events[-1].detail["txHash"] == "dead"


def test_an_order_whose_time_is_over_expires_and_waits_no_more():
    order = fired(a_waiting_order(until=30_000))
    assert returned(order, at=29_999).status is Status.ARMED
    assert returned(order, at=30_000).status is Status.EXPIRED


def test_an_order_that_waits_for_nothing_ends_as_it_would():
    order = transitions.start_routing(an_order(), Stamp(2, "r"))
    assert returned(order).status is Status.FAILED
    with pytest.raises(IllegalTransition, match="waits for no price"):
        fired(an_order())


def test_after_its_last_firing_an_order_fails():
    order = a_waiting_order()
    for number in range(firing.MOST_FIRINGS):
        assert order.status is Status.ARMED
        order = returned(fired(order, at=2_000 + number), at=2_000 + number)
    assert order.status is Status.FAILED
    assert order.reason is not None
    assert order.reason.code == "FIRINGS_SPENT"


def test_it_rests_not_at_all_and_then_longer_after_each_return():
    order, rests = a_waiting_order(), []
    for number in range(12):
        order = returned(fired(order, at=number), at=1_000_000 * number)
        rests.append(max(0, firing.rests_until(order) - 1_000_000 * number) // 1000)
    assert rests == [0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_nothing_fires_while_it_rests_or_shortly_before_its_end():
    order = a_waiting_order(until=100_000)
    assert firing.may_fire(order, 89_999)
    assert not firing.may_fire(order, 90_000)
    tired = returned(fired(returned(fired(order)), at=4_000), at=5_000)
    assert not firing.may_fire(tired, 6_999)
    assert firing.may_fire(tired, 7_000)
    assert not firing.may_fire(fired(order), 5_000)


def test_a_stop_with_a_limit_waits_for_the_limit_once_it_has_fired():
    limit = NamedPrice(Decimal(129), USDC)
    order = a_waiting_order(terms=replace(A_STOP, limit=limit))
    assert order.trigger == Trigger(Side.BELOW, A_STOP.price)
    assert returned(fired(order)).trigger == Trigger(Side.ABOVE, limit)


@pytest.mark.promise("R23")
@pytest.mark.parametrize(
    ("terms", "least"),
    [
        (A_WAITING_LIMIT, 240_000_000),
        (A_STOP, None),
        (replace(A_STOP, limit=NamedPrice(Decimal(129), USDC)), 193_500_000),
        (A_TAKE_PROFIT, 267_300_000),
    ],
)
def test_each_type_s_floor_binds_from_the_start(terms, least):
    assert a_waiting_order(terms=terms).minimum_amount_out == least
    assert fired(a_waiting_order(terms=terms)).minimum_amount_out == least


def test_an_amended_order_has_its_new_terms_time_and_floor():
    order = a_waiting_order()
    terms = replace(A_WAITING_LIMIT, price=NamedPrice(Decimal(158), USDC))
    amended = firing.amend(order, terms, 77_000, Stamp(5_000, "amend"))
    assert (amended.terms, amended.good_till, amended.expires_at, amended.amendments) == (
        terms,
        77_000,
        77_000,
        1,
    )
    assert amended.minimum_amount_out == 237_000_000
    with pytest.raises(IllegalTransition, match="pending -> armed"):
        firing.amend(replace(an_order(), good_till=None), terms, 77_000, Stamp(5_000, "amend"))


def test_control_a_transaction_that_landed_with_an_error_is_the_end_all_the_same():
    order = fired(a_waiting_order())
    reason = Reason.of(TransactionReverted("It landed with an error"))
    assert transitions.fail(order, reason, Stamp(9_000, "fail")).status is Status.FAILED


def test_a_trigger_is_met_at_its_price_and_past_it_in_either_unit():
    for price in (NamedPrice(Decimal(125), USDC), NamedPrice(Decimal("0.008"), SOL)):
        rate = exact_price(price, SOL, USDC)
        for side, past, short in ((Side.ABOVE, 2, "1/2"), (Side.BELOW, "1/2", 2)):
            trigger = Trigger(side, price)
            assert trigger.is_met(rate, SOL, USDC)
            assert trigger.is_met(rate * type(rate)(past), SOL, USDC)
            assert not trigger.is_met(rate * type(rate)(short), SOL, USDC)
