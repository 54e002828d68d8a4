"""Cancelling all open orders, from the command line and with the client."""

import json

import pytest

from tests.unit.oee.answers import ORDER_ID, Script, answer, client, lost, problem

OTHER = ORDER_ID.replace("1", "2")
FIRST = {
    "success": True, "cancelled": [ORDER_ID], "notCancelled": [{"orderId": OTHER, "status": "submitted"}],
    "nextCursor": "abc",
}  # fmt: skip
LAST = {"success": True, "cancelled": [], "notCancelled": [], "unreadable": [OTHER], "nextCursor": None}


def queries(script):
    return [(request.method, dict(request.url.params)) for request in script.requests]


def test_every_page_is_cancelled_and_what_goes_on_is_told(run):
    script = Script(answer(FIRST), answer(LAST))
    code, out, _ = run("cancel", "--all", answers=script)
    assert (code, queries(script)) == (
        0,
        [("DELETE", {"status": "open"}), ("DELETE", {"status": "open", "cursor": "abc"})],
    )
    told = " ".join(out.split())
    assert f"1 order is cancelled. Order {OTHER} is submitted. No orders are cancelled." in told
    assert f"The engine can't read this order now: {OTHER}." in told


def test_a_script_gets_each_answer_as_the_api_has_it(run):
    _, out, _ = run("cancel", "--all", "--json", answers=[answer(FIRST), answer(LAST)])
    assert [json.loads(line) for line in out.splitlines()] == [FIRST, LAST]


def test_after_a_lost_answer_it_is_said_that_some_may_be_cancelled(run):
    code, _, err = run("cancel", "--all", answers=[lost()])
    assert code == 22
    assert "Some may be cancelled all the same" in err
    assert run("cancel", "--all", answers=[problem(403, "SCOPE_MISSING")])[0] == 20


def test_the_client_cancels_only_orders_of_the_status_that_it_is_given():
    script = Script(answer(LAST))
    [done] = client(script).cancel_all(status="pending")
    assert (queries(script), done.unreadable) == ([("DELETE", {"status": "pending"})], (OTHER,))


@pytest.mark.parametrize(
    ("given", "asked"), [((), {}), (("--pair", "SOL/USDC"), {"tokenIn": "SOL", "tokenOut": "USDC"})]
)
def test_orders_that_wait_for_their_price_are_cancelled_alone_and_of_one_pair(run, given, asked):
    script = Script(answer(LAST))
    assert run("cancel", "--all-armed", *given, answers=script)[0] == 0
    assert queries(script) == [("DELETE", {"status": "armed", **asked})]


@pytest.mark.parametrize(
    "given",
    [
        ("--all", "--pair", "SOL/USDC"), (ORDER_ID, "--pair", "SOL/USDC"), ("--all", "--all-armed"),
        ("--all-armed", "--pair", "SOL"), ("--all-armed", "--pair", "SOL/USDC/JUP"), (),
    ],
)  # fmt: skip
def test_what_would_cancel_other_orders_than_were_meant_is_the_command_given_wrongly(run, given):
    script = Script(answer(LAST))
    with pytest.raises(SystemExit) as end:
        run("cancel", *given, answers=script)
    assert (end.value.code, script.requests) == (2, [])
