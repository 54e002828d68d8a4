import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

import oee.__main__ as command
from oee import Client, exits
from tests.unit.oee.answers import (
    JOURNEY,
    ORDER_ID,
    SIGNATURE,
    accepted,
    answer,
    events,
    lost,
    order,
    problem,
    quote,
    route,
)
from tests.unit.oee.sockets import backfill, says, staged, update

OUTCOMES = {"confirmed": 0, "failed": 10, "expired": 11, "cancelled": 12}
PLACE = ("place", "SOL", "USDC", "1.5")


@pytest.mark.parametrize("status", OUTCOMES)
def test_the_exit_code_tells_how_a_watched_order_ended(run, status):
    logs = events("pending", "routing", status)
    with staged(says(backfill(logs[0]), *map(update, logs[1:]))) as stage:
        code, out, _ = run(*PLACE, "--watch", answers=[answer(accepted(stage.url), 202)])
    assert code == OUTCOMES[status]
    assert [line.split()[3] for line in out.splitlines()[1:4]] == ["pending", "routing", status]
    assert out.splitlines()[4].startswith(f"{status.capitalize()} after 1.00 s")


def test_a_confirmed_order_is_told_with_its_fill_against_the_quote_and_its_transaction(run):
    logs = [*events(*JOURNEY[:4]), {**events(*JOURNEY)[4], "txHash": SIGNATURE}]
    with staged(says(backfill(*logs))) as stage:
        code, out, _ = run("watch", ORDER_ID, answers=[answer(order("pending", stream_url=stage.url))])
    assert code == 0
    assert out.splitlines()[-3:] == [
        "Confirmed after 2.00 s: 1.5 SOL became 224.5 USDC.",
        "That is 0.22 % under the quote of 225.001995; the minimum was 222.751976.",
        f"Transaction {SIGNATURE}",
    ]


def test_scripts_get_the_order_and_each_event_as_json_lines(run):
    logs = events(*JOURNEY)
    with staged(says(backfill(*logs))) as stage:
        placed = accepted(stage.url)
        code, out, _ = run(*PLACE, "--watch", "--json", "--key", "mine", answers=[answer(placed, 202)])
    first, *lines = map(json.loads, out.splitlines())
    assert code == 0
    assert first == {**placed, "idempotencyKey": "mine", "replayed": False}
    assert lines == [{"orderId": ORDER_ID, **log} for log in logs]


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (("quote", "SOL", "USDC", "1.5"), quote()),
        (("show", ORDER_ID), order(*JOURNEY, route=route())),
        (("list",), {"success": True, "orders": [order("pending")], "nextCursor": "more"}),
        (("cancel", ORDER_ID), {"success": True, "orderId": ORDER_ID, "status": "cancelled"}),
    ],
)
def test_scripts_get_the_apis_own_document(run, arguments, document):
    code, out, _ = run(*arguments, "--json", answers=[answer(document)])
    assert (code, json.loads(out)) == (0, document)


def test_a_watch_names_the_market_that_the_order_is_traded_on(run):
    with staged(says(backfill(*events(*JOURNEY)))) as stage:
        told = order("pending", stream_url=stage.url, market="paper")
        assert run("watch", ORDER_ID, answers=[answer(told)])[2] == "1.5 SOL → USDC on paper\n"


def test_a_list_says_how_it_goes_on(run):
    page = {"orders": [order("pending", "failed")], "nextCursor": "more"}
    asked = ("list", "--status", "failed", "--limit", "1", "--cursor", "here")
    code, out, err = run(*asked, answers=[answer(page)])
    assert code == 0
    assert out.splitlines()[1].split() == [ORDER_ID, "11-22", "18:32", "failed", "1.5", "SOL", "→", "USDC"]
    assert "--cursor more" in err


