"""The REST API through app.py: answers, and a problem for everything that is wrong."""

import base64
import json
from dataclasses import replace
from urllib.parse import urljoin

import pytest

import app as entry
from chalicelib.domain.order import Status
from chalicelib.domain.trading import TradingState
from chalicelib.errors import StorageUnavailable, UnsupportedSchemaVersion
from tests.fakes.examples import ORDER_ID, an_order

GOOD = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
JSON = {"Content_Type": "application/json"}


def place(desk, body=None, **headers):
    return desk.request("POST", "/api/orders/execute", json.dumps(body or GOOD), **JSON, **headers)


def test_a_new_order_is_answered_with_202_its_location_and_where_to_follow_it(desk):
    answer = place(desk)
    order_id = answer.json_body["orderId"]
    assert answer.status_code == 202
    assert urljoin("https://x/dev/api/orders/execute", answer.headers["Location"]) == (
        f"https://x/dev/api/orders/{order_id}"
    )
    assert answer.headers["RateLimit"] == '"account";r=4;t=40'
    assert answer.json_body == {
        "success": True,
        "orderId": order_id,
        "status": "pending",
        "streamUrl": f"wss://ws.execute-api.us-east-1.amazonaws.com/test?orderId={order_id}",
        "market": "paper",
    }
    assert desk.queue.due() == [order_id]


@pytest.mark.promise("R2")
def test_a_replay_is_answered_with_200_and_the_same_order(desk):
    first = place(desk, Idempotency_Key="k")
    again = place(desk, {**GOOD, "amount": "1.50"}, Idempotency_Key="k")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json_body["orderId"] == first.json_body["orderId"]
    assert len(desk.orders.orders) == 1


def test_an_order_is_read_back_with_its_history(desk):
    order_id = place(desk).json_body["orderId"]
    answer = desk.request("GET", f"/api/orders/{order_id}")
    assert answer.status_code == 200
    assert answer.json_body["amount"] == "1.5"
    assert [log["status"] for log in answer.json_body["logs"]] == ["pending"]


def test_health_says_how_much_work_there_is(desk):
    wait_in_line(desk, 200)
    desk.queue.executions = 7
    assert desk.request("GET", "/api/health").json_body == {
        "success": True, "status": "ok", "market": "paper", "trading": "active",
        "openOrders": 200, "executing": 7, "estimatedWaitSeconds": 12, "watching": {"state": "idle"},
    }  # fmt: skip


