"""Who may do what over HTTP: keys, scopes, and accounts that never meet."""

import json

import pytest
from chalice.app import Request

import app as entry
from chalicelib.api.auth import KEPT_SECONDS, allowed, authorization
from chalicelib.config import load_settings
from chalicelib.domain.access import Caller, Scope
from chalicelib.domain.trading import TradingState
from chalicelib.errors import NotAuthenticated, ScopeMissing, StorageUnavailable
from chalicelib.services.manage_keys import ManageKeys
from infra.documents.operations import OPERATIONS
from tests.fakes.identifiers import FakeIdentifiers
from tests.integration.conftest import ENVIRONMENT, fresh_desk

pytestmark = pytest.mark.promise("R12")

GOOD = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
BODIES = {
    "place_order": GOOD,
    "quote_swap": {name: GOOD[name] for name in ("tokenIn", "tokenOut", "amount")},
    "issue_ticket": {},
    "amend_order": {"slippage": "0.02"},
    "turn_trading": {"state": "halted", "why": "a drill"},
    "move_market": {"pair": ["SOL", "USDC"], "level": "0.9"},
    "set_feeds": {"state": "down"},
}
ALICE, BOB = (Caller(name, frozenset(Scope), f"{name}-key") for name in ("alice", "bob"))
UNKNOWN = f"Bearer oee_0123456789ab_{'A' * 43}"

GUARDED = [
    (method, path.replace("{order_id}", "00000000-0000-4000-8000-000000000000"), route.view_name)
    for path, methods in entry.app.routes.items()
    for method, route in methods.items()
    if route.authorizer is not None
]


@pytest.fixture
def guarded_desk(desk):
    """A desk that asks for keys, and whose market may be moved."""
    return fresh_desk(AUTH_MODE="keys", PAPER_CONTROLS="on")


QUERIES = {"cancel_orders": "?status=open"}
"""The query without which a route refuses a request, by its view."""


def ask(desk, method, path, view, **headers):
    body = json.dumps(BODIES[view]) if view in BODIES else ""
    asked = f"{path}{QUERIES.get(view, '')}"
    return desk.request(
        method, asked, body, **({"Content_Type": "application/json"} if body else {}), **headers
    )


def place(desk, caller, **headers):
    desk.gatekeeper.caller = caller
    return ask(desk, "POST", "/api/orders/execute", "place_order", **headers)


def make_key(desk, *scopes, account="alice"):
    return ManageKeys(desk.keys, desk.clock, FakeIdentifiers()).make(account, "a key", scopes)


SCOPED = [row for row in GUARDED if OPERATIONS[row[2]].scope is not None]
"""The guarded routes that need one scope; the others take a key of any."""


def test_every_route_that_the_document_guards_is_guarded_and_no_other() -> None:
    assert {view for _, _, view in GUARDED} == {
        name for name, operation in OPERATIONS.items() if operation.scope is not None or operation.any_scope
    }


@pytest.mark.parametrize(("method", "path", "view"), GUARDED)
def test_without_a_key_or_with_an_unknown_one_nothing_is_shown_or_done(guarded_desk, method, path, view):
    for headers in ({}, {"Authorization": "Bearer nope"}, {"Authorization": UNKNOWN}):
        refused = ask(guarded_desk, method, path, view, **headers)
        assert (refused.status_code, refused.json_body["code"]) == (401, "AUTHENTICATION_REQUIRED")
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert (guarded_desk.orders.orders, guarded_desk.switch.stands.version) == ({}, 0)


@pytest.mark.parametrize(("method", "path", "view"), GUARDED)
def test_a_request_that_no_authorizer_has_seen_is_refused_and_never_taken_for_open(
    guarded_desk, monkeypatch, method, path, view
):
    monkeypatch.setattr(guarded_desk.gatekeeper, "authorize", lambda _path, event, context: (event, context))
    refused = ask(guarded_desk, method, path, view)
    assert (refused.status_code, refused.json_body["code"]) == (401, "AUTHENTICATION_REQUIRED")


@pytest.mark.parametrize(("method", "path", "view"), SCOPED)
def test_every_scope_but_the_right_one_is_refused_and_the_right_one_is_named(
    guarded_desk, method, path, view
):
    needed = OPERATIONS[view].scope
    guarded_desk.gatekeeper.caller = Caller("alice", frozenset(Scope) - {needed}, "k")
    refused = ask(guarded_desk, method, path, view)
    assert (refused.status_code, refused.json_body["code"]) == (403, "SCOPE_MISSING")
    assert refused.json_body["requiredScope"] == needed
    assert (guarded_desk.orders.orders, guarded_desk.switch.stands.version) == ({}, 0)