def test_a_refusal_is_the_apis_sentence_with_its_code(run):
    refusal = problem(503, "BACKLOG_TOO_LONG", 12)
    code, out, err = run(*PLACE, "--key", "mine", answers=[refusal])
    assert (code, out) == (20, "")
    assert err.splitlines() == [
        "1.5 SOL → USDC, key mine",
        "It was refused. Try later. (BACKLOG_TOO_LONG) Ask again in 12 s.",
        "Given again with --key mine within five minutes, the command can't place a second one.",
    ]


def test_a_refusal_is_the_apis_document_for_scripts(run):
    code, out, _ = run(
        "cancel", ORDER_ID, "--json", answers=[problem(409, "ORDER_NOT_CANCELLABLE", orderStatus="failed")]
    )
    said = json.loads(out)
    assert code == 20
    assert (said["success"], said["code"], said["orderStatus"]) == (False, "ORDER_NOT_CANCELLABLE", "failed")


@pytest.mark.parametrize("unusable", [lost(), answer("x")])
def test_no_usable_answer_is_told_from_a_refusal(run, unusable):
    code, out, err = run("show", ORDER_ID, answers=[unusable])
    assert (code, out) == (21, "")
    assert "Traceback" not in err


UNKNOWN_OUTCOMES = [
    lost(), lost(httpx.RemoteProtocolError), problem(500, "INTERNAL_ERROR"), problem(504, "LATE"),
    problem(503, "STORAGE_UNAVAILABLE", 2), answer({}, 524), answer({}, 408), answer([], 202),
    lambda: httpx.Response(200, text="<html>"), lambda: httpx.Response(202, text='{"orderId":"0b'),
    lambda: httpx.Response(202),
]  # fmt: skip


@pytest.mark.parametrize("trouble", UNKNOWN_OUTCOMES)
def test_an_order_that_was_not_answered_may_exist_and_is_found_by_its_key(run, trouble):
    code, _, err = run(*PLACE, "--key", "mine", answers=[trouble])
    assert code == 22
    assert "may have been placed all the same. Given again with --key mine" in err


@pytest.mark.parametrize("trouble", UNKNOWN_OUTCOMES)
def test_a_script_is_told_that_the_order_may_exist(run, trouble):
    code, out, _ = run(*PLACE, "--key", "mine", "--json", answers=[trouble])
    told = json.loads(out)
    assert (code, told["mayHaveBeenDone"], told["idempotencyKey"]) == (22, True, "mine")


def test_an_order_that_could_not_be_sent_was_not_placed(run):
    code, _, err = run(*PLACE, answers=[lost(httpx.ConnectError)])
    assert code == 21
    assert "may have been" not in err


def test_an_interruption_while_an_order_is_placed_says_that_it_may_exist(run):
    def interrupt():
        raise KeyboardInterrupt

    code, _, err = run(*PLACE, "--key", "mine", answers=[interrupt])
    assert code == 130
    assert "may have been placed all the same. Given again with --key mine" in err


def test_a_cancel_that_was_not_answered_may_have_cancelled(run):
    code, _, err = run("cancel", ORDER_ID, answers=[problem(504, "LATE")])
    assert code == 22
    assert f"may be cancelled all the same: oee show {ORDER_ID} tells" in err
    assert run("show", ORDER_ID, answers=[problem(504, "LATE")])[0] == 21


def test_what_was_placed_is_never_called_refused_when_it_can_not_be_followed(run):
    with staged() as stage:
        pass
    refusal = problem(401, "AUTHENTICATION_REQUIRED")
    code, _, err = run(*PLACE, "--watch", answers=[answer(accepted(stage.url), 202), refusal])
    assert code == 21
    assert f"oee watch {ORDER_ID} follows it again" in err


def test_a_watch_that_breaks_off_says_that_the_order_goes_on(run):
    with staged() as stage:
        pass
    code, _, err = run(*PLACE, "--watch", answers=[answer(accepted(stage.url), 202), lost()])
    assert code == 21
    assert f"oee watch {ORDER_ID} follows it again" in err


