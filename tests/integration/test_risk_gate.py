"""The risk gate over HTTP: each refusal with its numbers, and that it creates nothing."""

import json

import pytest

from chalicelib.domain.access import Caller, Scope
from tests.integration.conftest import fresh_desk
from tests.integration.test_api import GOOD, JSON, assert_problem, place, sqs

HUGE = {**GOOD, "amount": "20000"}


def limited(**settings):
    """A desk whose accounts may do no more than these settings say."""
    return fresh_desk(1_000, **settings)


def test_a_token_that_is_not_allowed_is_refused_and_named(desk):
    desk = limited(ALLOWED_TOKENS="SOL,BONK")
    refused = place(desk)
    assert_problem(refused, 422, "TOKEN_NOT_ALLOWED")
    assert said_by(refused) == {"kind": "denied", "token": "USDC", "allowed": "BONK, SOL"}
    assert place(desk, {**GOOD, "tokenOut": "BONK"}).status_code == 202


def test_an_order_above_the_limit_is_refused_with_limit_and_amount(desk):
    desk = limited(MAX_ORDER_AMOUNTS="SOL=1.5,USDC=100")
    refused = place(desk, {**GOOD, "amount": "1.500000001"})
    assert_problem(refused, 422, "ORDER_AMOUNT_ABOVE_LIMIT")
    assert said_by(refused) == {"kind": "denied", "token": "SOL", "limit": "1.5", "requested": "1.500000001"}
    assert "Retry-After" not in refused.headers
    assert place(desk).status_code == 202


def test_a_day_above_the_limit_is_refused_with_what_was_used_until_midnight(desk):
    desk = limited(MAX_DAILY_AMOUNTS="SOL=4")
    assert [place(desk).status_code for _ in range(2)] == [202, 202]
    refused = place(desk)
    assert_problem(refused, 422, "DAILY_AMOUNT_ABOVE_LIMIT")
    assert said_by(refused) == {
        "kind": "denied",
        "token": "SOL",
        "limit": "4",
        "used": "3",
        "remaining": "1",
        "requested": "1.5",
    }
    assert place(desk, {**GOOD, "amount": "1"}).status_code == 202
    day = 24 * 3600 * 1000
    desk.clock.advance(day - desk.clock.now() % day)
    assert place(desk).status_code == 202


def test_an_order_too_many_is_refused_until_one_is_final(desk):
    desk = limited(MAX_OPEN_ORDERS="2")
    first = place(desk).json_body["orderId"]
    place(desk)
    refused = place(desk)
    assert_problem(refused, 422, "OPEN_ORDERS_AT_LIMIT")
    assert said_by(refused) == {"kind": "denied", "limit": "2", "used": "2"}
    desk.request("DELETE", f"/api/orders/{first}")
    desk.clock.advance(10_000)
    assert place(desk).status_code == 202
    assert_problem(place(desk), 422, "OPEN_ORDERS_AT_LIMIT")


def test_what_is_refused_creates_nothing_and_its_key_stays_free(desk):
    desk = limited(MAX_ORDER_AMOUNTS="SOL=1")
    assert_problem(place(desk, Idempotency_Key="k"), 422, "ORDER_AMOUNT_ABOVE_LIMIT")
    assert desk.orders.orders == desk.orders.records == dict(desk.exposures.stored) == {}
    assert desk.queue.sent == []
    answer = place(desk, {**GOOD, "amount": "1"}, Idempotency_Key="k")
    assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (202, None)


@pytest.mark.promise("R12")
def test_an_accounts_own_limits_are_its_own(desk):
    desk = limited(AUTH_MODE="keys")
    scopes = frozenset({Scope.TRADE, Scope.READ})
    desk.gatekeeper.caller = Caller("alice", scopes, limits='{"MAX_ORDER_AMOUNTS":"SOL=1"}')
    assert_problem(place(desk), 422, "ORDER_AMOUNT_ABOVE_LIMIT")
    desk.gatekeeper.caller = Caller("bob", scopes)
    assert place(desk).status_code == 202


def test_own_limits_that_are_not_understood_are_not_passed_over(desk):
    desk = limited(AUTH_MODE="keys")
    desk.gatekeeper.caller = Caller("alice", frozenset(Scope), limits='{"MAX_LEVERAGE":"2"}')
    assert_problem(place(desk), 503, "RECORD_NEWER_THAN_SERVER")
    assert desk.orders.orders == {}


def test_a_quote_tells_that_an_order_would_move_the_price_too_far_and_such_an_order_fails(desk):
    small = quote(desk, GOOD)
    assert small.json_body["priceImpactBps"] < 100
    assert "denied" not in small.json_body
    huge = quote(desk, HUGE)
    assert huge.status_code == 200
    assert huge.json_body["priceImpactBps"] == huge.json_body["route"]["quotes"][0]["priceImpactBps"] > 1_000
    assert huge.json_body["denied"]["code"] == "PRICE_IMPACT_ABOVE_LIMIT"

    order_id = place(desk, HUGE).json_body["orderId"]
    desk.client.lambda_.invoke("execute", sqs(order_id))
    failed = desk.request("GET", f"/api/orders/{order_id}").json_body
    assert failed["status"] == "failed"
    assert failed["error"]["kind"] == "denied"
    assert "10 % is the most that is allowed" in failed["error"]["detail"]
    assert desk.queue.due() == [order_id]  # its own message; nothing is tried again


def quote(desk, order):
    asked = {name: order[name] for name in ("tokenIn", "tokenOut", "amount")}
    return desk.request("POST", "/api/quotes", json.dumps(asked), **JSON)


def said_by(refused):
    """What a problem has beyond what every problem has."""
    common = {"type", "title", "status", "detail", "success", "code"}
    return {name: value for name, value in refused.json_body.items() if name not in common}
