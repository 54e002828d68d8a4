"""What answers say of orders with a price."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import TypeAdapter

from chalicelib.api.responses import accepted_json, order_json, present_order, quote_json
from chalicelib.api.wire import answers as wire
from chalicelib.api.wire import quotes
from chalicelib.domain.firing import Sighting, amend, end_unfilled, fire
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.order import Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import Reason
from chalicelib.domain.terms import LimitTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import ExecutionLate, RouteBelowMinimum
from chalicelib.services.quote_swap import SwapQuote
from tests.fakes.examples import (
    A_LIMIT,
    A_STOP,
    A_TAKE_PROFIT,
    A_WAITING_LIMIT,
    a_new_order,
    a_waiting_order,
    an_order,
)
from tests.fakes.lives import a_route

SUMMARY = (
    "Swaps 1.5 SOL at once for at least 224.25 USDC, at 149.5 USDC for one SOL or better, or not at all."
)
IN_SOL = LimitTerms(100, NamedPrice(Decimal("0.00625"), SOL), TimeInForce.IOC)

CHRISTMAS_EVE = 1_798_070_400_000
A_STOP_WITH_LIMIT = replace(A_STOP, limit=NamedPrice(Decimal(126), USDC))
BUY = {"token_in": USDC, "token_out": SOL, "amount_in": 240_000_000}


def stamp(second):
    return Stamp(CHRISTMAS_EVE - 3_600_000 + second * 1000, f"write-{second}")


def quoted(amount_out, terms=A_LIMIT, denied=None):
    route = a_route(0)
    best = replace(route.best, amount_out=amount_out)
    return quote_json(SwapQuote(a_new_order(terms=terms), replace(route, best=best), amount_out, denied))


def test_an_order_says_its_price_and_what_it_does():
    shown = order_json(an_order(terms=A_LIMIT), "wss://x", "paper")
    limit = {name: shown[name] for name in ("type", "limitPrice", "priceIn", "timeInForce", "summary")}
    assert limit == {
        "type": "limit",
        "limitPrice": "149.5",
        "priceIn": "USDC",
        "timeInForce": "FOK",
        "summary": SUMMARY,
    }
    assert accepted_json(an_order(terms=A_LIMIT), "wss://x", "paper", None)["summary"] == SUMMARY
    assert "summary" not in accepted_json(an_order(), "wss://x", "paper", None)


def test_a_price_in_the_sold_token_is_said_for_one_of_the_bought():
    summary = order_json(an_order(terms=IN_SOL), "wss://x", "paper")["summary"]
    assert "for at least 240 USDC, at 0.00625 SOL for one USDC or better" in summary


def test_a_quote_compares_the_price_with_what_can_be_had():
    answer = quoted(225_000_000)
    names = ("limitPrice", "priceIn", "wouldFire", "executable", "distanceBps", "floorAmountOut", "summary")
    assert {name: answer[name] for name in names} == {
        "limitPrice": "149.5",
        "priceIn": "USDC",
        "wouldFire": True,
        "executable": "150",
        "distanceBps": -33,
        "floorAmountOut": "224.25",
        "summary": SUMMARY,
    }
    assert "executable" not in quoted(225_000_000, a_new_order().terms)


def test_a_quote_of_a_stop_without_a_reference_does_not_tell_whether_it_would_fire():
    answer = quoted(225_000_000, A_STOP_WITH_LIMIT)
    names = ("trigger", "limitPrice", "priceIn", "executable", "distanceBps")
    assert {name: answer[name] for name in names} == {
        "trigger": {"price": "130"},
        "limitPrice": "126",
        "priceIn": "USDC",
        "executable": "150",
        "distanceBps": -1333,
    }
    assert answer["summary"].startswith("Sells 1.5 SOL at the market when 1 SOL is worth 130 USDC or less")
    assert ("wouldFire" in answer, answer["floorAmountOut"]) == (False, "189")
    assert "limitPrice" not in quoted(225_000_000, A_TAKE_PROFIT)


@pytest.mark.parametrize("terms", [A_LIMIT, IN_SOL])
def test_an_order_that_would_be_refused_would_not_trade(terms):
    denied = Reason.of(RouteBelowMinimum("too little"))
    answer = quoted(200_000_000, terms, denied)
    assert (answer["wouldFire"], answer["denied"]["code"]) == (False, "ROUTE_BELOW_MINIMUM")


ORDER_SUMMARIES = [
    (A_WAITING_LIMIT, {}, "Sells 1.5 SOL for at least 240 USDC when 1 SOL is worth 160 USDC or more"),
    (
        A_WAITING_LIMIT,
        BUY,
        "Buys at least 1.5 SOL with 240 USDC when 1 SOL is worth 160 USDC or less",
    ),
    (A_STOP, {}, "Sells 1.5 SOL at the market when 1 SOL is worth 130 USDC or less"),
    (A_STOP, BUY, "Buys SOL with 240 USDC at the market when 1 SOL is worth 130 USDC or more"),
    (
        A_STOP_WITH_LIMIT,
        {},
        "Sells 1.5 SOL at the market when 1 SOL is worth 130 USDC or less, for at least 126 USDC each",
    ),
    (
        replace(A_STOP, limit=NamedPrice(Decimal(135), USDC)),
        BUY,
        (
            "Buys SOL with 240 USDC at the market when 1 SOL is worth 130 USDC or more, for at most 135 USDC "
            "each"
        ),
    ),
    (A_TAKE_PROFIT, {}, "Sells 1.5 SOL at the market when 1 SOL is worth 180 USDC or more"),
    (
        replace(A_TAKE_PROFIT, price=NamedPrice(Decimal("0.005"), SOL)),
        {},
        "Buys USDC with 1.5 SOL at the market when 1 USDC is worth 0.005 SOL or less",
    ),
]


@pytest.mark.parametrize(("terms", "swap", "summary"), ORDER_SUMMARIES)
def test_an_order_that_waits_is_told_in_a_sentence(terms, swap, summary):
    order = a_waiting_order(terms=terms, until=CHRISTMAS_EVE, **swap)
    told = accepted_json(order, "wss://x", "paper", None)
    assert told["summary"] == f"{summary}, until 24 December 2026, 00:00 UTC."
    assert (told["status"], told["expiresAt"]) == ("armed", "2026-12-24T00:00:00.000Z")


def shown(order):
    return present_order(order, "wss://x", "paper")


def test_an_armed_stop_shows_what_it_waits_for_and_its_version():
    status, body, headers = shown(a_waiting_order(terms=A_STOP_WITH_LIMIT, until=CHRISTMAS_EVE))
    names = (
        *("type", "status", "trigger", "limitPrice", "priceIn", "timeInForce", "ifRecovered"),
        *("goodTill", "expiresAt", "firings", "amendments", "minimumAmountOut"),
    )
    assert status == 200
    assert {name: body[name] for name in names} == {
        "type": "stop",
        "status": "armed",
        "trigger": {"price": "130"},
        "limitPrice": "126",
        "priceIn": "USDC",
        "timeInForce": "GTC",
        "ifRecovered": "hold",
        "goodTill": "2026-12-24T00:00:00.000Z",
        "expiresAt": "2026-12-24T00:00:00.000Z",
        "firings": 0,
        "amendments": 0,
        "minimumAmountOut": "189",
    }
    assert headers == {"ETag": '"1"'}
    assert not {"lastReturn", "error"} & body.keys()


def test_a_limit_has_no_trigger_and_a_take_profit_no_limit():
    limit, profit = (shown(a_waiting_order(terms=terms))[1] for terms in (A_WAITING_LIMIT, A_TAKE_PROFIT))
    assert ("trigger" in limit, limit["limitPrice"]) == (False, "160")
    assert (profit["trigger"], "limitPrice" in profit, "ifRecovered" in profit) == (
        {"price": "180"},
        False,
        False,
    )


def test_an_order_that_came_back_says_why_and_has_no_error():
    fired = fire(
        a_waiting_order(terms=A_STOP, until=CHRISTMAS_EVE), Sighting(194_000_000, 2, 70_000), stamp(2)
    )
    event = shown(fired)[1]["logs"][-1]
    assert {name: event[name] for name in event if name not in {"sequence", "timestamp", "attempt"}} == {
        "status": "pending",
        "change": "fired",
        "trigger": "130",
        "observed": "129.333333333333333",
        "priceIn": "USDC",
        "looks": 2,
        "afterSilenceMs": 70_000,
    }
    assert "lastReturn" not in shown(fired)[1]
    late = Reason.of(ExecutionLate("It took too long."))
    back = shown(end_unfilled(fired, Status.EXPIRED, late, stamp(3)))[1]
    assert (back["status"], back["firings"], "error" in back) == ("armed", 1, False)
    assert back["lastReturn"]["code"] == "EXECUTION_LATE"
    assert (back["logs"][-1]["change"], back["logs"][-1]["reason"]) == ("returned", back["lastReturn"])


def test_an_amendment_tells_the_new_terms():
    order = a_waiting_order(terms=A_STOP_WITH_LIMIT, until=CHRISTMAS_EVE)
    amended = amend(order, replace(A_STOP_WITH_LIMIT, slippage_bps=250), CHRISTMAS_EVE, stamp(2))
    event = shown(amended)[1]["logs"][-1]
    assert (event["change"], event["trigger"], event["limitPrice"]) == ("amended", "130", "126")
    assert event["slippageBps"] == 250
    assert shown(amended)[2] == {"ETag": '"2"'}


@pytest.mark.parametrize("order", [an_order(), an_order(terms=A_LIMIT)])
def test_an_order_that_does_not_wait_says_nothing_of_waiting(order):
    _, body, headers = shown(order)
    assert not {"goodTill", "firings", "amendments", "lastReturn", "trigger", "ifRecovered"} & body.keys()
    assert not headers
    assert "expiresAt" not in accepted_json(order, "wss://x", "paper", None)
    assert "change" not in body["logs"][0]


def test_every_answer_has_its_type():
    order = fire(
        a_waiting_order(terms=A_STOP_WITH_LIMIT, until=CHRISTMAS_EVE), Sighting(194_000_000, 2), stamp(2)
    )
    back = end_unfilled(order, Status.EXPIRED, Reason.of(ExecutionLate("Late.")), stamp(3))
    for each in (order, back):
        TypeAdapter(wire.Order).validate_json(json.dumps(shown(each)[1]))
    accepted = accepted_json(a_waiting_order(until=CHRISTMAS_EVE), "wss://x", "paper", None)
    TypeAdapter(wire.AcceptedOrder).validate_json(json.dumps(accepted))


@pytest.mark.parametrize(
    ("terms", "reference", "told"),
    [
        (A_STOP, Fraction(1496, 10_000), (False, "149.6", -1310, None)),
        (A_STOP, Fraction(130, 1000), (True, "130", 0, None)),
        (A_TAKE_PROFIT, Fraction(180, 1000), (True, "180", 0, "267.3")),
        (A_TAKE_PROFIT, Fraction(1496, 10_000), (False, "149.6", 2032, "267.3")),
        (A_STOP, None, (None, None, 3000, None)),
    ],
)
def test_a_quote_tells_how_far_a_trigger_is_from_the_price_that_it_is_judged_by(terms, reference, told):
    swap = a_new_order(terms=terms, waiting=Waiting(None, IfMet.REFUSE))
    answer = quote_json(SwapQuote(swap, a_route(0), 1, None, reference))
    names = ("wouldFire", "reference", "distanceBps", "floorAmountOut")
    assert tuple(answer.get(name) for name in names) == told
    assert answer["trigger"] == {"price": terms.price.text()}
    assert answer["summary"].endswith(", for as long as orders may wait.")
    TypeAdapter(quotes.Quote).validate_json(json.dumps(answer))


@pytest.mark.parametrize(("amount_out", "would_fire"), [(240_000_000, True), (239_999_999, False)])
def test_a_limit_that_waits_would_fire_at_its_price_and_not_below(amount_out, would_fire):
    assert quoted(amount_out, A_WAITING_LIMIT)["wouldFire"] is would_fire
