import json
from decimal import Decimal

import httpx
import pytest

from oee import Client, Failed, OeeError, Refused, Unreachable
from oee.placing import KEY_SECONDS
from tests.unit.oee.answers import (
    ORDER_ID,
    Script,
    Waits,
    accepted,
    answer,
    client,
    lost,
    problem,
)


def place(script, waits=None, seconds=60, **options):
    return client(script, waits, seconds).place("SOL", "USDC", "1.5", **options)


@pytest.mark.parametrize(
    "trouble",
    [
        lost(httpx.ReadTimeout), lost(httpx.ConnectError), lost(httpx.RemoteProtocolError),
        lost(httpx.ConnectTimeout), lost(httpx.WriteError), lost(httpx.DecodingError),
        problem(500, "INTERNAL_ERROR"), problem(503, "STORAGE_UNAVAILABLE", 2), problem(408, "SLOW"),
        *(lambda status=status: httpx.Response(status, text="<html>") for status in (502, 504, 507)),
        *(answer({"message": "busy"}, status) for status in range(520, 525)),
        answer([]), answer({"orderId": "x"}, 202), answer({}), lambda: httpx.Response(202),
        lambda: httpx.Response(200, text="<html>Sign in</html>"),
        lambda: httpx.Response(202, text='{"success":true,"orderId":"0b8f1'),
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
    client(script).place(
        "SOL", "USDC", amount, slippage=Decimal("1E-4"), minimum_amount_out=Decimal("1.41E-7"),
        valid_for_seconds=90,
    )  # fmt: skip
    assert json.loads(script.requests[0].content) == {
        "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "slippage": "0.0001",
        "minimumAmountOut": "0.000000141", "validForSeconds": 90,
    }  # fmt: skip


@pytest.mark.parametrize(
    "refusal",
    [
        problem(503, "TRADING_HALTED", 1), problem(503, "TRADING_REDUCING", 1),
        problem(503, "BACKLOG_TOO_LONG", 1), problem(429, "RATE_LIMIT_EXCEEDED", 1), answer("busy", 429),
    ],
)  # fmt: skip
def test_an_order_that_is_refused_for_now_is_given_back_and_placed_later_only_if_that_was_said(refusal):
    script = Script(refusal, answer(accepted(), 202))
    with pytest.raises(Refused) as refused:
        place(script)
    assert (refused.value.retryable, refused.value.leaves_unknown) == (True, False)
    assert len(script.requests) == 1
    assert place(Script(refusal, answer(accepted(), 202)), wait=True).order_id == ORDER_ID


@pytest.mark.parametrize(
    ("last", "is_unknown"),
    [
        (lost(httpx.ReadTimeout), True), (lost(httpx.ConnectError), True), (answer("busy", 429), True),
        (problem(503, "TRADING_HALTED", 1), True), (problem(422, "OPEN_ORDERS_AT_LIMIT"), True),
        (problem(400, "REQUEST_INVALID"), False), (problem(422, "IDEMPOTENCY_KEY_REUSED"), False),
    ],
)  # fmt: skip
def test_after_a_lost_answer_only_what_stands_for_the_request_itself_says_that_nothing_was_placed(
    last, is_unknown
):
    with pytest.raises(OeeError) as wrong:
        place(Script(problem(504, "LATE"), last), seconds=5)
    assert wrong.value.leaves_unknown is is_unknown
    assert wrong.value.document().get("mayHaveBeenDone", False) is is_unknown


@pytest.mark.parametrize(
    "unsent", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.LocalProtocolError]
)
def test_an_order_that_was_never_sent_is_known_not_to_be_placed(unsent):
    with pytest.raises(Unreachable) as wrong:
        place(Script(lost(unsent)))
    assert not wrong.value.leaves_unknown


def test_a_cancel_that_is_not_answered_may_have_cancelled_and_a_read_changes_nothing():
    with pytest.raises(Failed) as wrong:
        client(Script(problem(504, "LATE"))).cancel(ORDER_ID)
    assert wrong.value.leaves_unknown
    for ask in (Client.health, Client.tokens, lambda of: of.quote("SOL", "USDC", "1"), Client.page):
        with pytest.raises(Failed) as wrong:
            ask(client(Script(problem(504, "LATE"))))
        assert not wrong.value.leaves_unknown


@pytest.mark.parametrize("no_money", [0.1, 1.5, True, False, float("nan"), ["1"], b"1"])
@pytest.mark.parametrize("name", ["amount", "slippage", "minimum_amount_out"])
def test_floats_and_what_else_is_no_money_are_refused_before_anything_is_sent(name, no_money):
    script = Script(answer(accepted(), 202))
    with pytest.raises(TypeError, match=f"{name} is a {type(no_money).__name__}"):
        client(script).place("SOL", "USDC", **{"amount": "1.5", name: no_money})
    assert script.requests == []


def test_a_redirect_is_told_with_its_target():
    moved = answer({}, 308, {"Location": "https://api.test/new"})
    with pytest.raises(Refused, match=r"It points to https://api\.test/new"):
        place(Script(moved))


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


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
def test_a_key_that_is_none_is_the_callers_error(key):
    waits = Waits()
    script = Script(problem(400, "REQUEST_INVALID"))
    with pytest.raises((Refused, Unreachable)) as wrong:
        place(script, waits, key=key)
    assert not wrong.value.retryable
    assert waits.seconds == []
