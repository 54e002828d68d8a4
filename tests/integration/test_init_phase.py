"""What a function needs is imported and made before its first event, and nothing that it doesn't need."""

import builtins
import importlib
import inspect
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

import pytest

from chalicelib import api
from chalicelib.bootstrap import AwsAdapters, Engine, make_parts
from chalicelib.config import load_handler
from tests.fakes.examples import ORDER_ID, an_order
from tests.integration.conftest import ENVIRONMENT
from tests.integration.permissions.observed import Site, order_image, site
from tests.integration.permissions.scenarios import SCENARIOS
from tests.integration.test_template import FUNCTIONS

ROOT = Path(__file__).parents[2]
HANDLERS = {name: body["Handler"] for name, body in FUNCTIONS.items()}
IMPORTING = {
    "app",
    "chalicelib",
    "botocore",
    "chalice",
    "aws_lambda_powertools",
    "pydantic",
    "pynamodb",
    "urllib3",
}
"""Packages whose imports are watched: all that functions run, but neither moto's nor the tests' own."""

IMPORT = inspect.signature(importlib.__import__)
Made = dict[str, set[str]]


def parts_of(engine: Engine) -> set[str]:
    """What was made of an engine, its adapters and its desk, and which modules of the API were imported."""
    owners = {"engine": engine, "ports": engine.ports}
    if "desk" in vars(engine.ports):
        owners["desk"] = engine.ports.desk
    made = {f"{owner}.{name}" for owner, value in owners.items() for name in vars(value)}
    return made | {f"api.{name}" for name in api.__all__ if name in vars(api)}


