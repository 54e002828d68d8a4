"""A small stack in memory that keeps every promise but those it is told to break; time passes by waiting."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from infra.verify.conversation import Conversation
from tests.unit.infra.verify.flaws import Flaw
from tests.unit.infra.verify.wires import ACCOUNT, FakeOrder, FakeWire

URL = "http://localhost/dev"
STREAM = "ws://localhost/dev"
KEY = f"oee_4f1d0c9be2a7_{'k' * 43}"
SWAP = {"tokenIn": "SOL", "tokenOut": "USDC"}
ROUTES = [
    "/api/orders/execute", "/api/orders", "/api/orders/{orderId}", "/api/quotes", "/api/stream-tickets",
    "/api/health", "/api/tokens", "/api/pairs",
]  # fmt: skip
PUBLIC = {"/", "/docs", "/openapi.json", "/asyncapi.json", "/api/health", "/api/tokens", "/api/pairs"}
JSON = "application/json"
LIMIT = 120


class FakeStack:
    """Answers requests and handshakes; `is_guarded` says whether it asks for keys."""

    def __init__(self, *flaws: Flaw, is_guarded: bool = False, scopes: str = "trade read", **health: Any):
        self.flaws = set(flaws)
        self.is_guarded = is_guarded
        self.scopes = scopes.split()
        self.health = {"success": True, "status": "ok", "market": "paper", "trading": "active", **health}
        self.orders: list[FakeOrder] = []
        self.tickets: dict[str, str] = {}
        self.made = 0
        self.now = 1_000.0
        self.is_down = False
        self.lost_words = 0
        """Messages of sockets that don't come."""

        self.repeats = False
        """Whether a ping is answered by all events too, as it may be while their delivery is being noted."""

        self.limited = 0
        """Orders that are refused for now before one is accepted."""

    def conversation(self, api_key: str | None = None) -> Conversation:
        """A client of it."""
        return Conversation(
            URL, api_key, httpx.MockTransport(self.serve), self.opened, lambda: self.now, self.sleep
        )

    def has(self, flaw: Flaw) -> bool:
        return flaw in self.flaws

    def sleep(self, seconds: float) -> None:
        """Let time pass: every order goes a step on."""
        self.now += seconds
        for order in self.orders:
            order.step()

    def find(self, order_id: str) -> FakeOrder | None:
        return next((order for order in self.orders if order.order_id == order_id), None)

    def serve(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.now += 0.01
        if self.is_down:
            raise httpx.ConnectError("connection refused")
        path = request.url.path.removeprefix("/dev")
        refusal = None if path in PUBLIC or path == "/api/nothing" else self._who(request, path)
        if refusal is not None:
            return refusal
        query = dict(request.url.params)
        if path in {"/", "/docs", "/openapi.json", "/asyncapi.json"}:
            return self._page(path)
        if path == "/api/orders/execute":
            return self._place(request)
        if path == "/api/orders":
            return self._list(query)
        if path.startswith("/api/orders/"):
            return self._one(request.method, path.rpartition("/")[2])
        return {
            "/api/health": lambda: self._health(request.method),
            "/api/tokens": lambda: answer(200, {"tokens": [{"symbol": s} for s in ("SOL", "USDC", "JUP")]}),
            "/api/pairs": lambda: answer(200, {"pairs": [{"tokens": ["SOL", "USDC"], "allowed": True}]}),
            "/api/quotes": self._quote,
            "/api/stream-tickets": lambda: self._ticket(json.loads(request.content).get("orderId", "")),
            "/api/admin/trading": self._trading,
        }.get(path, self._nowhere)()

    def problem(
        self, status: int, code: str, headers: dict[str, str] | None = None, **extra: Any
    ) -> httpx.Response:
        """A refusal."""
        document = {"title": "No", "status": status, "detail": "Do this.", "code": code, **extra}
        kind = JSON if self.has(Flaw.REFUSALS_ARE_PLAIN_JSON) else "application/problem+json"
        return answer(status, document, {"Content-Type": kind, **(headers or {})})

    def _who(self, request: httpx.Request, path: str) -> httpx.Response | None:
        is_let_in = self.has(Flaw.ANY_KEY_IS_LET_IN) and "Authorization" in request.headers
        if not self.is_guarded or is_let_in:
            return None
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            challenge = {} if self.has(Flaw.NO_CHALLENGE) else {"WWW-Authenticate": "Bearer"}
            return self.problem(401, "AUTHENTICATION_REQUIRED", challenge)
        if path == "/api/orders/execute" and "trade" not in self.scopes:
            return self.problem(403, "SCOPE_MISSING", requiredScope="trade")
        return None

    def _health(self, method: str) -> httpx.Response:
        if method == "HEAD":
            return httpx.Response(404 if self.has(Flaw.HEAD_IS_NOT_FOUND) else 200)
        numbers = {"openOrders": 0, "executing": 0, "estimatedWaitSeconds": 0}
        status = {"status": "degraded"} if self.has(Flaw.HEALTH_IS_DEGRADED) else {}
        return answer(200, {**self.health, **numbers, **status})

    def _page(self, path: str) -> httpx.Response:
        if path == "/docs" and self.has(Flaw.PAGE_IS_MISSING):
            return self._nowhere()
        if path.endswith(".json"):
            routes = ROUTES[1:] if self.has(Flaw.DOCUMENT_LACKS_A_ROUTE) else ROUTES
            return answer(200, {"paths": {route: {} for route in routes}})
        return httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"})

    def _nowhere(self) -> httpx.Response:
        return answer(200, {}) if self.has(Flaw.EVERY_PATH_IS_FOUND) else self.problem(404, "ROUTE_UNKNOWN")

    def _trading(self) -> httpx.Response:
        if "admin" in self.scopes or not self.is_guarded:
            return answer(200, {"state": "active"})
        named: dict[str, Any] = (
            {} if self.has(Flaw.EVERY_KEY_IS_ADMIN_BY_NAME) else {"requiredScope": "admin"}
        )
        return self.problem(403, "SCOPE_MISSING", **named)

    def _quote(self) -> httpx.Response:
        best = "1.4" if self.has(Flaw.QUOTE_IS_NOT_THE_BEST) else "1.5"
        offers = [{"dex": "raydium", "amountOut": "1.5"}, {"dex": "meteora", "error": {}}]
        route = {"dex": "raydium", "quotes": offers}
        return answer(200, {"amountOut": best, "minimumAmountOut": "1.3", "route": route})

    def _ticket(self, order_id: str) -> httpx.Response:
        self.made += 1
        text = f"ticket-{self.made}"
        self.tickets[text] = order_id
        expires = "2020-01-01T00:00:00Z" if self.has(Flaw.TICKETS_ARE_OVER) else "2999-01-01T00:00:00Z"
        named = f"orderId={order_id}&" if order_id else ""
        return answer(201, {"streamUrl": f"{STREAM}?{named}ticket={text}", "expiresAt": expires})

    def _place(self, request: httpx.Request) -> httpx.Response:
        refusal, body = self._refusal(request)
        if refusal is not None:
            return refusal
        key = request.headers.get("Idempotency-Key")
        known = next((order for order in self.orders if order.key == key), None)
        if known is not None and body != known.body and not self.has(Flaw.USED_KEY_IS_TAKEN):
            status = 409 if self.has(Flaw.USED_KEY_IS_A_CONFLICT) else 422
            return self.problem(status, "IDEMPOTENCY_KEY_REUSED")
        if known is not None and not self.has(Flaw.REPLAY_MAKES_ANOTHER):
            marked = {} if self.has(Flaw.REPLAY_IS_NOT_MARKED) else {"Idempotent-Replayed": "true"}
            return answer(200, self._accepted(known), marked)
        order = FakeOrder(f"order-{len(self.orders) + 1}", key or "", body, self.flaws)
        self.orders.append(order)
        left = LIMIT if self.has(Flaw.NO_ORDER_COUNTS) else LIMIT - len(self.orders)
        rate = {"RateLimit-Policy": f'"account";q={LIMIT};w=60', "RateLimit": f'"account";r={left};t=9'}
        status = 200 if self.has(Flaw.NEW_ORDERS_ARE_REPLAYS) else 202
        return answer(status, self._accepted(order), {} if self.has(Flaw.NO_RATE_IS_TOLD) else rate)

    def _refusal(self, request: httpx.Request) -> tuple[httpx.Response | None, Any]:
        if len(request.content) > 8192 and not self.has(Flaw.LONG_BODIES_ARE_READ):
            return self.problem(413, "BODY_TOO_LARGE"), None
        if request.headers["Content-Type"] != JSON:
            return self.problem(415, "MEDIA_TYPE_UNSUPPORTED"), None
        body = json.loads(request.content.strip() or b"{}")
        return self._refusal_of(body), body

    def _refusal_of(self, body: Any) -> httpx.Response | None:
        wrong = self._wrong_field(body)
        if wrong is not None:
            errors = [] if self.has(Flaw.NO_FIELD_IS_NAMED) else [{"pointer": wrong, "detail": "is wrong"}]
            return self.problem(400, "REQUEST_INVALID", errors=errors)
        if "JUP" in body.values() and not self.has(Flaw.ANY_PAIR_IS_TRADED):
            return self.problem(422, "PAIR_NOT_TRADED")
        if self.limited:
            self.limited -= 1
            again = {} if self.has(Flaw.NO_RETRY_AFTER) else {"Retry-After": "2"}
            return self.problem(429, "RATE_LIMIT_EXCEEDED", again)
        if self.has(Flaw.ORDERS_ARE_REFUSED):
            return self.problem(422, "ROUTE_NOT_FOUND")
        return httpx.Response(500, text="Traceback") if self.has(Flaw.ORDERS_BREAK_THE_ENGINE) else None

    def _wrong_field(self, body: Any) -> str | None:
        if not isinstance(body.get("amount"), str) and not self.has(Flaw.NUMBERS_ARE_MONEY):
            return "/amount"
        if body.get("slippage") == "0.51":
            return "/slippage"
        if body.get("validForSeconds", 60) > 3600:
            return "/validForSeconds"
        if body.get("tokenIn") not in {"SOL", "USDC", "JUP"}:
            return "/tokenIn"
        return "/account" if "account" in body else None

    def _accepted(self, order: FakeOrder) -> dict[str, Any]:
        address = f"{STREAM}?orderId={order.order_id}"
        if self.is_guarded:
            self.made += 1
            self.tickets[f"ticket-{self.made}"] = order.order_id
            address += f"&ticket=ticket-{self.made}"
        market = "solana" if self.has(Flaw.ORDERS_TRADE_ELSEWHERE) else "paper"
        return {"orderId": order.order_id, "status": order.status, "streamUrl": address, "market": market}

    def _one(self, method: str, order_id: str) -> httpx.Response:
        order = self.find(order_id)
        if order is None:
            found = self.has(Flaw.EVERY_ORDER_IS_FOUND)
            return answer(200, {"status": "pending"}) if found else self.problem(404, "ORDER_NOT_FOUND")
        if method == "GET":
            return answer(200, order.shown())
        if order.status == "confirmed" and self.has(Flaw.CONFIRMED_ORDERS_ARE_CANCELLED):
            return answer(200, {"status": "cancelled"})
        if not order.cancel():
            status: dict[str, Any] = (
                {} if self.has(Flaw.TOO_LATE_WITHOUT_STATUS) else {"orderStatus": order.status}
            )
            return self.problem(409, "ORDER_NOT_CANCELLABLE", **status)
        return answer(200, {"status": "cancelled"})

    def _list(self, query: dict[str, str]) -> httpx.Response:
        is_wrong = (
            query.get("limit") == "101" or query.get("cursor") == "none" or query.get("status") == "lost"
        )
        if is_wrong and not self.has(Flaw.WRONG_QUERIES_ARE_READ):
            return self.problem(400, "REQUEST_INVALID")
        orders = [order.shown() for order in reversed(self.orders)]
        if self.has(Flaw.LISTED_OLDEST_FIRST):
            orders.reverse()
        if "idempotencyKey" in query:
            keys = set() if self.has(Flaw.KEYS_FIND_NOTHING) else {query["idempotencyKey"]}
            orders = [order.shown() for order in self.orders if order.key in keys]
        if query.get("status") == "open" and not self.has(Flaw.ENDED_IS_LISTED_AS_OPEN):
            orders = [order for order in orders if order["status"] not in {"confirmed", "cancelled"}]
        if self.has(Flaw.LISTED_NOT_AT_ALL):
            orders = orders[1:]
        begin = int(query["cursor"]) if query.get("cursor", "none") != "none" else 0
        size = int(query.get("limit", "20")) + self.has(Flaw.PAGES_ARE_LONGER)
        page = orders[begin : begin + size]
        following = begin + size - self.has(Flaw.LISTED_TWICE)
        return answer(200, {"orders": page, "nextCursor": str(following) if orders[following:] else None})

    @contextmanager
    def opened(self, address: str, headers: Mapping[str, str]) -> Iterator[FakeWire]:
        """A socket at this address."""
        if self.is_down:
            raise ConnectionRefusedError("connection refused")
        query = dict(parse_qsl(urlsplit(address).query))
        has_key = headers.get("Authorization") == f"Bearer {KEY}"
        if not self._admits(query, has_key=has_key):
            raise InvalidStatus(Response(403, "Forbidden", Headers()))
        yield FakeWire(self, query.get("orderId") or ACCOUNT, int(query.get("after", "0")))

    def _admits(self, query: dict[str, str], *, has_key: bool) -> bool:
        order_id, text = query.get("orderId", ""), query.get("ticket", "")
        if self.has(Flaw.ANY_HANDSHAKE_OPENS):
            return True
        if order_id and self.find(order_id) is None:
            return False
        if text:
            own = self.tickets.get(text)
            if not self.has(Flaw.TICKETS_OPEN_TWICE):
                self.tickets.pop(text, None)
            return own is not None and (own in {"", order_id} or self.has(Flaw.TICKETS_OPEN_ANY_ORDER))
        return bool(order_id) and (not self.is_guarded or has_key or self.has(Flaw.ID_ALONE_OPENS))


def answer(status: int, document: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(
        status, text=json.dumps(document), headers={"Content-Type": JSON, **(headers or {})}
    )
