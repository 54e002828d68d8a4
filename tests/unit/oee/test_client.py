from decimal import Decimal

import httpx
import pytest

from oee import Client, Refused, Unreachable, Unreadable
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


def test_a_refusal_is_not_repeated_and_says_the_fields_and_the_code():
    errors = [{"pointer": "/amount", "detail": "is required"}, {"pointer": "", "detail": "must be an object"}]
    script = Script(problem(400, "REQUEST_INVALID", errors=errors))
    with pytest.raises(Refused) as refused:
        place(script)
    assert str(refused.value) == "It was refused. amount is required; the request must be an object."
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
    busy = problem(status, "BUSY", 7), problem(status, "BUSY", 30)
    place(Script(*busy, answer(accepted(), 202)), waits, wait=True)
    assert waits.seconds == [7, 30]


@pytest.mark.parametrize(
    ("date", "after", "wait"),
    [
        ("Sun, 22 Nov 2026 18:32:44 GMT", "Sun, 22 Nov 2026 18:32:50 GMT", 6),
        ("Sun, 22 Nov 2026 18:32:44 GMT", "Sunday, 22-Nov-26 18:32:50 GMT", 6),
        ("Sun, 22 Nov 2026 18:32:44 GMT", "Sun, 22 Nov 2026 18:32:00 GMT", 0.25),
        ("", "Fri, 15 Jan 2027 08:00:03 GMT", 3),
        ("nonsense", "Fri, 15 Jan 2027 08:00:03 -0000", 3),
        ("", "soon", 0.25),
        ("", "Sun, 99 Nov 99999999999 18:32:50 GMT", 0.25),
        ("", "-5", 0.25),
    ],
)
def test_retry_after_may_be_a_date_which_is_counted_by_the_servers_clock(date, after, wait):
    waits = Waits()
    headers = {"Retry-After": after} | ({"Date": date} if date else {})
    health = answer({"success": True, "status": "ok"})
    client(Script(answer({}, 503, headers), health), waits).health()
    assert waits.seconds == [wait]


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
    newer["logs"][0] |= {"note": "new", "timestamp": "2026-11-22T18:32:44.500123Z"}
    assert client(Script(answer(newer))).get(ORDER_ID).document() == newer
    assert client(Script(answer(quote()))).quote("SOL", "USDC", "1.5").document() == quote()


@pytest.mark.parametrize("amount", ["0.000000001", "0.00000014100", "1E-7", "12345678901234567890.5"])
def test_an_amount_in_a_document_is_the_apis_own_text(amount):
    small = {**quote(), "amount": amount}
    small["route"]["quotes"][0]["pools"][0]["feeIn"] = amount
    read = client(Script(answer(small))).quote("SOL", "USDC", amount)
    assert read.document() == small
    assert read.route.quotes[0].pools[0].document()["feeIn"] == amount


def test_all_orders_are_read_page_by_page():
    first = {"orders": [order("pending"), order("pending", "failed")], "nextCursor": "more"}
    script = Script(answer(first), answer({"orders": [order("pending")], "nextCursor": None}))
    found = list(client(script).orders(status="pending"))
    assert [each.status for each in found] == ["pending", "failed", "pending"]
    assert [dict(request.url.params) for request in script.requests] == [
        {"status": "pending"},
        {"status": "pending", "cursor": "more"},
    ]


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


def test_an_order_id_can_not_leave_its_place_in_the_path():
    script = Script(answer({"orderId": "x", "status": "cancelled"}))
    client(script).cancel("../quotes?x=1")
    assert script.requests[0].url.raw_path == b"/dev/api/orders/..%2Fquotes%3Fx%3D1"
