import json
from decimal import Decimal

import httpx
import pytest

from oee import Client, Refused, Unreachable, Unreadable
from oee.client import KEY_SECONDS
from tests.unit.oee.answers import (
    ORDER_ID,
    Script,
    Waits,
    accepted,
    answer,
    client,
    lost,
    order,
    problem,
    quote,
    route,
)


def place(script, waits=None, seconds=60, **options):
    return client(script, waits, seconds).place("SOL", "USDC", "1.5", **options)


@pytest.mark.parametrize(
    "trouble",
    [
        lost(httpx.ReadTimeout), lost(httpx.ConnectError), lost(httpx.RemoteProtocolError),
        problem(500, "INTERNAL_ERROR"), problem(503, "STORAGE_UNAVAILABLE", 2), answer("busy", 429),
        lambda: httpx.Response(502, text="<html>Bad gateway</html>"),
    ],
)  # fmt: skip
def test_an_order_whose_answer_is_lost_is_placed_again_with_its_key_and_body(trouble):
    script = Script(trouble, trouble, answer(accepted(), 202))
    placed = place(script)
    assert script.headers("Idempotency-Key") == [placed.idempotency_key] * 3
    assert len({request.content for request in script.requests}) == 1
    assert placed.order_id == ORDER_ID


def test_each_order_has_a_key_of_its_own_unless_one_is_given():
    script = Script(answer(accepted(), 202))
    keys = {
        place(script).idempotency_key,
        place(script).idempotency_key,
        place(script, key="mine").idempotency_key,
    }
    assert len(keys) == 3
    assert "mine" in keys


def test_an_order_that_an_earlier_request_placed_says_so():
    assert place(Script(answer(accepted(), 200, {"Idempotent-Replayed": "true"}))).replayed
    assert not place(Script(answer(accepted(), 202))).replayed


@pytest.mark.parametrize("amount", ["1.5", Decimal("1.5")])
def test_an_order_says_what_it_was_given_in_plain_decimals(amount):
    script = Script(answer(accepted(), 202))
    client(script).place("SOL", "USDC", amount, slippage=Decimal("1E-4"), valid_for_seconds=90)
    assert json.loads(script.requests[0].content) == {
        "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "slippage": "0.0001",
        "validForSeconds": 90,
    }  # fmt: skip


def test_a_refusal_is_not_repeated_and_says_the_fields_and_the_code():
    errors = [{"pointer": "/amount", "detail": "is required"}, {"pointer": "", "detail": "must be an object"}]
    script = Script(problem(400, "REQUEST_INVALID", errors=errors))
    with pytest.raises(Refused) as refused:
        place(script)
    assert str(refused.value) == "It was refused. /amount is required; body must be an object."
    assert (refused.value.code, refused.value.status, refused.value.retryable) == (
        "REQUEST_INVALID",
        400,
        False,
    )
    assert refused.value.document()["errors"] == errors
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_nothing_is_asked_before_retry_after(status):
    waits = Waits()
    place(Script(problem(status, "BUSY", 7), problem(status, "BUSY", 30), answer(accepted(), 202)), waits)
    assert waits.seconds == [7, 30]


def test_a_retry_after_beyond_patience_is_not_waited_for():
    waits = Waits()
    with pytest.raises(Refused) as refused:
        place(Script(problem(503, "BACKLOG_TOO_LONG", 61)), waits)
    assert (refused.value.retry_after, waits.seconds) == (61, [])
    assert refused.value.document()["retryAfter"] == 61


def test_waits_double_up_to_five_seconds_and_end_within_patience():
    waits = Waits()
    began = waits.now
    with pytest.raises(Unreachable, match="nothing came"):
        client(Script(lost()), waits, 30).get(ORDER_ID)
    assert waits.seconds[:7] == [0.25, 0.5, 1, 2, 4, 5, 5]
    assert 25 < waits.now - began <= 30


def test_without_patience_nothing_is_repeated():
    script = Script(lost())
    with pytest.raises(Unreachable):
        client(script, seconds=0).health()
    assert len(script.requests) == 1


def test_an_order_is_not_repeated_when_its_key_may_be_forgotten_however_long_the_patience():
    waits = Waits()
    began = waits.now
    with pytest.raises(Unreachable) as unknown:
        place(Script(lost()), waits, seconds=10_000, key="mine")
    assert waits.now - began <= KEY_SECONDS
    assert unknown.value.idempotency_key == unknown.value.document()["idempotencyKey"] == "mine"


def test_an_order_is_not_repeated_by_a_computer_that_slept_meanwhile():
    script = Script(lost())
    with pytest.raises(Unreachable):
        place(script, Waits(longer=600))
    assert len(script.requests) == 1


