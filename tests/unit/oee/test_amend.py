"""Amending orders that wait for their price, from the command line and with the client."""

import json
from datetime import UTC, datetime

import pytest

from oee import Failed, Refused
from tests.unit.oee.answers import ORDER_ID, Script, answer, client, lost, order, problem
from tests.unit.oee.waiting import SUMMARY, stop

STOP = answer(stop())
LIMIT = answer({**order("armed", type="limit"), "limitPrice": "160", "priceIn": "USDC"})


def last(script):
    request = script.requests[-1]
    return request.method, request.url.path, json.loads(request.content), request.headers.get("If-Match")


@pytest.mark.parametrize(
    ("standing", "given", "body", "match"),
    [
        (STOP, ("--at", "128"), {"trigger": {"price": "128"}}, None),
        (STOP, ("--at", "128", "--floor", "120", "--if-sequence", "5"),
         {"trigger": {"price": "128"}, "limitPrice": "120"}, '"5"'),
        (LIMIT, ("--at", "155"), {"limitPrice": "155"}, None),
        (None, ("--floor", "120"), {"limitPrice": "120"}, None),
        (None, ("--good-till", "2026-12-24T00:00:00Z", "--slippage", "2"),
         {"expiresAt": "2026-12-24T00:00:00Z", "slippage": "0.02"}, None),
    ],
)  # fmt: skip
def test_only_what_is_given_is_changed_and_the_order_is_shown_as_it_is_then(
    run, standing, given, body, match
):
    script = Script(*([standing] if standing else []), STOP)
    code, out, _ = run("amend", ORDER_ID, *given, answers=script)
    assert (code, last(script)) == (0, ("PATCH", f"/dev/api/orders/{ORDER_ID}", body, match))
    assert SUMMARY in " ".join(out.split())


def test_a_limit_order_has_no_floor_and_is_left_alone(run):
    script = Script(LIMIT)
    code, _, err = run("amend", ORDER_ID, "--at", "155", "--floor", "150", answers=script)
    assert (code, [request.method for request in script.requests]) == (2, ["GET"])
    assert "A limit order has no --floor: its price is --at. Nothing was changed." in err


@pytest.mark.parametrize("given", [(), ("--if-sequence", "4"), ("--at", "1", "--if-sequence", "x")])
def test_an_amendment_of_nothing_is_the_command_given_wrongly(run, given):
    with pytest.raises(SystemExit) as end:
        run("amend", ORDER_ID, *given, answers=[STOP])
    assert end.value.code == 2


@pytest.mark.parametrize(
    "refusal",
    [
        problem(409, "ORDER_NOT_AMENDABLE", orderStatus="pending", sequence=6),
        problem(412, "ORDER_CHANGED", sequence=6), problem(422, "TRIGGER_ALREADY_MET"),
        problem(503, "PRICE_UNAVAILABLE", 5), problem(503, "TRADING_HALTED", 5),
    ],
)  # fmt: skip
def test_a_refused_amendment_is_told_with_its_code_and_not_tried_again(refusal):
    script = Script(refusal)
    with pytest.raises(Refused) as refused:
        client(script).amend(ORDER_ID, trigger="128", if_sequence=5)
    assert (refused.value.leaves_unknown, len(script.requests)) == (False, 1)


def test_what_is_refused_for_now_is_amended_later_if_that_was_said():
    script = Script(problem(503, "PRICE_UNAVAILABLE", 5), STOP)
    assert client(script).amend(ORDER_ID, trigger="128", wait=True).status == "armed"


def test_after_a_lost_answer_a_changed_order_may_be_changed_by_what_was_lost():
    with pytest.raises(Refused) as changed:
        client(Script(lost(), problem(412, "ORDER_CHANGED"))).amend(ORDER_ID, trigger="128", if_sequence=5)
    assert changed.value.leaves_unknown
    with pytest.raises(Failed) as failed:
        client(Script(problem(504, "LATE"))).amend(ORDER_ID, trigger="128")
    assert failed.value.leaves_unknown


def test_an_amendment_that_was_not_answered_may_have_amended(run):
    code, _, err = run("amend", ORDER_ID, "--floor", "120", answers=[problem(504, "LATE")])
    assert code == 22
    assert f"It may be amended all the same: oee show {ORDER_ID} tells." in err


@pytest.mark.parametrize("name", ["trigger", "limit_price", "slippage"])
@pytest.mark.parametrize("no_money", [1.5, True])
def test_floats_and_bools_are_refused_before_anything_is_sent(name, no_money):
    script = Script(STOP)
    with pytest.raises(TypeError, match=f"{name} is a {type(no_money).__name__}"):
        client(script).amend(ORDER_ID, **{name: no_money})
    assert script.requests == []


def test_the_client_sends_a_time_in_utc():
    script = Script(STOP)
    client(script).amend(ORDER_ID, expires_at=datetime(2026, 12, 24, tzinfo=UTC))
    assert last(script)[2] == {"expiresAt": "2026-12-24T00:00:00Z"}