@pytest.mark.parametrize(("method", "path", "view"), SCOPED)
def test_the_scope_that_a_route_names_is_enough(guarded_desk, method, path, view):
    needed = OPERATIONS[view].scope
    assert needed is not None
    guarded_desk.gatekeeper.caller = Caller("alice", frozenset({needed}), "k")
    assert ask(guarded_desk, method, path, view).status_code in {200, 201, 202, 404, 422, 503}


def test_a_key_places_and_reads_orders_of_its_account_until_it_is_revoked(guarded_desk):
    made = make_key(guarded_desk, Scope.TRADE)
    bearer = {"Authorization": f"Bearer {made.text}"}
    placed = ask(guarded_desk, "POST", "/api/orders/execute", "place_order", **bearer)
    assert placed.status_code == 202
    (order,) = guarded_desk.orders.orders.values()
    assert order.account == "alice"
    shown = guarded_desk.request("GET", f"/api/orders/{order.order_id}", **bearer)
    assert shown.json_body["orderId"] == order.order_id
    guarded_desk.keys.revoke(made.key.key_id, 1)
    assert guarded_desk.request("GET", "/api/orders", **bearer).status_code == 401


def test_an_order_of_another_account_is_not_there(guarded_desk):
    order_id = place(guarded_desk, ALICE).json_body["orderId"]
    guarded_desk.gatekeeper.caller = BOB
    for method in ("GET", "DELETE"):
        missing = guarded_desk.request(method, f"/api/orders/{order_id}")
        assert (missing.status_code, missing.json_body["code"]) == (404, "ORDER_NOT_FOUND")
    assert guarded_desk.request("GET", "/api/orders").json_body["orders"] == []
    guarded_desk.gatekeeper.caller = ALICE
    (listed,) = guarded_desk.request("GET", "/api/orders").json_body["orders"]
    assert (listed["orderId"], listed["status"]) == (order_id, "pending")


def test_a_page_of_another_account_can_not_be_turned(guarded_desk):
    for _ in range(3):
        place(guarded_desk, ALICE)
    cursor = guarded_desk.request("GET", "/api/orders?limit=1").json_body["nextCursor"]
    guarded_desk.gatekeeper.caller = BOB
    assert guarded_desk.request("GET", f"/api/orders?cursor={cursor}").json_body["orders"] == []


def test_the_same_idempotency_key_of_two_accounts_makes_two_orders(guarded_desk):
    first, second, again = (place(guarded_desk, who, Idempotency_Key="1") for who in (ALICE, BOB, ALICE))
    assert (first.status_code, second.status_code, again.status_code) == (202, 202, 200)
    ids = [answer.json_body["orderId"] for answer in (first, second, again)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/api/health", "/api/tokens", "/static/icon.svg"]
)
def test_what_is_public_needs_no_key(guarded_desk, path):
    assert guarded_desk.client.http.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/orders", "/api/orders/execute", "/api/admin/trading"])
def test_a_preflight_needs_no_key_and_lets_pages_send_one(guarded_desk, path):
    origin = {"Origin": "https://trader.example"}
    allowed = guarded_desk.client.http.options(path, headers=origin)
    assert allowed.status_code == 204
    assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]


def test_an_operators_key_turns_trading_and_leaves_its_name(guarded_desk):
    guarded_desk.gatekeeper.caller = Caller("ops", frozenset({Scope.ADMIN}), "4f1d0c9be2a7")
    shown = guarded_desk.request("GET", "/api/admin/trading")
    assert shown.json_body == {"success": True, "state": "active"}
    turned = ask(guarded_desk, "PUT", "/api/admin/trading", "turn_trading")
    assert turned.status_code == 200
    assert guarded_desk.switch.stands.state is TradingState.HALTED
    told = {"state": "halted", "who": "key 4f1d0c9be2a7", "why": "a drill"}
    assert told.items() <= turned.json_body.items()
    assert guarded_desk.request("GET", "/api/admin/trading").json_body == turned.json_body
    assert place(guarded_desk, ALICE).json_body["code"] == "TRADING_HALTED"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"state": "halted"}, "/why"),
        ({"state": "halted", "why": ""}, "/why"),
        ({"state": "halted", "why": "x" * 201}, "/why"),
        ({"state": "halted", "why": "x\nTrading is active"}, "/why"),
        ({"state": "stopped", "why": "x"}, "/state"),
        ({"state": "halted", "why": "x", "who": "me"}, "/who"),
    ],
)
def test_who_turns_trading_says_how_and_why(guarded_desk, body, pointer):
    guarded_desk.gatekeeper.caller = Caller("ops", frozenset({Scope.ADMIN}), "k")
    refused = guarded_desk.request(
        "PUT", "/api/admin/trading", json.dumps(body), Content_Type="application/json"
    )
    assert [error["pointer"] for error in refused.json_body["errors"]] == [pointer]
    assert guarded_desk.switch.stands.version == 0


