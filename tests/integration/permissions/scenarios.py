"""What each function goes through, so that it makes every kind of call that it ever makes."""

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import app as entry
from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.dynamodb.api_keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.exposures import DynamoExposures
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.api.events import timestamp
from chalicelib.domain.access import OPEN_CALLER, Scope
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import Reason
from chalicelib.domain.transitions import fail, start_routing
from chalicelib.errors import OrderExpired
from chalicelib.services.manage_keys import ManageKeys
from tests.fakes.examples import an_order
from tests.integration.permissions.observed import Site, order_image

QUESTION = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
BODY = {"type": "market", **QUESTION}
LONG = {**BODY, "validForSeconds": 3600}
ARMED = {**QUESTION, "type": "limit", "limitPrice": "900", "priceIn": "USDC"}
STOPPED = {"state": "reducing", "why": "the test asks for it"}
WICK = {"pair": ["SOL", "USDC"], "level": "0.95", "overMs": 400, "forMs": 1_000}
NEAR = {**QUESTION, "type": "limit", "limitPrice": "160", "priceIn": "USDC"}
FAR = {**NEAR, "limitPrice": "400"}
STOP = {**QUESTION, "type": "stop", "trigger": {"price": "130"}, "priceIn": "USDC", "ifMet": "fire"}
RISE = {"pair": ["SOL", "USDC"], "level": "1.2"}
GOES_ON = {"state": "active", "why": "the test asks for it"}


def take_requests(site: Site) -> None:
    """Every route, repetitions, lost answers; the gate when it has to see which orders are still open."""
    placed = site.request("POST", "/api/orders/execute", LONG, Idempotency_Key="k")
    assert site.request("POST", "/api/orders/execute", LONG, Idempotency_Key="k") == placed
    other = site.request("POST", "/api/orders/execute", BODY)
    assert site.request("GET", f"/api/orders/{placed['orderId']}")["status"] == "pending"
    assert site.request("DELETE", f"/api/orders/{other['orderId']}")["status"] == "cancelled"
    assert len(site.request("GET", "/api/orders")["orders"]) == 2
    assert site.request("GET", "/api/me")["openOrders"]["used"] == 1
    assert site.request("POST", "/api/quotes", QUESTION)["route"]
    site.clock.advance(2_000)  # for so long the backlog is known from before
    assert site.request("GET", "/api/health")["openOrders"] == 1
    assert site.request("GET", "/api/tokens")["tokens"]
    assert site.request("GET", "/openapi.json")["openapi"]
    assert site.request("POST", "/api/stream-tickets", {"orderId": placed["orderId"]})["streamUrl"]
    assert site.request("PUT", "/api/admin/trading", STOPPED)["state"] == "reducing"
    with site.losing_answers("PutItem"):
        assert site.request("PUT", "/api/admin/trading", GOES_ON)["state"] == "active"
    assert site.request("GET", "/api/admin/trading")["state"] == "active"
    refused = site.request("PUT", "/api/admin/paper/market", WICK)
    assert refused["code"] == "ROUTE_UNKNOWN"
    with site.losing_answers("PutItem"):
        unheard = site.request("POST", "/api/orders/execute", BODY)["orderId"]
    with site.losing_answers("TransactWriteItems"):
        assert site.request("POST", "/api/orders/execute", BODY, Idempotency_Key="l")["success"]
    with site.losing_answers("UpdateItem"):
        assert site.request("DELETE", f"/api/orders/{unheard}")["status"] == "cancelled"
    armed = site.request("POST", "/api/orders/execute", ARMED)
    assert armed["status"] == "armed"
    open_ones = site.request("GET", "/api/orders?status=armed")["orders"]
    assert [order["orderId"] for order in open_ones] == [armed["orderId"]]
    assert site.request("DELETE", f"/api/orders/{armed['orderId']}")["status"] == "cancelled"
    site.set_up(PAPER_CONTROLS="on")
    assert site.request("PUT", "/api/admin/paper/market", WICK)["backAt"]
    assert site.request("PUT", "/api/admin/paper/feed", {"state": "stale", "forMs": 1_000})["until"]
    site.set_up(MAX_OPEN_ORDERS="4")  # as many as were placed: two of them are closed
    site.clock.advance(60_000)
    assert site.request("POST", "/api/orders/execute", LONG)["success"]
    armed = site.request("POST", "/api/orders/execute", NEAR)
    assert armed["status"] == "armed"
    amended = site.request("PATCH", f"/api/orders/{armed['orderId']}", {"slippage": "0.02"})
    assert amended["slippageBps"] == 200
    site.gatekeeper.caller = OPEN_CALLER
    site.set_up(AUTH_MODE="keys")
    assert "ticket=" in site.request("POST", "/api/orders/execute", LONG)["streamUrl"]


