"""Limit orders as clients may send them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.requests import parse_order, parse_quote
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import LimitTerms, MarketTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import InvalidRequest
from tests.fakes.examples import EXPIRIES

LIMIT = {
    "type": "limit",
    "tokenIn": "SOL",
    "tokenOut": "USDC",
    "amount": "1.5",
    "limitPrice": "160",
    "priceIn": "USDC",
    "timeInForce": "FOK",
}


def body(**changes):
    return json.dumps({name: value for name, value in {**LIMIT, **changes}.items() if value is not None})


def parse(**changes):
    return parse_order(body(**changes).encode(), "alice", PAPER_TOKENS, EXPIRIES)


def refused(**changes):
    with pytest.raises(InvalidRequest) as told:
        parse(**changes)
    return [(error.pointer, error.detail) for error in told.value.errors]


@pytest.mark.promise("R23")
def test_a_limit_order_binds_the_least_output_that_its_price_asks_for():
    new = parse()
    assert new.terms == LimitTerms(100, NamedPrice(Decimal(160), USDC), TimeInForce.FOK)
    assert new.floor == 240_000_000
    buys = parse(tokenIn="USDC", tokenOut="SOL", amount="210", limitPrice="140")
    assert buys.floor == 1_500_000_000


def test_a_price_may_be_in_either_token_of_the_swap_by_symbol_or_mint():
    assert parse(priceIn=USDC.mint) == parse(priceIn="usdc") == parse()
    assert parse(priceIn="SOL", limitPrice="0.00625").floor == parse().floor


@pytest.mark.parametrize(
    ("changes", "pointer", "sentence"),
    [
        ({"limitPrice": None}, "/limitPrice", "is required"),
        ({"priceIn": None}, "/priceIn", "is required"),
        ({"timeInForce": "GFD"}, "/timeInForce", 'must be "GTC", "GTD", "FOK" or "IOC"'),
        ({"limitPrice": 160}, "/limitPrice", 'must be a string, like "160.25"'),
        ({"priceIn": 1}, "/priceIn", 'must be a string, like "USDC"'),
        ({"limitPrice": "1e3"}, "/limitPrice", "must be a plain decimal number, like 160.25"),
        ({"limitPrice": "0.0"}, "/limitPrice", "must be greater than 0"),
        (
            {"limitPrice": "1.000000000000000001"},
            "/limitPrice",
            "must have at most 18 significant digits",
        ),
        ({"priceIn": "JUP"}, "/priceIn", "must be SOL or USDC, which are swapped"),
        (
            {"limitPrice": "99999999999999"},
            "/limitPrice",
            "asks for more USDC than an account can hold",
        ),
        ({"minimumAmountOut": "1"}, "/minimumAmountOut", "is not a field of this request"),
    ],
)
def test_what_is_wrong_with_a_price_is_told_at_its_field(changes, pointer, sentence):
    assert refused(**changes) == [(pointer, sentence)]


def test_errors_of_other_fields_hide_no_error_of_the_price():
    assert [pointer for pointer, _ in refused(tokenIn="DOGE", limitPrice="x", priceIn="DOGE")] == [
        "/tokenIn",
        "/limitPrice",
        "/priceIn",
    ]


@pytest.mark.promise("R2")
def test_prices_that_mean_the_same_are_the_same_payload_and_others_are_not():
    assert parse(limitPrice="160.00").canonical() == parse().canonical()
    changed: list[dict[str, Any]] = [
        {"limitPrice": "161"},
        {"limitPrice": "0.00625", "priceIn": "SOL"},
        {"priceIn": "SOL"},
        {"timeInForce": "IOC"},
        {"slippage": "0.02"},
        {"validForSeconds": 61},
    ]
    assert len({parse(**each).canonical() for each in [{}, *changed]}) == len(changed) + 1


def test_a_quote_takes_a_plain_swap_and_an_order_of_any_type():
    assert parse_quote(body().encode(), "alice", PAPER_TOKENS, EXPIRIES) == parse()
    for kind in ("market", None):
        plain = body(type=kind, limitPrice=None, priceIn=None, timeInForce=None)
        asked = parse_quote(plain.encode(), "alice", PAPER_TOKENS, EXPIRIES)
        assert (asked.terms, asked.token_in) == (MarketTerms(100), SOL)


ANY_TYPE = 'must be "market", "limit", "stop" or "takeProfit"'


@pytest.mark.parametrize("kind", ["Limit", ["limit"], None, 1])
@pytest.mark.parametrize("parsed", [parse_order, parse_quote])
def test_of_an_order_of_an_unknown_type_only_the_type_is_refused(kind, parsed):
    asked = json.dumps({**LIMIT, "type": kind}).encode()
    with pytest.raises(InvalidRequest) as told:
        parsed(asked, "alice", PAPER_TOKENS, EXPIRIES)
    assert [(e.pointer, e.detail) for e in told.value.errors] == [("/type", ANY_TYPE)]


def test_a_price_without_a_type_is_asked_for_its_type():
    with pytest.raises(InvalidRequest) as told:
        parse_quote(body(type=None).encode(), "alice", PAPER_TOKENS, EXPIRIES)
    assert [(e.pointer, e.detail) for e in told.value.errors] == [("/type", "is required")]