def test_who_turns_trading_at_the_same_moment_as_another_is_told(guarded_desk):
    guarded_desk.gatekeeper.caller = Caller("ops", frozenset({Scope.ADMIN}), "k")

    def interrupt(method, moment):
        if (method, moment) == ("turn", "before"):
            guarded_desk.switch.set(TradingState.REDUCING)

    guarded_desk.switch.interrupt = interrupt
    refused = ask(guarded_desk, "PUT", "/api/admin/trading", "turn_trading")
    assert (refused.status_code, refused.json_body["code"]) == (409, "TRADING_CONTENDED")


def test_the_authorizers_answer_serves_every_route_and_says_who_it_is(guarded_desk):
    made = make_key(guarded_desk, Scope.TRADE)
    guarded_desk.limits.write("alice", '{"a":1}', seen="")
    arn = "arn:aws:execute-api:us-east-1:000000000000:api/dev/GET/api/orders"
    event = {"type": "TOKEN", "authorizationToken": f"Bearer {made.text}", "methodArn": arn}
    told = entry.authorize(event, None)
    (statement,) = told["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", [arn.replace("GET/api/orders", "*/*")])
    assert told["principalId"] == made.key.key_id
    assert told["context"] == {
        "account": "alice", "scopes": "read trade", "keyId": made.key.key_id, "limits": '{"a":1}'
    }  # fmt: skip
    assert KEPT_SECONDS <= 60


def test_a_scope_that_only_a_newer_release_knows_grants_nothing_here():
    who = {"account": "alice", "scopes": "read withdraw", "keyId": "k", "limits": ""}
    event = dict.fromkeys(("multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"))
    about = {"httpMethod": "GET", "resourcePath": "/", "authorizer": who}
    request = Request({**event, "headers": {}, "requestContext": about})
    assert allowed(request, Scope.READ, is_open=False).scopes == {Scope.READ}
    with pytest.raises(ScopeMissing):
        allowed(request, Scope.TRADE, is_open=False)


def test_an_unknown_keys_answer_denies_every_route_so_that_it_is_kept_too(guarded_desk):
    event = {"type": "TOKEN", "authorizationToken": UNKNOWN, "methodArn": "arn:aws:x:y:z:api/dev/GET/a"}
    told = entry.authorize(event, None)
    (statement,) = told["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert "context" not in told


@pytest.mark.promise("R16")
def test_a_table_that_does_not_answer_is_no_refusal_of_a_key(guarded_desk):
    def authenticate(_text):
        raise StorageUnavailable("it does not answer")

    with pytest.raises(StorageUnavailable):
        authorization(UNKNOWN, authenticate, lambda _problem, _error: None)


@pytest.mark.promise("R13")
def test_no_key_reaches_a_log(guarded_desk, capsys, caplog):
    made = make_key(guarded_desk, Scope.TRADE)
    for text in (made.text, made.text[:-1] + "!", UNKNOWN.removeprefix("Bearer ")):
        ask(guarded_desk, "POST", "/api/orders/execute", "place_order", Authorization=f"Bearer {text}")
    said = capsys.readouterr().out + str([vars(record) for record in caplog.records])
    assert "AUTHENTICATION_REQUIRED" in said
    assert "invoked" in said
    assert made.text.rpartition("_")[2] not in said
    assert "oee_" not in said


def test_an_open_engine_asks_nobody_and_knows_one_account(desk):
    order_id = ask(desk, "POST", "/api/orders/execute", "place_order").json_body["orderId"]
    assert desk.orders.orders[order_id].account == "open"
    assert ask(desk, "PUT", "/api/admin/trading", "turn_trading").json_body["state"] == "halted"


def test_keys_are_asked_for_unless_it_is_said_otherwise():
    given = {name: value for name, value in ENVIRONMENT.items() if name != "AUTH_MODE"}
    assert load_settings(given).auth_mode == "keys"


def test_not_authenticated_says_nothing_of_why(guarded_desk):
    with pytest.raises(NotAuthenticated) as unknown:
        entry.engine.authenticate.caller(UNKNOWN.removeprefix("Bearer "))
    made = make_key(guarded_desk, Scope.READ)
    guarded_desk.keys.revoke(made.key.key_id, 1)
    with pytest.raises(NotAuthenticated) as revoked:
        entry.engine.authenticate.caller(made.text)
    assert str(unknown.value) == str(revoked.value)