def test_trouble_is_told_as_it_happens():
    told = []
    script = Script(problem(503, "BUSY", 3), answer({"success": True, "status": "ok"}))
    client(script, on_trouble=lambda error, wait: told.append((error.code, wait))).health()
    assert told == [("BUSY", 3)]


@pytest.mark.parametrize(
    "unreadable",
    [answer([]), answer({"orderId": "x"}), answer("x"), lambda: httpx.Response(200, text="<html>")],
)
def test_an_answer_that_is_not_the_apis_is_told_from_a_refusal(unreadable):
    with pytest.raises(Unreadable, match="is the address right"):
        client(Script(unreadable)).get(ORDER_ID)


@pytest.mark.parametrize("url", ["", "no-address", "ftp://api.test", "http://host:port", "http://"])
def test_an_address_that_is_none_is_found_out_at_once(url):
    waits = Waits()
    with pytest.raises(Unreachable) as wrong, Client(url, patience=waits.patience()) as nowhere:
        nowhere.health()
    assert not wrong.value.retryable
    assert waits.seconds == []


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
def test_a_key_that_is_none_is_the_callers_error(key):
    waits = Waits()
    script = Script(problem(400, "REQUEST_INVALID"))
    with pytest.raises((Refused, Unreachable)) as wrong:
        place(script, waits, key=key)
    assert not wrong.value.retryable
    assert waits.seconds == []


@pytest.mark.parametrize("bad", [{"errors": "x"}, {"errors": [1]}, {"title": None, "detail": 5}])
def test_a_problem_of_another_form_is_still_a_refusal(bad):
    with pytest.raises(Refused) as refused:
        client(Script(problem(404, "ODD", **bad))).get(ORDER_ID)
    assert refused.value.code == "ODD"


def test_amounts_are_decimals_and_times_are_aware():
    shown = client(Script(answer(order("pending", "confirmed", route=route())))).get(ORDER_ID)
    assert shown.amount == Decimal("1.5")
    assert shown.expires_at > shown.accepted_at
    assert shown.logs[1].executed_price == Decimal("149.666666666666667")
    assert shown.route is not None
    assert shown.route.quotes[0].pools[1].amount_out is None
    with pytest.raises(ValueError, match="frozen"):
        shown.status = "failed"


def test_what_a_newer_api_adds_is_kept_and_the_document_is_given_back_as_it_came():
    newer = order("pending", "parked", route=route(), venueFee={"amount": "0.1"})
    newer["logs"][0]["note"] = "new"
    assert client(Script(answer(newer))).get(ORDER_ID).document() == newer
    assert client(Script(answer(quote()))).quote("SOL", "USDC", "1.5").document() == quote()


def test_all_orders_are_read_page_by_page():
    first = {"orders": [order("pending"), order("pending", "failed")], "nextCursor": "more"}
    script = Script(answer(first), answer({"orders": [order("pending")], "nextCursor": None}))
    found = list(client(script).orders(status="pending"))
    assert [each.status for each in found] == ["pending", "failed", "pending"]
    assert [dict(request.url.params) for request in script.requests] == [
        {"status": "pending"},
        {"status": "pending", "cursor": "more"},
    ]


def test_an_order_id_can_not_leave_its_place_in_the_path():
    script = Script(answer({"orderId": "x", "status": "cancelled"}))
    client(script).cancel("../quotes?x=1")
    assert script.requests[0].url.raw_path == b"/dev/api/orders/..%2Fquotes%3Fx%3D1"


def test_an_api_key_goes_with_every_request_without_the_space_around_it():
    script = Script(answer(accepted(), 202))
    client(script, api_key="oee_1_s\n").place("SOL", "USDC", "1.5")
    assert script.headers("Authorization") == ["Bearer oee_1_s"]


@pytest.mark.parametrize("key", ["oee_1 secret", "oee_1_secret\r\nX: y", "oee_é_secret", " "])
def test_a_key_that_no_header_can_carry_is_told_without_showing_it(key):
    with pytest.raises(Unreachable) as wrong:
        client(Script(answer(accepted(), 202)), api_key=key)
    assert not wrong.value.retryable
    assert "secret" not in str(wrong.value.document()) + repr(wrong.value)


def test_headers_go_with_every_request():
    script = Script(answer({"tokens": [{"symbol": "SOL", "mint": "So1", "decimals": 9}]}))
    assert client(script, headers={"X-Caller": "me"}).tokens()[0].decimals == 9
    assert script.headers("X-Caller") == ["me"]