def authorize(site: Site) -> None:
    """A key of an account; one that isn't known."""
    for key, effect in ((_key(site), "Allow"), (f"oee_{'0' * 12}_{'A' * 43}", "Deny")):
        asked = {
            "type": "TOKEN",
            "authorizationToken": f"Bearer {key}",
            "methodArn": "arn:aws:execute-api:r:a:i/s/GET/",
        }
        with site.watching("Authorize"):
            answer = entry.authorize(asked, SimpleNamespace())
        assert [each["Effect"] for each in answer["policyDocument"]["Statement"]] == [effect]


def execute(site: Site) -> None:
    """Orders that are sent: though an answer is lost, and where the market is steered; one that waits."""
    sent, waiting, moved = _stored(site, 1), _stored(site, 2), _stored(site, 3)
    with site.losing_answers("UpdateItem"):
        assert site.invoke("Execute", "execute", _messages(sent.order_id)) == {"batchItemFailures": []}
    assert _orders(site).get(sent.order_id).status == "submitted"
    site.set_up(PAPER_CONTROLS="on")
    assert site.invoke("Execute", "execute", _messages(moved.order_id)) == {"batchItemFailures": []}
    assert _orders(site).get(moved.order_id).status == "submitted"
    site.set_up(PAPER_FAULT_VENUE_DOWN="1")
    assert site.invoke("Execute", "execute", _messages(waiting.order_id)) == {"batchItemFailures": []}
    assert _orders(site).get(waiting.order_id).attempt == 2


def land(site: Site) -> None:
    """An order that lands though an answer is lost, and one whose transaction dies and is replaced."""
    landed, dying = _stored(site, 1, valid_for_seconds=600), _stored(site, 2, valid_for_seconds=600)
    site.invoke("Execute", "execute", _messages(landed.order_id))
    with site.losing_answers("UpdateItem"):
        site.invoke("Land", "land", _messages(landed.order_id))
    assert _orders(site).get(landed.order_id).status == "confirmed"
    site.set_up(PAPER_FAULT_DROPPED="1", PAPER_BLOCKHASH_BLOCKS="25")
    site.invoke("Execute", "execute", _messages(dying.order_id))
    for attempt, status in ((1, "submitted"), (2, "routing")):
        site.invoke("Land", "land", _messages(dying.order_id))
        stands = _orders(site).get(dying.order_id)
        assert (stands.attempt, stands.status) == (attempt, status)
        site.clock.advance(60_000)


def settle_dead_letters(site: Site) -> None:
    """An order whose executions crashed until its life was over, and a lost answer."""
    order = _stored(site)
    _orders(site).save(start_routing(order, Stamp(site.clock.now(), "routing")))
    site.clock.advance(60_000)
    with site.losing_answers("UpdateItem"):
        site.invoke("DeadLetter", "dead_letter", _messages(order.order_id))
    assert _orders(site).get(order.order_id).status == "failed"


def reconcile(site: Site) -> None:
    """A lost message of an execution and of a landing, a lost answer, and an order that is late."""
    sent = _stored(site, 3, valid_for_seconds=3600)
    site.invoke("Execute", "execute", _messages(sent.order_id))
    lost, late = _stored(site, 1, valid_for_seconds=3600), _stored(site, 2, valid_for_seconds=5)
    site.clock.advance(30_000)
    with site.losing_answers("UpdateItem"):
        site.invoke("Reconcile", "reconcile", _scheduled())
    assert _orders(site).get(lost.order_id).requeues
    assert _orders(site).get(sent.order_id).requeues
    assert _orders(site).get(late.order_id).status == "expired"


def watch(site: Site) -> None:
    """Orders that fire, though an answer is lost and no venue vouches for the other; one that expires."""
    assert site.invoke("Watch", "watch", _scheduled()) is None
    briefly = {"WATCH_FOR_MS": "3000"}
    site.set_up(PAPER_CONTROLS="on", **briefly)
    ends = timestamp(site.clock.now() + 65_000)
    short = site.request("POST", "/api/orders/execute", {**FAR, "timeInForce": "GTD", "expiresAt": ends})
    waiting = site.request("POST", "/api/orders/execute", NEAR)
    assert site.request("PUT", "/api/admin/paper/market", {**RISE, "venue": "raydium"})["success"]
    with site.losing_answers("UpdateItem"):
        site.invoke("Watch", "watch", _scheduled())
    assert _orders(site).get(waiting["orderId"]).firings == 1
    site.clock.advance(66_000)
    site.set_up(PAPER_FAULT_PRICE_LYING="1", WATCH_FOR_MS="8000")
    again = site.request("POST", "/api/orders/execute", STOP)
    site.invoke("Watch", "watch", _scheduled())
    assert _orders(site).get(short["orderId"]).status == "expired"
    assert again["status"] == "armed"
    assert site.request("DELETE", f"/api/orders/{again['orderId']}")["status"] == "cancelled"
    site.clock.advance(66_000)
    site.invoke("Watch", "watch", _scheduled())