def test_a_monitor_may_ask_for_health_by_head(desk):
    answer = desk.client.http.request("HEAD", "/api/health")
    assert (answer.status_code, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_an_order_is_refused_while_an_operator_stopped_trading_and_health_says_so(desk, state):
    desk.switch.set(state)
    refused = place(desk)
    assert (refused.status_code, refused.json_body["code"]) == (503, f"TRADING_{state.upper()}")
    assert refused.headers["Retry-After"] == "30"
    assert desk.orders.orders == {}
    assert desk.request("GET", "/api/health").json_body["trading"] == state


def test_orders_are_read_cancelled_and_replayed_while_trading_is_halted(desk):
    order_id = place(desk, Idempotency_Key="k").json_body["orderId"]
    desk.switch.set(TradingState.HALTED)
    desk.clock.advance(1_000)
    assert place(desk, Idempotency_Key="k").json_body["orderId"] == order_id
    assert desk.request("GET", f"/api/orders/{order_id}").status_code == 200
    assert desk.request("DELETE", f"/api/orders/{order_id}").json_body["status"] == "cancelled"


@pytest.mark.parametrize("broken", ["orders", "queue", "switch"])
def test_health_answers_also_when_the_table_or_the_queue_does_not(desk, broken):
    def fail(_method, _moment):
        raise StorageUnavailable

    getattr(desk, broken).interrupt = fail
    answer = desk.request("GET", "/api/health")
    assert answer.status_code == 200
    assert answer.json_body == {"success": True, "status": "degraded", "market": "paper"}


def test_an_order_is_cancelled_once(desk):
    order_id = place(desk).json_body["orderId"]
    for _ in range(2):
        answer = desk.request("DELETE", f"/api/orders/{order_id}")
        assert (answer.status_code, answer.json_body["status"]) == (200, "cancelled")


HUGE_CURSOR = base64.urlsafe_b64encode(f"{10**60}.{ORDER_ID}".encode()).decode()

PROBLEMS = [
    ("POST", "/api/orders/execute", "{", JSON, 400, "REQUEST_INVALID"),
    ("POST", "/api/orders/execute", "[]", JSON, 400, "REQUEST_INVALID"),
    ("POST", "/api/orders/execute", "", JSON, 400, "REQUEST_INVALID"),
    ("POST", "/api/orders/execute", json.dumps({**GOOD, "amount": 1.5}), JSON, 400, "REQUEST_INVALID"),
    ("POST", "/api/orders/execute", " " * 8193, JSON, 413, "BODY_TOO_LARGE"),
    ("POST", "/api/orders/execute", "a=b", {"Content_Type": "text/plain"}, 415, "MEDIA_TYPE_UNSUPPORTED"),
    ("POST", "/api/orders/execute", json.dumps(GOOD), {}, 415, "MEDIA_TYPE_UNSUPPORTED"),
    (
        "POST",
        "/api/orders/execute",
        '{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":"1","amount":"2"}',
        JSON,
        400,
        "REQUEST_INVALID",
    ),
    (
        "POST",
        "/api/orders/execute",
        json.dumps(GOOD),
        {**JSON, "Idempotency_Key": "a b"},
        400,
        "REQUEST_INVALID",
    ),
    ("PUT", "/api/orders/execute", "", {}, 405, "METHOD_NOT_ALLOWED"),
    ("GET", "/api/orders/nope", "", {}, 404, "ORDER_NOT_FOUND"),
    ("GET", f"/api/orders/{ORDER_ID}", "", {}, 404, "ORDER_NOT_FOUND"),
    ("GET", f"/api/orders/{ORDER_ID[:-1]}%00", "", {}, 404, "ORDER_NOT_FOUND"),
    ("DELETE", f"/api/orders/{ORDER_ID}", "", {}, 404, "ORDER_NOT_FOUND"),
    ("GET", "/api/orders?limit=0", "", {}, 400, "REQUEST_INVALID"),
    ("DELETE", "/api/orders", "", {}, 400, "REQUEST_INVALID"),
    ("DELETE", "/api/orders?status=failed", "", {}, 400, "REQUEST_INVALID"),
    ("DELETE", "/api/orders?status=open,failed", "", {}, 400, "REQUEST_INVALID"),
    ("DELETE", "/api/orders?status=open&limit=5", "", {}, 400, "REQUEST_INVALID"),
    ("DELETE", "/api/orders?status=open&cursor=x", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?limit=101", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?status=opened", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?limit=5&limit=5", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?idempotencyKey=a&limit=5", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?cursor=%25%25", "", {}, 400, "REQUEST_INVALID"),
    ("GET", f"/api/orders?cursor={HUGE_CURSOR}", "", {}, 400, "REQUEST_INVALID"),
    ("GET", "/api/orders?page=2", "", {}, 400, "REQUEST_INVALID"),
    ("POST", "/api/quotes", json.dumps({**GOOD, "type": "stop"}), JSON, 400, "REQUEST_INVALID"),
    (
        "POST",
        "/api/quotes",
        json.dumps({"tokenIn": "JUP", "tokenOut": "BONK", "amount": "1"}),
        JSON,
        422,
        "PAIR_NOT_TRADED",
    ),
    (
        "POST",
        "/api/orders/execute",
        json.dumps({**GOOD, "tokenIn": "JUP", "tokenOut": "BONK"}),
        JSON,
        422,
        "PAIR_NOT_TRADED",
    ),
]


@pytest.mark.promise("R14")
@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "code"), PROBLEMS)
def test_a_wrong_request_is_answered_with_its_problem(desk, method, path, body, headers, status, code):
    assert_problem(desk.request(method, path, body, **headers), status, code)


@pytest.mark.promise("R14")
@pytest.mark.parametrize("body", [None, ""])
def test_a_request_without_a_body_is_refused_however_the_gateway_says_it(desk, body):
    event = {
        "requestContext": {"httpMethod": "POST", "resourcePath": "/api/orders/execute"},
        "multiValueQueryStringParameters": None,
        "headers": {"Content-Type": "application/json"},
        "pathParameters": None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
    }
    answer = entry.app(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "REQUEST_INVALID")


def assert_problem(answer, status, code):
    assert (answer.status_code, answer.json_body.get("code")) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json_body
    assert problem["success"] is False
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith(".")