@contextmanager
def apart_from_the_api(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a worker that has imported none of the modules which `api` gives when they are asked for."""
    with patch.context() as inner:
        for name in api.__all__:
            inner.delattr(api, name, raising=False)
        inner.setattr(api, "import_module", _imported)
        yield


def _imported(name: str) -> object:
    """Import as for the first time, which makes the module an attribute of its package."""
    module = importlib.import_module(name)
    setattr(api, name.rpartition(".")[2], module)
    return module


@contextmanager
def imports(into: set[str]) -> Iterator[None]:
    """Note what is imported while a function runs, whether it was imported before or not."""
    real = builtins.__import__

    def noted(*given: Any, **named: Any) -> Any:
        asked = IMPORT.bind(*given, **named).arguments
        scope, level = asked.get("globals") or {}, asked.get("level", 0)
        importing = scope.get("__package__") or scope.get("__name__", "")
        if importing.split(".", maxsplit=1)[0] in IMPORTING:
            into.add(resolve_name("." * level + asked["name"], importing) if level else asked["name"])
        return real(*given, **named)

    builtins.__import__ = noted
    try:
        yield
    finally:
        builtins.__import__ = real


@pytest.fixture(scope="module")
def seen() -> tuple[Made, Made]:
    """What each function made, and imported, in all scenarios, each time as a new worker."""
    made: Made = {}
    imported: Made = {}
    with pytest.MonkeyPatch.context() as patch:
        watching = Site.watching

        @contextmanager
        def as_a_new_worker(watched: Site, function: str) -> Iterator[None]:
            engine = watched.start_worker()
            if engine.settings.paper.controls:  # of a trial: its controls are made when used
                with watching(watched, function):
                    yield
                return
            with apart_from_the_api(patch), imports(imported.setdefault(function, set())):
                with watching(watched, function):
                    yield
                made.setdefault(function, set()).update(parts_of(engine))

        patch.setattr(Site, "watching", as_a_new_worker)
        for scenario in SCENARIOS.values():
            with pytest.MonkeyPatch.context() as its, site(its) as watched:
                scenario(watched)
    return made, imported


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_makes_in_its_init_phase_what_it_uses_and_nothing_more(
    function: str, seen: tuple[Made, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(monkeypatch) as watched, apart_from_the_api(monkeypatch):
        engine = watched.start_worker()
        make_parts(engine, HANDLERS[function])
        first = parts_of(engine)

    assert seen[0][function] - first == set(), "made by an event"
    assert first - seen[0][function] == set(), "made, and never used"


LIVE = ("chalicelib.adapters.shadow", "chalicelib.adapters.solana", "chalicelib.bootstrap.shadow")
NOTHING = {"Items": [], "Count": 0, "Attributes": {"ApproximateNumberOfMessagesNotVisible": "0"}}


class Answering(BaseHTTPRequestHandler):
    """Every service of AWS, empty: no item, no message, and every socket is open."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent at once, and not in two halves that wait for each other

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps(NOTHING).encode() if "x-amz-target" in self.headers else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _records(source: str, **record: Any) -> dict[str, Any]:
    common = {"messageId": "m", "receiptHandle": "r", "eventSource": source}
    return {"Records": [{**common, **record}]}


def _socket(body: str | None = None, **query: str) -> dict[str, Any]:
    context = {"apiId": "ws", "stage": "test", "domainName": "ws.test", "connectionId": "one"}
    return {"requestContext": context, "body": body, "headers": {}, "queryStringParameters": query}


_SCHEDULED = {
    **dict.fromkeys(("version", "id", "detail-type", "account", "time", "region", "source"), "x"),
    "resources": [],
    "detail": {},
}
_MESSAGE = _records("aws:sqs", body=json.dumps({"v": 1, "orderId": ORDER_ID}))
_SUBSCRIPTION = {"order_id": {"S": ORDER_ID}, "connection_id": {"S": "one"}}
_CHANGED = {"eventID": "1", "eventName": "MODIFY"}
EVENTS: Mapping[str, Mapping[str, Any]] = {
    "Api": {
        "httpMethod": "GET",
        "path": "/api/health",
        "headers": {},
        "multiValueHeaders": {},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {"resourcePath": "/api/health", "httpMethod": "GET", "identity": {}},
    },
    "Authorize": {
        "type": "TOKEN",
        "authorizationToken": f"Bearer oee_{'0' * 12}_{'A' * 43}",
        "methodArn": "arn:aws:execute-api:r:a:i/s/GET/",
    },
    "Execute": _MESSAGE,
    "Land": _MESSAGE,
    "DeadLetter": _MESSAGE,
    "Reconcile": _SCHEDULED,
    "Watch": _SCHEDULED,
    "Broadcast": _records(
        "x", **_CHANGED, dynamodb={"NewImage": order_image(an_order()), "SequenceNumber": "1"}
    ),
    "Backfill": _records("x", **_CHANGED, dynamodb={"NewImage": _SUBSCRIPTION, "SequenceNumber": "1"}),
    "StreamConnect": _socket(orderId=ORDER_ID),
    "StreamMessage": _socket('{"action":"ping"}'),
    "StreamDisconnect": _socket(),
}

INVOKE = """
import importlib, json, sys
from types import SimpleNamespace

import app
before = sorted(sys.modules)
answer = getattr(app, sys.argv[1].partition(".")[2])(json.loads(sys.argv[2]), SimpleNamespace())
print(json.dumps([before, sorted(sys.modules), answer]))
"""


def in_a_new_process(function: str, endpoint: str, **environment: str) -> tuple[set[str], set[str], Any]:
    """What is imported after app.py was, what after one event more, and the answer to it."""
    given = {
        **ENVIRONMENT,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "PATH": os.environ["PATH"],
    }
    queues = {f"{name}_QUEUE_URL": f"{endpoint}/{name}" for name in ("ORDERS", "LANDINGS")}
    credentials = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", INVOKE, HANDLERS[function], json.dumps(EVENTS[function])],
        cwd=ROOT,
        env={**given, **queues, **credentials, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    before, after, answer = json.loads(ran.stdout.splitlines()[-1])
    return set(before), set(after), answer


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_first_event_imports_nothing(function: str, endpoint: str, seen: tuple[Made, Made]) -> None:
    before, after, _ = in_a_new_process(function, endpoint, _HANDLER=HANDLERS[function])

    assert after - before == set()
    assert seen[1][function] - before == set(), "imported by another event"
    assert not [name for name in after if name.startswith(LIVE)], "paper needs nothing of a chain's"


@pytest.mark.parametrize("function", ["Api", "Execute", "Land"])
def test_a_first_event_imports_nothing_where_prices_are_live(function: str, endpoint: str) -> None:
    shadow = {"MARKET": "shadow", "SOLANA_RPC_URLS": endpoint}
    before, after, _ = in_a_new_process(function, endpoint, _HANDLER=HANDLERS[function], **shadow)

    assert after - before == set()
    assert {name for name in before if name.startswith(LIVE)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_an_init_phase_a_first_event_imports_what_the_function_needs(
    function: str, endpoint: str, seen: tuple[Made, Made]
) -> None:
    before, after, _ = in_a_new_process(function, endpoint)

    assert "botocore.session" in after - before
    assert seen[1][function] - before


def test_no_part_is_made_for_a_handler_that_is_not_named() -> None:
    assert load_handler({}) == ""
    engine = Engine(AwsAdapters({}))
    make_parts(engine, load_handler({}))
    assert parts_of(engine) == parts_of(Engine(AwsAdapters({})))
