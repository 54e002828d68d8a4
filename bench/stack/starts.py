"""Measure cold starts: the first call of each function, and its imports."""

import json
import os
import re
import subprocess
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.stack.calls import sources_switched_off
from bench.stack.clients import client_of, place
from bench.stack.figures import Figure, percentile
from infra.build import HOST, build
from infra.local.clients import Clients
from infra.local.emulator import environment_python
from infra.local.stack import Stack
from infra.releases import LIVE

TIMES = 5
HEAVIEST = 6
_NO_RECORDS: Mapping[str, Any] = {"Records": []}
_SOCKET = {"requestContext": {"connectionId": "bench", "domainName": "", "stage": "", "apiId": ""}}
_EVENTS = {
    "ExecuteFunction": _NO_RECORDS,
    "LandFunction": _NO_RECORDS,
    "BroadcastFunction": _NO_RECORDS,
    "BackfillFunction": _NO_RECORDS,
    "DeadLetterFunction": _NO_RECORDS,
    "StreamConnectFunction": _SOCKET,
    "StreamDisconnectFunction": _SOCKET,
}
_HANDLERS = {"Api": "app.app", "Execute": "app.execute", "Land": "app.land", "Broadcast": "app.broadcast"}
_LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")


def measure(stack: Stack) -> Iterator[Figure]:
    """Measure the first call of each function by a new worker, as the median of several."""
    with sources_switched_off(stack):
        took = [_first_order(stack) for _ in range(TIMES)]
        yield Figure("first call", "Api (an order)", percentile(took, 50), "s", "<= 1.0")
        for output, event in _EVENTS.items():
            took = [_first_call(stack, output, event) for _ in range(TIMES)]
            yield Figure("first call", output.removesuffix("Function"), percentile(took, 50), "s")
    yield from _imports()


def _first_order(stack: Stack) -> float:
    _end_workers(stack.clients(), (stack.outputs or {})["ApiFunction"])
    with client_of(stack.rest_url) as client:
        began = time.perf_counter()
        place(client, validForSeconds=3600)
        return time.perf_counter() - began


def _first_call(stack: Stack, output: str, event: Mapping[str, Any]) -> float:
    function, clients = (stack.outputs or {})[output], stack.clients()
    _end_workers(clients, function)
    began = time.perf_counter()
    clients.functions.invoke(FunctionName=function, Qualifier=LIVE, Payload=json.dumps(event).encode())
    return time.perf_counter() - began


def _end_workers(clients: Clients, function: str) -> None:
    """End a function's workers: a version with another environment takes the place of theirs."""
    live = clients.functions.get_alias(FunctionName=function, Name=LIVE)["FunctionVersion"]
    configured = clients.functions.get_function_configuration(FunctionName=function)
    variables = {**configured["Environment"]["Variables"], "BENCH_RUN": str(uuid4())}
    clients.functions.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables}
    )
    version = clients.functions.publish_version(FunctionName=function)["Version"]
    clients.functions.update_alias(FunctionName=function, Name=LIVE, FunctionVersion=version)
    clients.functions.delete_function(FunctionName=function, Qualifier=live)


def _imports() -> Iterator[Figure]:
    """Measure the packages whose own modules take longest to import in the init phase, by function."""
    with tempfile.TemporaryDirectory() as name:
        code = Path(name)
        with zipfile.ZipFile(build(HOST, code / "lambda.zip")) as archive:
            archive.extractall(code)
        tables = ("ORDERS_TABLE", "SUBSCRIPTIONS_TABLE", "PAPER_TABLE", "ACCOUNTS_TABLE")
        required = (*tables, "ORDERS_QUEUE_URL", "LANDINGS_QUEUE_URL", "STREAM_API_ID", "STREAM_STAGE")
        environment = dict.fromkeys(required, "bench")
        environment |= {"AWS_DEFAULT_REGION": "us-east-1", "PATH": os.environ["PATH"]}
        command = [environment_python(), "-X", "importtime", "-c", "import app"]
        for function, handler in _HANDLERS.items():
            given = environment | {"_HANDLER": handler}
            ran = subprocess.run(  # noqa: S603
                command, cwd=code, env=given, capture_output=True, text=True, check=True, timeout=60
            )
            spent: Counter[str] = Counter()
            for line in ran.stderr.splitlines():
                if found := _LINE.match(line):
                    spent[found[2].split(".")[0]] += int(found[1])
            yield Figure(f"imports of {function}", "in all", spent.total() / 1000, "ms")
            for package, microseconds in spent.most_common(HEAVIEST):
                yield Figure(f"imports of {function}", package, microseconds / 1000, "ms")
