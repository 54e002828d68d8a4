"""What answers say of orders with a limit price."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.api.responses import accepted_json, order_json, quote_json
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import Reason
from chalicelib.domain.terms import LimitTerms, TimeInForce
from chalicelib.domain.tokens import SOL
from chalicelib.errors import RouteBelowMinimum
from chalicelib.services.quote_swap import SwapQuote
from tests.fakes.examples import A_LIMIT, a_new_order, an_order
from tests.fakes.lives import a_route

SUMMARY = (
    "Swaps 1.5 SOL at once for at least 224.25 USDC, at 149.5 USDC for one SOL or better, or not at all."
)
IN_SOL = LimitTerms(100, NamedPrice(Decimal("0.00625"), SOL), TimeInForce.IOC)


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
    assert "wouldFire" not in quoted(225_000_000, a_new_order().terms)


@pytest.mark.parametrize("terms", [A_LIMIT, IN_SOL])
def test_an_order_that_would_be_refused_would_not_trade(terms):
    denied = Reason.of(RouteBelowMinimum("too little"))
    answer = quoted(200_000_000, terms, denied)
    assert (answer["wouldFire"], answer["denied"]["code"]) == (False, "ROUTE_BELOW_MINIMUM")
