"""Every route and every socket action, by everybody who may ask: what each of them gets."""

import json
from itertools import count

import pytest

import app as entry
from chalicelib.domain.access import Scope
from chalicelib.services.manage_keys import ManageKeys
from tests.fakes.identifiers import FakeIdentifiers
from tests.integration.conftest import fresh_desk
from tests.integration.test_events import call, socket_event

pytestmark = pytest.mark.promise("R12")

CALLERS = ("nobody", "revoked", "stranger", "reader", "owner", "operator")
KEYS = {
    "revoked": ("alice", {Scope.TRADE, Scope.READ, Scope.ADMIN}),
    "stranger": ("bob", {Scope.TRADE, Scope.READ}),
    "reader": ("alice", {Scope.READ}),
    "owner": ("alice", {Scope.TRADE}),
    "operator": ("alice", {Scope.ADMIN}),
}
"""Whose key it is, and what it allows; the order of the requests is alice's."""

SWAP = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
ORDER = "{order_id}"
#                                                               nobody revoked stranger reader owner operator
MATRIX = {
    ("POST", "/api/orders/execute", json.dumps({"type": "market", **SWAP})): (401, 401, 202, 403, 202, 403),
    ("GET", "/api/orders/{order_id}", ""): (401, 401, 404, 200, 200, 403),
    ("PATCH", "/api/orders/{order_id}", '{"slippage": "0.02"}'): (401, 401, 404, 403, 409, 403),
    ("DELETE", "/api/orders/{order_id}", ""): (401, 401, 404, 403, 200, 403),
    ("GET", "/api/orders", ""): (401, 401, 200, 200, 200, 403),
    ("DELETE", "/api/orders", ""): (401, 401, 400, 403, 400, 403),
    ("POST", "/api/quotes", json.dumps(SWAP)): (401, 401, 200, 200, 200, 403),
    ("POST", "/api/stream-tickets", f'{{"orderId": "{ORDER}"}}'): (401, 401, 404, 201, 201, 403),
    ("GET", "/api/me", ""): (401, 401, 200, 200, 200, 200),
    ("GET", "/api/admin/trading", ""): (401, 401, 403, 403, 403, 200),
    ("PUT", "/api/admin/trading", '{"state": "halted", "why": "a drill"}'): (401, 401, 403, 403, 403, 200),
    ("PUT", "/api/admin/paper/market", '{"pair": ["SOL", "USDC"], "level": "0.9"}'): (
        401,
        401,
        403,
        403,
        403,
        200,
    ),
    ("PUT", "/api/admin/paper/feed", '{"state": "stale", "venue": "raydium"}'): (
        401,
        401,
        403,
        403,
        403,
        200,
    ),
    ("CONNECT", "one order", ""): (401, 401, 404, 200, 200, 403),
    ("CONNECT", "all orders", ""): (401, 401, 200, 200, 200, 403),
}
PUBLIC = {
    *("/", "/docs", "/openapi.json", "/asyncapi.json", "/redoc.standalone.js", "/static/{name}"),
    *("/api/health", "/api/tokens", "/api/pairs"),
}
CASES = [(*asked, who, told) for asked, row in MATRIX.items() for who, told in zip(CALLERS, row, strict=True)]


@pytest.fixture
def guarded(desk):
    """A desk that asks for keys and whose market may be moved, where alice has an order."""
    return fresh_desk(AUTH_MODE="keys", PAPER_CONTROLS="on")


@pytest.fixture
def keys(guarded):
    """The Authorization header of everybody who has one."""
    drawn = FakeIdentifiers()
    made = {
        who: ManageKeys(guarded.keys, guarded.clock, drawn).make(account, who, scopes)
        for who, (account, scopes) in KEYS.items()
    }
    guarded.keys.revoke(made["revoked"].key.key_id, guarded.clock.now())
    return {who: f"Bearer {each.text}" for who, each in made.items()}


@pytest.fixture
def order_id(guarded, keys):
    """An order of alice's."""
    placed = ask(guarded, keys, "owner", *next(iter(MATRIX)))
    return placed.json_body["orderId"]


def ask(desk, keys, who, method, path, body):
    headers = {"Authorization": keys[who]} if who in keys else {}
    if body:
        headers["Content_Type"] = "application/json"
    return desk.request(method, path, body, **headers)


sockets = count()


def open_socket(desk, keys, who, order_id=""):
    """The status of a handshake, and the socket's id."""
    headers = {"Authorization": keys[who]} if who in keys else {}
    connection_id = f"socket-{next(sockets)}"
    desk.gateway.open(connection_id)  # and stays so where the handshake is refused: the worst that could be
    query = {"orderId": order_id} if order_id else None
    answer = call(desk, "connect", socket_event(connection_id, query=query, **headers))
    return answer["statusCode"], connection_id


@pytest.mark.parametrize(("method", "path", "body", "who", "told"), CASES)
def test_everybody_gets_what_the_matrix_says(guarded, keys, order_id, method, path, body, who, told):
    before = dict(guarded.orders.orders), guarded.switch.stands
    if method == "CONNECT":
        status, _ = open_socket(guarded, keys, who, order_id if path == "one order" else "")
    else:
        path, body = path.replace(ORDER, order_id), body.replace(ORDER, order_id)
        status = ask(guarded, keys, who, method, path, body).status_code
    assert status == told
    if status >= 400:
        assert (guarded.orders.orders, guarded.switch.stands) == before
        assert not guarded.subscriptions.of_order(order_id)


def test_the_matrix_has_every_route_that_is_not_public():
    routes = {(method, path) for path, methods in entry.app.routes.items() for method in methods}
    guarded_ones = {(m, p) for m, p in routes if m != "OPTIONS" and p not in PUBLIC}
    assert {(m, p) for m, p, _ in MATRIX if m != "CONNECT"} == guarded_ones


@pytest.mark.parametrize(
    ("who", "follows"), [("nobody", False), ("stranger", False), ("reader", True), ("owner", True)]
)
def test_a_socket_subscribes_to_orders_of_its_account_only(guarded, keys, order_id, who, follows):
    connection_id = open_socket(guarded, keys, who)[1]
    before = guarded.subscriptions.subscriptions.get((order_id, connection_id))
    body = json.dumps({"action": "subscribe", "orderId": order_id})
    call(guarded, "message", socket_event(connection_id, body))
    followed = guarded.subscriptions.subscriptions.get((order_id, connection_id))
    assert (followed is not None) is follows
    if not follows:
        assert before is None
        (told,) = guarded.gateway.messages(connection_id)
        assert told["code"] == "ORDER_NOT_FOUND"


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_a_ping_tells_nobody_of_an_order_that_is_not_theirs(guarded, keys, order_id, who):
    connection_id = open_socket(guarded, keys, who)[1]
    call(guarded, "message", socket_event(connection_id, '{"action": "ping"}'))
    assert order_id not in str(guarded.gateway.messages(connection_id))


def test_a_strangers_disconnect_closes_nobody_elses_socket(guarded, keys, order_id):
    status, mine = open_socket(guarded, keys, "owner", order_id)
    _, theirs = open_socket(guarded, keys, "stranger")
    call(guarded, "disconnect", socket_event(theirs))
    assert status == 200
    assert guarded.subscriptions.subscriptions.get((order_id, mine)) is not None
