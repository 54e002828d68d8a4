"""An engine that asks for keys, as operators and traders meet it."""

import json
import os
import subprocess
import sys

import pytest

from infra.local.logs import lines
from infra.local.waiting import wait_until
from oee import Client, Refused
from tests.e2e.conftest import FASTER, PREFIX, running_stack
from tests.e2e.operating import key_holder, make_key, operate
from tests.e2e.trader import JOURNEY, PATIENCE, Trader

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R12")]

REMEMBERED_SECONDS = 60
"""How long API Gateway may let a revoked key in."""


@pytest.fixture(scope="module")
def guarded():
    with running_stack(f"{PREFIX}{os.getpid()}-keys", [*FASTER, "AUTH_MODE=keys"]) as stack:
        yield stack


def code_of(answer):
    return answer.status_code, answer.json().get("code")


def test_each_account_places_and_sees_its_own_orders_and_no_others(guarded):
    alice, bob = (key_holder(guarded, account, "trade") for account in ("alice", "bob"))
    answers = alice.place("one-key"), bob.place("one-key")
    mine, theirs = (answer.json() for answer in answers)
    assert mine["orderId"] != theirs["orderId"]
    assert [event["status"] for event in alice.follow(mine["streamUrl"])] == JOURNEY
    for method in ("GET", "DELETE"):
        assert code_of(bob.request(method, f"/api/orders/{mine['orderId']}")) == (404, "ORDER_NOT_FOUND")
    listed = bob.request("GET", "/api/orders").json()["orders"]
    assert [order["orderId"] for order in listed] == [theirs["orderId"]]


def test_what_needs_a_key_is_refused_without_one_and_what_is_public_is_not(guarded):
    nobody = Trader(guarded.rest_url)
    assert code_of(nobody.place()) == (401, "AUTHENTICATION_REQUIRED")
    for header in ("Bearer nope", f"Bearer oee_0123456789ab_{'A' * 43}"):
        refused = nobody.request("GET", "/api/orders", headers={"Authorization": header})
        assert code_of(refused) == (401, "AUTHENTICATION_REQUIRED")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert nobody.request("GET", "/api/health").json()["trading"] == "active"
    assert nobody.request("GET", "/").status_code == 200


def test_a_key_does_what_its_scopes_say(guarded):
    reader, operator = key_holder(guarded, "alice", "read"), key_holder(guarded, "ops", "admin")
    assert code_of(reader.place()) == (403, "SCOPE_MISSING")
    assert reader.request("GET", "/api/orders").status_code == 200
    assert code_of(reader.request("GET", "/api/admin/trading")) == (403, "SCOPE_MISSING")
    assert code_of(operator.request("GET", "/api/orders")) == (403, "SCOPE_MISSING")
    turned = operator.request("PUT", "/api/admin/trading", json={"state": "active", "why": "a drill"})
    assert (turned.status_code, turned.json()["state"]) == (200, "active")


def test_a_revoked_key_is_refused_once_it_is_forgotten_and_the_accounts_others_serve_on(guarded):
    lost, kept = make_key(guarded, "carol", "trade"), key_holder(guarded, "carol", "read")
    thief = Trader(guarded.rest_url, lost["key"])
    assert thief.request("GET", "/api/orders").status_code == 200
    for _ in range(2):
        assert lost["keyId"] in operate(guarded, "keys", "revoke", lost["keyId"])

    def is_out():
        return thief.request("GET", "/api/orders").status_code == 401 or None

    assert wait_until(is_out, REMEMBERED_SECONDS + PATIENCE)
    assert code_of(thief.place()) == (401, "AUTHENTICATION_REQUIRED")
    assert kept.request("GET", "/api/orders").status_code == 200
    (listed,) = json.loads(operate(guarded, "keys", "list", "--account", "carol", "--json"))[:1]
    assert (listed["keyId"], "revokedAt" in listed) == (lost["keyId"], True)


def test_the_client_and_its_command_line_trade_with_a_key(guarded):
    key = make_key(guarded, "dora", "trade")["key"]
    with Client(guarded.rest_url, api_key=key) as client:
        placed = client.place("SOL", "USDC", "0.1")
        assert [event.status for event in client.watch(placed)] == JOURNEY
        assert [event.status for event in client.watch(placed.order_id)] == JOURNEY
    with Client(guarded.rest_url) as nobody, pytest.raises(Refused) as refused:
        nobody.get(placed.order_id)
    assert refused.value.code == "AUTHENTICATION_REQUIRED"
    done = subprocess.run(
        [sys.executable, "-m", "oee", "place", "SOL", "USDC", "0.1", "--watch", "--json"],
        env={**os.environ, "OEE_URL": guarded.rest_url, "OEE_API_KEY": key},
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "confirmed"
    assert key not in done.stdout + done.stderr


def test_an_account_has_the_limits_that_an_operator_gave_it_and_others_have_the_settings(guarded):
    operate(guarded, "limits", "--account", "frank", "--set", "MAX_DAILY_AMOUNTS=SOL=0.25")
    frank, grace = (key_holder(guarded, account, "trade") for account in ("frank", "grace"))
    assert [frank.place().status_code for _ in range(2)] == [202, 202]
    refused = frank.place()
    assert code_of(refused) == (422, "DAILY_AMOUNT_ABOVE_LIMIT")
    assert [refused.json()[name] for name in ("limit", "used", "requested")] == ["0.25", "0.2", "0.1"]
    assert frank.place(amount="0.05").status_code == 202
    assert grace.place(amount="0.3").status_code == 202
    shown = json.loads(operate(guarded, "limits", "--account", "frank", "--json"))
    assert (shown["own"], shown["used"]["amountsToday"]) == ({"MAX_DAILY_AMOUNTS": "SOL=0.25"}, "SOL=0.25")


@pytest.mark.promise("R13")
def test_no_key_and_no_ticket_is_in_any_log(guarded):
    trader = key_holder(guarded, "erin", "trade")
    ticket = trader.place().json()["streamUrl"].partition("ticket=")[2]
    told = "\n".join(lines(guarded))
    assert "authorize" in told
    assert ticket
    assert ticket not in told
    assert "oee_" not in told