def test_every_refused_field_is_pointed_at(desk):
    errors = place(desk, {**GOOD, "amount": "0", "slippage": "2"}).json_body["errors"]
    assert [error["pointer"] for error in errors] == ["/amount", "/slippage"]


@pytest.mark.promise("R3")
def test_a_key_with_another_payload_is_a_422(desk):
    place(desk, Idempotency_Key="k")
    answer = place(desk, {**GOOD, "amount": "2"}, Idempotency_Key="k")
    assert_problem(answer, 422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.promise("R16")
def test_over_the_rate_is_a_429_with_a_retry_after_that_is_true(desk):
    for _ in range(5):
        place(desk)
    refused = place(desk)
    assert_problem(refused, 429, "RATE_LIMIT_EXCEEDED")
    assert refused.headers["RateLimit"] == f'"account";r=0;t={refused.headers["Retry-After"]}'
    desk.clock.advance(int(refused.headers["Retry-After"]) * 1000)
    assert place(desk).status_code == 202


@pytest.mark.promise("R16")
def test_a_backlog_that_is_too_long_is_a_503_with_a_retry_after(desk):
    wait_in_line(desk, 917)  # 10 slots of 600 ms: 55.02 s, and a life of 60 s keeps 10 s for itself
    refused = place(desk)
    assert_problem(refused, 503, "BACKLOG_TOO_LONG")
    assert refused.headers["Retry-After"] == "11"


def test_orders_that_are_landing_wait_for_no_slot(desk):
    wait_in_line(desk, 917)
    for order_id, order in desk.orders.orders.items():
        desk.orders.orders[order_id] = replace(order, status=Status.SUBMITTED)
    assert place(desk).status_code == 202
    desk.clock.advance(10_000)
    health = desk.request("GET", "/api/health").json_body
    assert (health["openOrders"], health["estimatedWaitSeconds"]) == (918, 0)


def wait_in_line(desk, orders):
    for number in range(orders):
        order = an_order(f"order-{number}")
        desk.orders.orders[order.order_id] = order


def test_what_was_sent_is_not_cancelled(desk):
    order_id = place(desk).json_body["orderId"]
    desk.client.lambda_.invoke("execute", sqs(order_id))
    for handler, status in (("execute", "submitted"), ("land", "confirmed")):
        desk.client.lambda_.invoke(handler, sqs(order_id))
        answer = desk.request("DELETE", f"/api/orders/{order_id}")
        assert_problem(answer, 409, "ORDER_NOT_CANCELLABLE")
        assert answer.json_body["orderStatus"] == status


def sqs(order_id):
    body = json.dumps({"v": 1, "orderId": order_id})
    return {"Records": [{"messageId": "m", "receiptHandle": "r", "body": body}]}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageUnavailable("secret"), 503, "STORAGE_UNAVAILABLE"),
        (UnsupportedSchemaVersion("secret"), 503, "RECORD_NEWER_THAN_SERVER"),
        (ZeroDivisionError("secret"), 500, "INTERNAL_ERROR"),
    ],
)
def test_what_goes_wrong_inside_is_a_problem_without_insides(desk, error, status, code):
    def fail(_method, _moment):
        raise error

    desk.orders.interrupt = fail
    answer = desk.request("GET", f"/api/orders/{ORDER_ID}")
    assert_problem(answer, status, code)
    assert b"secret" not in answer.body


def test_a_preflight_of_an_allowed_origin_is_answered_and_of_another_is_not_allowed(desk):
    ours = desk.request("OPTIONS", "/api/orders/execute", Origin="https://trader.example")
    assert ours.status_code == 204
    assert ours.headers["Access-Control-Allow-Origin"] == "https://trader.example"
    other = desk.request("OPTIONS", "/api/orders/execute", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in other.headers


def test_pages_of_other_origins_may_use_the_methods_that_the_routes_have(desk):
    routes = entry.app.routes.values()
    of_routes = {method for methods in routes if "OPTIONS" in methods for method in methods}
    allowed = desk.request("OPTIONS", "/api/orders", Origin="https://trader.example")
    assert set(allowed.headers["Access-Control-Allow-Methods"].split(", ")) == of_routes


def test_an_allowed_origin_may_read_the_answer_and_its_headers(desk):
    answer = place(desk, Origin="https://trader.example")
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
