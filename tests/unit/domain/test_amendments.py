"""What an amendment makes of an order's terms."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain.amendments import Amendment, amended_terms
from chalicelib.domain.firing import Sighting, end_unfilled, fire
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import Reason
from chalicelib.domain.tokens import USDC
from chalicelib.errors import IllegalTransition, InvalidRequest, RouteBelowMinimum, TriggerBelowFloor
from tests.fakes.examples import A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, a_waiting_order, an_order

UNTIL = 100_000_000


def usdc(text):
    return NamedPrice(Decimal(text), USDC)


STOP_LIMIT = replace(A_STOP, limit=usdc("126"))


@pytest.mark.parametrize(
    ("terms", "amendment", "amended"),
    [
        (A_WAITING_LIMIT, Amendment(limit=Decimal(161)), replace(A_WAITING_LIMIT, price=usdc("161"))),
        (A_STOP, Amendment(trigger=Decimal(128)), replace(A_STOP, price=usdc("128"))),
        (A_STOP, Amendment(limit=Decimal(130)), replace(A_STOP, limit=usdc("130"))),
        (
            STOP_LIMIT,
            Amendment(trigger=Decimal(120), limit=Decimal(119)),
            replace(A_STOP, price=usdc("120"), limit=usdc("119")),
        ),
        (A_TAKE_PROFIT, Amendment(trigger=Decimal(181)), replace(A_TAKE_PROFIT, price=usdc("181"))),
        (A_TAKE_PROFIT, Amendment(slippage_bps=200), replace(A_TAKE_PROFIT, slippage_bps=200)),
    ],
)
def test_what_is_named_changes_and_nothing_else(terms, amendment, amended):
    order = a_waiting_order(terms=terms, until=UNTIL)
    assert amended_terms(order, amendment) == (amended, UNTIL)


def test_an_end_changes_no_terms():
    order = a_waiting_order(terms=A_STOP, until=UNTIL)
    assert amended_terms(order, Amendment(good_till=UNTIL + 1)) == (A_STOP, UNTIL + 1)


def test_what_is_so_already_stays():
    order = a_waiting_order(terms=STOP_LIMIT, until=UNTIL)
    same = Amendment(Decimal("130.0"), Decimal(126), UNTIL, 100)
    assert amended_terms(order, same) == (STOP_LIMIT, UNTIL)


LATCHED = end_unfilled(
    fire(a_waiting_order(terms=STOP_LIMIT, until=UNTIL), Sighting(194_000_000, 2), Stamp(2_000, "w2")),
    Status.FAILED,
    Reason.of(RouteBelowMinimum("too little")),
    Stamp(3_000, "w3"),
)


@pytest.mark.parametrize(
    ("order", "amendment", "pointer", "sentence"),
    [
        (
            a_waiting_order(terms=A_WAITING_LIMIT),
            Amendment(trigger=Decimal(1)),
            "/trigger",
            "is not of a limit order: it waits for its limitPrice",
        ),
        (
            a_waiting_order(terms=A_TAKE_PROFIT),
            Amendment(limit=Decimal(1)),
            "/limitPrice",
            "is not of a take-profit order: it waits for its trigger",
        ),
        (
            LATCHED,
            Amendment(trigger=Decimal(128)),
            "/trigger",
            "was met: the order waits for its limitPrice now",
        ),
        (
            a_waiting_order(terms=A_STOP),
            Amendment(trigger=Decimal("0.0000006")),
            "/trigger/price",
            "asks for less than the smallest amount of USDC",
        ),
        (
            a_waiting_order(terms=A_WAITING_LIMIT),
            Amendment(limit=Decimal(99999999999999)),
            "/limitPrice",
            "asks for more USDC than an account can hold",
        ),
    ],
)
def test_a_price_that_the_order_cannot_have_is_told_at_its_field(order, amendment, pointer, sentence):
    with pytest.raises(InvalidRequest) as refused:
        amended_terms(order, amendment)
    assert [(error.pointer, error.detail) for error in refused.value.errors] == [(pointer, sentence)]


def test_a_latched_stop_may_change_its_limit():
    terms, _ = amended_terms(LATCHED, Amendment(limit=Decimal(120)))
    assert terms == replace(STOP_LIMIT, limit=usdc("120"))


@pytest.mark.parametrize("amendment", [Amendment(trigger=Decimal(125)), Amendment(limit=Decimal(131))])
def test_a_limit_stays_at_the_trigger_or_worse(amendment):
    with pytest.raises(TriggerBelowFloor):
        amended_terms(a_waiting_order(terms=STOP_LIMIT), amendment)


def test_an_order_that_never_waits_has_nothing_to_amend():
    with pytest.raises(IllegalTransition):
        amended_terms(an_order(), Amendment(slippage_bps=1))