def stream(site: Site) -> None:
    """Sockets of one order and of all orders: opened, told, asked, gone, closed."""
    site.set_up(AUTH_MODE="keys", CORS_ALLOWED_ORIGINS="")
    first, key = _stored(site, 1), _key(site)
    bearer = {"Authorization": f"Bearer {key}"}
    for connection_id in ("all", "gone", "also-gone"):
        opened = site.invoke("StreamConnect", "connect", _socket(connection_id, headers=bearer))
        assert opened["statusCode"] == 200
    with site.losing_answers("PutItem"):
        opened = site.invoke("StreamConnect", "connect", _socket("unopened", headers=bearer))
        assert opened["statusCode"] == 503
    ticket = entry.engine.issue_ticket.issue_for(first, "rest.test")
    assert ticket is not None
    query = {"orderId": first.order_id, "ticket": ticket.text}
    assert site.invoke("StreamConnect", "connect", _socket("one", query=query))["statusCode"] == 200
    armed = [
        {"order_id": {"S": first.order_id}, "connection_id": {"S": each}} for each in ("one", "all", "gone")
    ]
    site.clock.advance(6_000)
    site.invoke("Backfill", "backfill", _records(*armed))
    _stored(site, 2)
    for body in ({"action": "subscribe", "orderId": first.order_id}, {"action": "ping"}):
        site.invoke("StreamMessage", "message", _socket("one", json.dumps(body)))
    site.invoke("Broadcast", "broadcast", _records(order_image(_stored(site, 3))))
    site.clock.advance(6_000)
    site.invoke("Broadcast", "broadcast", _records(order_image(_failed(site, first))))
    for connection_id in ("one", "all"):
        site.invoke("StreamDisconnect", "disconnect", _socket(connection_id))


SCENARIOS: Mapping[str, Callable[[Site], None]] = {
    "requests": take_requests,
    "authorizer": authorize,
    "execution": execute,
    "landing": land,
    "dead letters": settle_dead_letters,
    "reconciliation": reconcile,
    "watching": watch,
    "stream": stream,
}


def _orders(site: Site) -> DynamoOrderRepository:
    return DynamoOrderRepository(make_client("dynamodb"), "orders", Backoff(site.clock))


def _stored(site: Site, number: int = 1, **changes: object) -> Order:
    order = an_order(f"00000000-0000-4000-8000-{number:012}", site.clock.now(), account="a", **changes)
    DynamoExposures(make_client("dynamodb"), "accounts").count(order, Limits(1_000, 100))
    _orders(site).create(order, None)
    return order


def _failed(site: Site, order: Order) -> Order:
    failed = fail(order, Reason.of(OrderExpired("late")), Stamp(site.clock.now(), "write-2"))
    _orders(site).save(failed)
    return failed


def _key(site: Site) -> str:
    keys = ManageKeys(DynamoApiKeys(make_client("dynamodb"), "accounts"), site.clock, RandomIdentifiers())
    return keys.make("a", "test", {Scope.TRADE}).text


def _scheduled() -> dict[str, Any]:
    keys = ("id", "detail-type", "account", "time", "region")
    return {
        **dict.fromkeys(keys, "x"),
        "version": "0",
        "resources": [],
        "detail": {},
        "source": "aws.events",
    }


def _messages(*order_ids: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": "m", "receiptHandle": "r", "body": json.dumps({"v": 1, "orderId": order_id})}
            for order_id in order_ids
        ]
    }


def _records(*images: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventID": str(n),
                "eventName": "MODIFY",
                "dynamodb": {"NewImage": image, "SequenceNumber": str(n)},
            }
            for n, image in enumerate(images)
        ]
    }


def _socket(
    connection_id: str, body: str | None = None, query: Any = None, headers: Any = None
) -> dict[str, Any]:
    context = {"apiId": "ws", "stage": "test", "domainName": "ws.test", "connectionId": connection_id}
    return {"requestContext": context, "body": body, "queryStringParameters": query, "headers": headers or {}}
