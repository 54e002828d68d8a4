"""Secrets are planted in everything that strangers send; then all that was logged is searched for them."""

import json
from itertools import count

import pytest

import app as entry
from chalicelib.bootstrap.shadow import ShadowDesk
from chalicelib.config import load_settings
from chalicelib.domain.access import Scope
from chalicelib.domain.order import Status
from chalicelib.services.manage_keys import ManageKeys
from chalicelib.telemetry import PowertoolsTelemetry
from tests.fakes.examples import ORDER_ID
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.paper import InMemoryLedger
from tests.fakes.scripted import InlineExecutor
from tests.fakes.solana import Cluster, in_json, serving
from tests.integration.conftest import ENVIRONMENT, fresh_desk
from tests.integration.test_events import ask, call, message, socket_event

pytestmark = pytest.mark.promise("R13")

CANARY = "canary7f3e"
"""In every planted text; nothing that the engine says by itself has it."""

SWAP = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
HEADERS = {
    "Idempotency_Key": f"{CANARY}-key",
    "Origin": f"https://{CANARY}.example",
    "Cookie": f"session={CANARY}",
    "User_Agent": f"{CANARY}/1.0",
    "X_Forwarded_For": CANARY,
}
BODIES = [
    *(json.dumps(SWAP | {name: f"{CANARY}-{name}"}) for name in (*SWAP, "slippage", "secretKey")),
    json.dumps(SWAP),
    json.dumps({CANARY: CANARY}),
    json.dumps([CANARY]),
    f"{{{CANARY}",
    CANARY * 1000,
]
REQUESTS = [
    *(
        ("POST", path, body)
        for path in ("/api/orders/execute", "/api/quotes", "/api/stream-tickets")
        for body in BODIES
    ),
    *(
        ("PUT", "/api/admin/trading", json.dumps({"state": state, "why": "a drill"}))
        for state in (CANARY, "active")
    ),
    ("GET", f"/api/orders/{CANARY}", ""),
    ("DELETE", f"/api/orders/{CANARY}", ""),
    *(("GET", f"/api/orders?{name}={CANARY}", "") for name in ("cursor", "status", "limit", CANARY)),
    ("GET", f"/static/{CANARY}", ""),
    ("GET", f"/{CANARY}", ""),
]
SOCKET_MESSAGES = [
    CANARY,
    json.dumps({"action": CANARY}),
    json.dumps({"action": "subscribe", "orderId": CANARY}),
]
QUERIES = [
    {"ticket": CANARY},
    {"ticket": (CANARY * 5)[:43]},
    {"orderId": CANARY},
    {"orderId": ORDER_ID, "after": CANARY},
]


services = count()


def desk_that_logs(**settings):
    """A desk with a logger of its own: the one of an earlier test writes where that test looked."""
    return fresh_desk(LOG_LEVEL="DEBUG", SERVICE_NAME=f"canaries-{next(services)}", **settings)


@pytest.fixture(params=["as it is", "broken"])
def guarded(desk, request):
    """A desk that asks for keys and logs all that it can; once with tables that fail unforeseen."""
    guarded = desk_that_logs(AUTH_MODE="keys")
    if request.param == "broken":

        def explode(method, _moment):
            raise RuntimeError(f"{method} fails in a way that nobody foresaw")

        guarded.orders.interrupt = guarded.tickets.interrupt = explode
    return guarded


@pytest.fixture
def bearer(guarded):
    """A key that may do everything, with which the canaries come in."""
    made = ManageKeys(guarded.keys, guarded.clock, FakeIdentifiers()).make("alice", "key", set(Scope))
    return f"Bearer {made.text}"


def logged(capfd, caplog):
    out, err = capfd.readouterr()
    return out + err + caplog.text + str([vars(record) for record in caplog.records])


def test_no_request_leaves_a_secret_in_the_logs(guarded, bearer, capfd, caplog):
    for method, path, body in REQUESTS:
        for key in (bearer, f"Bearer {CANARY}", f"Bearer oee_0123456789ab_{(CANARY * 5)[:43]}"):
            content = {"Content-Type": "application/json"} if body else {}
            named = {name.replace("_", "-"): value for name, value in HEADERS.items()} | content
            guarded.client.http.request(method, path, headers=named | {"Authorization": key}, body=body)
    said = logged(capfd, caplog)
    assert '"invoked"' in said
    assert CANARY not in said
    assert bearer.rpartition("_")[2] not in said


