"""What can be traded and what it would give, over HTTP."""

import itertools
import json

from tests.integration.conftest import fresh_desk
from tests.integration.test_api import GOOD, JSON, assert_problem


def test_tokens_are_listed(desk):
    symbols = [token["symbol"] for token in desk.request("GET", "/api/tokens").json_body["tokens"]]
    assert symbols[:2] == ["SOL", "USDC"]


def test_pairs_are_listed_and_only_they_can_be_quoted(desk):
    listed = {tuple(pair["tokens"]) for pair in desk.request("GET", "/api/pairs").json_body["pairs"]}
    assert ("SOL", "USDC") in listed
    for token_in, token_out in itertools.permutations(["SOL", "USDC", "USDT", "JUP", "BONK"], 2):
        body = {"tokenIn": token_in, "tokenOut": token_out, "amount": "1"}
        answer = desk.request("POST", "/api/quotes", json.dumps(body), **JSON)
        is_listed = bool(listed & {(token_in, token_out), (token_out, token_in)})
        assert answer.status_code == (200 if is_listed else 422)


def test_what_is_not_allowed_is_listed_as_such(desk):
    desk = fresh_desk(ALLOWED_TOKENS="SOL,USDC")
    tokens = desk.request("GET", "/api/tokens").json_body["tokens"]
    assert [token["symbol"] for token in tokens if token["allowed"]] == ["SOL", "USDC"]
    pairs = desk.request("GET", "/api/pairs").json_body["pairs"]
    assert [pair["tokens"] for pair in pairs if pair["allowed"]] == [["SOL", "USDC"]]


def test_a_quote_tells_that_an_amount_is_too_small(desk):
    body = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.000000001"}
    answer = desk.request("POST", "/api/quotes", json.dumps(body), **JSON)
    assert_problem(answer, 422, "ROUTE_NOT_FOUND")
    assert answer.json_body["cause"] == "amount_too_small"


def test_an_order_of_a_pair_without_a_pool_counts_nothing(desk):
    for _ in range(9):
        body = json.dumps({**GOOD, "tokenIn": "JUP", "tokenOut": "BONK"})
        assert_problem(desk.request("POST", "/api/orders/execute", body, **JSON), 422, "PAIR_NOT_TRADED")
    assert (desk.exposures.stored, desk.orders.orders) == ({}, {})


def test_a_quote_shows_every_venue_and_the_winner_first(desk):
    body = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
    answer = desk.request("POST", "/api/quotes", json.dumps(body), **JSON)
    assert answer.status_code == 200
    quotes = answer.json_body["route"]["quotes"]
    assert {quote["dex"] for quote in quotes} == {"raydium", "meteora"}
    assert quotes[0]["outcome"] == "chosen"
    assert answer.json_body["amountOut"] == quotes[0]["amountOut"]
    assert desk.orders.orders == {}