def test_an_interruption_is_no_trace(run):
    def interrupt():
        raise KeyboardInterrupt

    code, _, err = run("show", ORDER_ID, answers=[interrupt])
    assert (code, err) == (130, "")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_reader_who_has_enough_is_no_error_worth_a_trace(form):
    """The pipe of this process is closed before the command writes to it."""
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [
        sys.executable,
        "-m",
        "oee",
        "show",
        ORDER_ID,
        "--url",
        "http://127.0.0.1:1",
        "--patience",
        "0",
    ]
    done = subprocess.run(  # noqa: S603 - our own command
        [*arguments, *form], check=False, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60
    )
    os.close(writer)
    assert done.returncode == (1 if form else 21)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_bytes_that_are_no_text_are_refused_by_the_api_like_any_other_token(run):
    code, _, err = run("quote", "\udcff", "USDC", "1", answers=[problem(400, "REQUEST_INVALID")])
    assert (code, "REQUEST_INVALID" in err) == (20, True)


@pytest.mark.parametrize(
    "wrong", [("place",), ("list", "--patience", "-1"), ("list", "--patience", "soon"), ("show", ""), ()]
)
def test_a_command_that_is_given_wrongly_is_told_how_it_goes(wrong, capsys):
    with pytest.raises(SystemExit) as end:
        command.main([*wrong])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: oee")


def test_alone_it_prints_its_help(capsys):
    with pytest.raises(SystemExit) as end:
        command.main([])
    assert end.value.code == 2
    assert "exit codes:" in capsys.readouterr().err


def test_the_version_is_the_distributions(capsys):
    with pytest.raises(SystemExit) as end:
        command.main(["--version"])
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert (end.value.code, capsys.readouterr().out) == (0, f"oee {project['project']['version']}\n")


def test_options_of_every_command_may_stand_before_it_and_after_it(run):
    page = {"success": True, "orders": [], "nextCursor": None}
    for given in (("--json", "list"), ("list", "--json")):
        assert json.loads(run(*given, answers=[answer(page)])[1]) == page


def test_the_help_names_every_exit_code(capsys):
    with pytest.raises(SystemExit):
        command.main(["--help"])
    told = capsys.readouterr().out
    codes = {
        *exits.OUTCOMES.values(),
        exits.UNREAD,
        exits.DECLINED,
        exits.REFUSED,
        exits.NO_ANSWER,
        exits.UNKNOWN,
        exits.INTERRUPTED,
    }
    assert {int(line.split()[0]) for line in told.splitlines() if line[:4].strip().isdigit()} == codes | {2}


SECRET = "oee_0123456789ab_secret"


@pytest.mark.parametrize("given", [("--api-key", SECRET), ()])
def test_the_api_key_is_that_of_the_option_or_of_the_environment(run, monkeypatch, given):
    monkeypatch.setenv("OEE_API_KEY", "oee_another" if given else SECRET)
    sent = []

    def answered():
        return answer({"success": True, "orders": [], "nextCursor": None})()

    class Recording(Client):
        def __init__(self, url, *, api_key, **options):
            sent.append(api_key)
            super().__init__(url, api_key=api_key, **options)

    monkeypatch.setattr("tests.unit.oee.conftest.Client", Recording)
    assert run("list", *given, answers=[answered])[0] == 0
    assert sent == [SECRET]


@pytest.mark.promise("R12")
@pytest.mark.parametrize(
    "trouble",
    [
        problem(401, "AUTHENTICATION_REQUIRED"),
        problem(403, "SCOPE_MISSING", requiredScope="trade"),
        problem(500, "INTERNAL_ERROR"),
        lost(httpx.ConnectError),
        lost(httpx.LocalProtocolError),
    ],
)
def test_the_api_key_is_never_shown_whatever_goes_wrong(run, trouble):
    for more in ((), ("--json",)):
        code, out, err = run(*PLACE, "--api-key", SECRET, *more, answers=[trouble])
        assert code in {20, 21, 22}
        assert "secret" not in out + err