def test_no_socket_leaves_a_secret_in_the_logs(guarded, bearer, capfd, caplog):
    for query in QUERIES:
        for key in (bearer, f"Bearer {CANARY}"):
            headers = {"Authorization": key, "Origin": f"https://{CANARY}.example"}
            call(guarded, "connect", socket_event("c1", query=query, **headers))
    call(guarded, "connect", socket_event("c2", Authorization=bearer))
    for body in SOCKET_MESSAGES:
        call(guarded, "message", socket_event("c2", body))
    call(guarded, "disconnect", socket_event("c2"))
    said = logged(capfd, caplog)
    assert '"invoked"' in said
    assert CANARY not in said
    assert bearer.rpartition("_")[2] not in said


def test_a_ticket_is_told_to_its_caller_and_to_no_log(desk, capfd, caplog):
    guarded = desk_that_logs(AUTH_MODE="keys")
    made = ManageKeys(guarded.keys, guarded.clock, FakeIdentifiers()).make("alice", "key", set(Scope))
    headers = {"Authorization": f"Bearer {made.text}", "Content_Type": "application/json"}
    told = guarded.request("POST", "/api/orders/execute", json.dumps(SWAP), **headers).json_body["streamUrl"]
    ticket = told.rpartition("ticket=")[2]
    for _ in range(2):
        call(guarded, "connect", socket_event("c1", query={"ticket": ticket}))
    assert len(ticket) == 43
    assert ticket not in logged(capfd, caplog)


@pytest.mark.parametrize("handler", ["execute", "land", "dead_letter"])
@pytest.mark.parametrize("body", [CANARY, json.dumps({"v": 1, "orderId": CANARY}), json.dumps({CANARY: 1})])
def test_no_queue_message_leaves_a_secret_in_the_logs(desk, capfd, caplog, handler, body):
    call(desk_that_logs(), handler, {"Records": [message(body, "bad")]})
    said = logged(capfd, caplog)
    assert '"invoked"' in said
    assert CANARY not in said


def test_no_execution_logs_what_it_signed(desk, capfd, caplog, monkeypatch):
    desk = desk_that_logs()
    save, signed = desk.orders.save, set()

    def remember(order, **terms):
        signed.add(order.submission.transaction if order.submission is not None else "")
        save(order, **terms)

    monkeypatch.setattr(desk.orders, "save", remember)
    answer = desk.request("POST", "/api/orders/execute", json.dumps(SWAP), Content_Type="application/json")
    order_id = answer.json_body["orderId"]
    for handler in ("execute", "land"):
        call(desk, handler, {"Records": [ask(order_id)]})
    assert desk.orders.get(order_id).status is Status.CONFIRMED
    said = logged(capfd, caplog)
    assert '"order moved"' in said
    (transaction,) = signed - {""}
    assert transaction not in said


@pytest.mark.parametrize("answers", [False, True])
def test_the_address_of_a_node_is_told_to_nobody(desk, monkeypatch, capfd, caplog, answers):
    """The node refuses connections, or it answers every call with an error that repeats what it was asked."""
    with serving(Cluster({}, desk.clock)) as server:
        server.always = lambda call: in_json({"error": CANARY, **call}, 500)
        host = server.url if answers else "http://127.0.0.1:1"
        desk = desk_that_logs(MARKET="shadow", SOLANA_RPC_URLS=f"{host}/{CANARY}")
        shadow = ShadowDesk(InMemoryLedger(()), desk.clock, entry.engine.settings, InlineExecutor)
        monkeypatch.setattr(entry.engine.ports, "desk", shadow)
        quote = json.dumps({name: SWAP[name] for name in ("tokenIn", "tokenOut", "amount")})
        said = [
            desk.request("POST", path, body, Content_Type="application/json")
            for path, body in (("/api/quotes", quote), ("/api/orders/execute", json.dumps(SWAP)))
        ]
        order_id = said[1].json_body["orderId"]
        call(desk, "execute", {"Records": [ask(order_id)]})
    order = desk.orders.get(order_id)
    assert said[0].json_body["code"] == order.events[-1].reason.code == "CHAIN_UNAVAILABLE"
    told = [answer.body.decode() for answer in said]
    assert CANARY not in f"{told}{order}{logged(capfd, caplog)}"
    assert "rpc-1" in order.events[-1].reason.detail


def test_the_search_finds_what_is_logged(capfd, caplog):
    """The control: were a secret logged, this search would find it."""
    telemetry = PowertoolsTelemetry(load_settings(ENVIRONMENT | {"SERVICE_NAME": "canaries"}).telemetry)
    telemetry.failed("INTERNAL_ERROR", ValueError(CANARY))
    assert CANARY in logged(capfd, caplog)
