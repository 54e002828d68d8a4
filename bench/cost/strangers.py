"""What callers without a key can cost a day, at the throttles of template.yaml, by what they ask for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cfnlint.decode import decode  # type: ignore[import-untyped]

from app import app
from bench.capacity.assumptions import Assumptions
from bench.capacity.durations import works
from bench.cost.armed import Prices
from chalicelib.api.pages import OF_THEIR_OWN, PAGES, STATIC
from infra.build import ROOT

DAY = 86_400
LARGEST = "/redoc.standalone.js"
_FILES = "/static/{name}"
_ALL = ("/*", "*")

Throttles = Mapping[tuple[str, str], float]


def throttles(settings: Sequence[Mapping[str, Any]]) -> Throttles:
    """Return the requests a second of a stage's method settings, by path and method."""
    return {(each["ResourcePath"], each["HttpMethod"]): each["ThrottlingRateLimit"] for each in settings}


def deployed() -> tuple[Throttles, float]:
    """Return the throttles of the deployed REST API, and the handshakes a second of its sockets."""
    resources = decode(str(ROOT / "template.yaml"))[0]["Resources"]
    stream = resources["StreamStage"]["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"]
    return throttles(resources["RestApi"]["Properties"]["MethodSettings"]), stream


def size_of(path: str) -> int:
    """Return the bytes of the largest answer to a page's path, without compression; 0 for other paths."""
    if path == _FILES:
        return max(file.stat().st_size for file in STATIC.iterdir() if file.name not in OF_THEIR_OWN)
    return (STATIC / PAGES[path]).stat().st_size if path in PAGES else 0


def a_day(
    prices: Prices, assumed: Assumptions, rates: Throttles, handshakes: float
) -> Iterator[tuple[str, float, float]]:
    """Yield what strangers ask for, how often a second at most, and dollars a day."""
    aws = prices["aws"]
    rest = aws["rest_request"] + _call(prices, assumed, "api")
    seconds: dict[str, float] = defaultdict(float)
    dollars: dict[str, float] = defaultdict(float)
    for path, method in _asked():
        rate = rates.get((path, method), rates[_ALL])
        if method != "OPTIONS" and app.routes[path][method].authorizer is not None:
            kind = "unknown keys: Authorize runs, and reads one item"
            each = _call(prices, assumed, "connect") + aws["dynamodb_read_unit"]
        else:
            kind = _kind(path, method)
            each = rest + (size_of(path) / 1e9 * aws["egress_gb"] if method == "GET" else 0)
        seconds[kind] += rate
        dollars[kind] += rate * DAY * each
    for kind, rate in seconds.items():
        yield kind, rate, dollars[kind]
    each = aws["websocket_message"] + _call(prices, assumed, "connect") + aws["dynamodb_read_unit"]
    yield "handshakes with an unknown key", handshakes, handshakes * DAY * each


def _asked() -> Iterator[tuple[str, str]]:
    for path, methods in sorted(app.routes.items()):
        for method in sorted(methods):
            yield path, method


def _kind(path: str, method: str) -> str:
    if method == "OPTIONS":
        return "preflights"
    if path == LARGEST:
        return "the reference's renderer, 1.1 MB"
    return "other pages and files" if size_of(path) else "health, tokens, pairs"


def _call(prices: Prices, assumed: Assumptions, function: str) -> float:
    """Return the price of an invocation as long as an order's or a handshake's; these take less."""
    work = works(assumed)[function]
    gb_seconds = work.mean(assumed) / 1000 * work.memory_mb / 1024
    return prices["aws"]["lambda_request"] + gb_seconds * prices["aws"]["lambda_gb_second_arm"]
