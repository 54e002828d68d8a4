"""What needs no key: health, the documents and pages, and how a request is refused that leads nowhere."""

from http import HTTPStatus

from infra.verify.orders import PLACING
from infra.verify.outcome import require
from infra.verify.visit import Visit

PAGES = {"/": "text/html", "/docs": "text/html", "/openapi.json": "json", "/asyncapi.json": "json"}
DESCRIBED = {
    PLACING, "/api/orders", "/api/orders/{orderId}", "/api/quotes", "/api/stream-tickets", "/api/health",
    "/api/tokens", "/api/pairs",
}  # fmt: skip


def health(visit: Visit) -> str:
    """Health answers GET and HEAD without a key, and says what is traded on and how much work there is."""
    answer = visit.talk.ask("GET", "/api/health", key=None)
    require(answer.status == HTTPStatus.OK, "GET /api/health is always answered with 200", answer.shown)
    told = answer.document
    require(
        told.get("status") == "ok",
        "a stack that was deployed reaches its table and its queue (status ok)",
        f"status {told.get('status')}",
    )
    numbers = [told.get(name) for name in ("openOrders", "executing", "estimatedWaitSeconds")]
    require(
        all(isinstance(number, int) for number in numbers),
        "health tells openOrders, executing and estimatedWaitSeconds as numbers",
        f"{numbers}",
    )
    head = visit.talk.ask("HEAD", "/api/health", key=None)
    require(
        head.status == HTTPStatus.OK and not head.text,
        "HEAD /api/health is answered with 200 and no body",
        f"{head.status} with {len(head.text)} bytes",
    )
    return (
        f"200 in {answer.seconds * 1000:.0f} ms, to HEAD too: trading is {told.get('trading')} on "
        f"{told.get('market')}, {numbers[0]} orders are open."
    )


def documents(visit: Visit) -> str:
    """The dashboard, the reference and both documents are there, and the document has every route."""
    for path, kind in PAGES.items():
        page = visit.talk.ask("GET", path, key=None)
        sent = page.headers.get("Content-Type", "")
        require(
            page.status == HTTPStatus.OK and kind in sent,
            f"GET {path} needs no key and is answered with 200 as {kind}",
            f"{page.status} as {sent or 'nothing'}",
        )
        if path == "/openapi.json":
            missing = sorted(DESCRIBED - set(page.document.get("paths", {})))
            require(not missing, "/openapi.json describes every call", f"it lacks {', '.join(missing)}")
    return "The dashboard, /docs, /openapi.json and /asyncapi.json are there."


def nowhere(visit: Visit) -> str:
    """What isn't there is a 404 with a code."""
    lost = visit.talk.ask("GET", "/api/nothing", key=None)
    require(
        (lost.status, lost.code) == (HTTPStatus.NOT_FOUND, "ROUTE_UNKNOWN"),
        "a path that doesn't exist is answered with 404 ROUTE_UNKNOWN",
        lost.shown,
    )
    unknown = visit.talk.ask("GET", "/api/orders/00000000-0000-4000-8000-000000000000")
    require(
        (unknown.status, unknown.code) == (HTTPStatus.NOT_FOUND, "ORDER_NOT_FOUND"),
        "an order that doesn't exist is answered with 404 ORDER_NOT_FOUND",
        unknown.shown,
    )
    return "A path and an order that don't exist are a 404 each, ROUTE_UNKNOWN and ORDER_NOT_FOUND."
