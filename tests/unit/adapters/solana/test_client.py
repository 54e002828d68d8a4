"""One call to one node over HTTP: whatever it does is a typed failure that doesn't name its address."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.solana.layouts.clock import CLOCK
from chalicelib.adapters.solana.rpc.answers import read_accounts
from chalicelib.adapters.solana.rpc.client import (
    IDLE_MS,
    LONGEST_REST_MS,
    MOST_BYTES,
    REFUSED_REST_MS,
    RpcNode,
)
from chalicelib.adapters.solana.rpc.endpoints import Endpoint, endpoints_of
from chalicelib.adapters.solana.rpc.failures import CallRejected, NodeBehind, NodeFailed, NodeRefused
from tests.fakes.clock import FakeClock
from tests.fakes.solana import Cluster, Fault, RpcServer, in_json, serving

TIMEOUT_MS = 2_000


@dataclass
class Line:
    server: RpcServer
    node: RpcNode

    def ask(self, timeout_ms: int = TIMEOUT_MS) -> Any:
        return self.node.call("getSlot", [], timeout_ms)


@pytest.fixture
def line() -> Iterator[Line]:
    with serving(Cluster({}, FakeClock())) as server:  # whose slots stand still
        yield Line(server, RpcNode(Endpoint("rpc-1", server.url), SystemClock()))


def result(value: object, **changes: object) -> Fault:
    return lambda call: in_json({"jsonrpc": "2.0", "id": call["id"], "result": value, **changes})


def error(code: object, **changes: object) -> Fault:
    return result(None, error={"code": code, "message": "why"}, **changes)


def status(number: int, **headers: str) -> Fault:
    return lambda _call: in_json({"secret": "told by the node"}, number, **headers)


def raw(body: bytes, **headers: str) -> Fault:
    return lambda _call: (200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def test_a_call_returns_the_nodes_result(line: Line) -> None:
    answer = line.node.call("getMultipleAccounts", [[CLOCK, CLOCK], {"encoding": "base64"}], TIMEOUT_MS)
    assert read_accounts(answer, [CLOCK, CLOCK]).slot == line.server.cluster.slot()


def test_calls_share_a_connection_until_it_may_be_dead() -> None:
    clock = FakeClock()
    with serving(Cluster({}, clock)) as server:
        line = Line(server, RpcNode(Endpoint("rpc-1", server.url), clock))
        connections = []
        for waits_ms in (0, IDLE_MS - 1, IDLE_MS):
            clock.advance(waits_ms)
            line.ask()
            connections.append(server.connections)
    assert connections == [1, 1, 2]


def test_a_compressed_answer_is_read(line: Line) -> None:
    def compressed(call: Any) -> Any:
        _, headers, body = in_json({"jsonrpc": "2.0", "id": call["id"], "result": 7})
        return 200, {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)

    line.server.faults = [compressed]
    assert line.ask() == 7


def test_fields_that_nobody_knows_are_passed_over(line: Line) -> None:
    line.server.faults = [result(7, new={"field": 1})]
    assert line.ask() == 7


FAILURES = {
    "it cuts the connection": (lambda _call: None, NodeFailed, None),
    "500": (status(500), NodeFailed, None),
    "503 with a wait": (status(503, Retry_After="3"), NodeFailed, 3_000),
    "429": (status(429), NodeFailed, None),
    "429 with a wait": (status(429, Retry_After="7"), NodeFailed, 7_000),
    "429 with a wait for ever": (status(429, Retry_After="9" * 30), NodeFailed, LONGEST_REST_MS),
    "429 with a date": (status(429, Retry_After="Sat, 28 Nov 2026 18:00:00 GMT"), NodeFailed, None),
    "401": (status(401), NodeRefused, REFUSED_REST_MS),
    "403": (status(403), NodeRefused, REFUSED_REST_MS),
    "a redirect": (status(302, Location="https://elsewhere.test"), NodeFailed, None),
    "429 inside a 200": (error(429), NodeFailed, None),
    "unhealthy": (error(-32005), NodeBehind, None),
    "its slot not reached": (error(-32016), NodeBehind, None),
    "an unknown method": (error(-32601), CallRejected, None),
    "an error without a code": (error("soon"), NodeFailed, None),
    "an error that is a text": (result(None, error="no"), NodeFailed, None),
    "HTML": (raw(b"<html>502 Bad Gateway</html>"), NodeFailed, None),
    "nothing": (raw(b""), NodeFailed, None),
    "what is not UTF-8": (raw(b"\xff\xfe"), NodeFailed, None),
    "a list": (raw(b"[]"), NodeFailed, None),
    "deep nesting": (raw(b"[" * 100_000), NodeFailed, None),
    "what is not compressed though it says so": (raw(b"{}", Content_Encoding="gzip"), NodeFailed, None),
    "another protocol": (result(7, jsonrpc="1.0"), NodeFailed, None),
    "another call's answer": (result(7, id=-1), NodeFailed, None),
    "an id that is true": (result(7, id=True), NodeFailed, None),
    "no result": (result(None), NodeFailed, None),
}


@pytest.mark.parametrize("name", FAILURES)
def test_whatever_a_node_does_is_a_failure_of_its_kind(line: Line, name: str) -> None:
    fault, kind, rest_ms = FAILURES[name]
    line.server.faults = [fault]
    with pytest.raises(NodeFailed) as failed:
        line.ask()
    assert type(failed.value) is kind
    assert failed.value.rest_ms == rest_ms
    assert str(line.server.server_port) not in str(failed.value)
    assert "told by the node" not in str(failed.value)
    assert failed.value.__suppress_context__ or failed.value.__cause__ is failed.value.__context__ is None
    assert line.ask() == line.server.cluster.slot()


def test_a_node_that_hangs_is_given_up_in_time(line: Line) -> None:
    line.server.faults = [line.server.hang]
    with pytest.raises(NodeFailed, match="did not answer"):
        line.ask(timeout_ms=100)


def test_an_answer_that_does_not_end_is_not_read_to_its_end(line: Line) -> None:
    line.server.faults = [raw(b" " * (MOST_BYTES + 1))]
    with pytest.raises(NodeFailed, match="too much"):
        line.ask(timeout_ms=20_000)


def test_a_node_that_nobody_listens_at_does_not_answer() -> None:
    node = RpcNode(Endpoint("rpc-1", "http://127.0.0.1:1"), SystemClock())
    with pytest.raises(NodeFailed, match=r"^did not answer \(NewConnectionError\)$"):
        node.call("getSlot", [], TIMEOUT_MS)


def test_endpoints_are_told_by_their_places_and_never_by_their_addresses() -> None:
    first, second = endpoints_of(["https://secret-one.test", "https://secret-two.test"])
    assert (first.name, second.name) == ("rpc-1", "rpc-2")
    assert "secret" not in repr(first)
    assert "secret" not in json.dumps([first.name, second.name])
