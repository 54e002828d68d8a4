"""Tables, queue and sockets over a service that throttles, hangs, or closes connections that were idle.

The service is a server of our own behind the real botocore, so that its pool of connections, its time-outs
and its retries are those of a deployment.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.adapters.aws_clients import ATTEMPTS, IDLE, close_idle_connections, make_client
from chalicelib.adapters.dynamodb.calls import read_item
from chalicelib.adapters.sqs import SqsOrderQueue
from chalicelib.adapters.websocket_push import ApiGatewayPushGateway
from chalicelib.errors import EngineError, PushUnavailable, QueueUnavailable, StorageUnavailable
from infra.deploy import trial
from infra.deploy.stacks import DeploymentRefused
from infra.releases import TRIALS
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID

SHORT = 0.05
"""Seconds that a client waits for a service that never answers."""

POOLED = 3
"""Connections that are open at once: more than there are attempts."""


@dataclass
class Service:
    """What the server does, which connections it closes unanswered, and how many requests came by each."""

    address: str = ""
    refusal: str = ""
    status: int = 400
    dead: frozenset[Any] = frozenset()
    together: threading.Barrier | None = None
    silence: threading.Event | None = None
    is_waiting: threading.Event = field(default_factory=threading.Event)
    asked: dict[Any, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """How many came in all."""
        return sum(self.asked.values())


def handler_of(service: Service) -> type[BaseHTTPRequestHandler]:
    """The server's side of one connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            service.asked[self.client_address] = service.asked.get(self.client_address, 0) + 1
            if self.client_address in service.dead:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if service.silence is not None:
                service.is_waiting.set()
                service.silence.wait(10)
            if service.together is not None:
                service.together.wait(10)
            self._answer(service.status if service.refusal else 200, service.refusal)

        def _answer(self, status: int, refusal: str) -> None:
            body = json.dumps({"__type": f"com.amazonaws.service#{refusal}"} if refusal else {}).encode()
            self.send_response(status)
            self.send_header("x-amzn-ErrorType", refusal)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)  # between two attempts
    made = Service()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(made)) as server:
        server.daemon_threads = True
        made.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Called:
    """A call of one port's adapter over a client, and the error that the port promises."""

    make: Callable[..., Any]
    call: Callable[[Any], object]
    unavailable: type[EngineError]
    throttles: tuple[tuple[str, int], ...]


CALLS = {
    "table": Called(
        partial(make_client, "dynamodb"),
        lambda client: read_item(client, "orders", {"pk": {"S": "ORDER#1"}}),
        StorageUnavailable,
        tuple(
            (code, 400)
            for code in (
                "ProvisionedThroughputExceededException",
                "ThrottlingException",
                "RequestLimitExceeded",
            )
        ),
    ),
    "queue": Called(
        partial(make_client, "sqs"),
        lambda client: SqsOrderQueue(client, "https://aws.test/1/orders").send(ORDER_ID),
        QueueUnavailable,
        (("ThrottlingException", 400), ("RequestThrottled", 400), ("ServiceUnavailable", 503)),
    ),
    "push": Called(
        partial(make_client, "apigatewaymanagementapi"),
        lambda client: ApiGatewayPushGateway(client).post("socket-1", b"{}"),
        PushUnavailable,
        (("LimitExceededException", 429), ("ThrottlingException", 429)),
    ),
}
THROTTLES = [(name, *throttle) for name, called in CALLS.items() for throttle in called.throttles]


@pytest.mark.parametrize(("port", "code", "status"), THROTTLES)
def test_a_throttled_call_is_tried_twice_by_one_layer_and_then_unavailable(
    service: Service, port: str, code: str, status: int
) -> None:
    called = CALLS[port]
    service.refusal, service.status = code, status
    with pytest.raises(called.unavailable):
        called.call(called.make(service.address))
    assert service.requests == ATTEMPTS


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_a_service_that_never_answers_is_asked_twice_and_then_unavailable(
    service: Service, called: Called
) -> None:
    service.silence = threading.Event()
    with pytest.raises(called.unavailable):
        called.call(called.make(service.address, read_timeout=SHORT))
    assert service.requests == ATTEMPTS
    service.silence.set()


def with_idle_connections(service: Service, called: Called) -> tuple[Any, FakeClock]:
    """A client whose pool holds more connections than there are attempts, each of them dead."""
    client, clock = called.make(service.address), FakeClock()
    service.together = threading.Barrier(POOLED)
    with ThreadPoolExecutor(POOLED) as threads:
        list(threads.map(called.call, [client] * POOLED))
    assert list(service.asked.values()) == [1] * POOLED
    service.together, service.dead = None, frozenset(service.asked)
    return client, clock


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_connections_that_died_while_a_worker_was_frozen_cost_no_attempt(
    service: Service, called: Called
) -> None:
    client, clock = with_idle_connections(service, called)
    close_idle_connections(client, clock)
    clock.advance(IDLE)
    called.call(client)
    assert service.requests == POOLED + 1


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_a_call_of_one_thread_meets_one_dead_connection_at_most(service: Service, called: Called) -> None:
    client, _ = with_idle_connections(service, called)
    called.call(client)
    assert service.requests == POOLED + 2


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_of_two_threads_one_may_meet_as_many_as_it_has_attempts_if_they_are_kept(
    service: Service, called: Called
) -> None:
    client, _ = with_idle_connections(service, called)
    service.silence = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        others: list[Any] = []

        def take_the_new_connection(**_event: object) -> None:
            if not others:
                others.append(thread.submit(called.call, client))
                assert service.is_waiting.wait(10)

        client.meta.events.register("needs-retry", take_the_new_connection)
        with pytest.raises(called.unavailable):
            called.call(client)
        service.silence.set()
        others[0].result()


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_a_connection_that_is_in_use_is_used_again(service: Service, called: Called) -> None:
    client, clock = called.make(service.address), FakeClock()
    close_idle_connections(client, clock)
    for _ in range(3):
        clock.advance(IDLE - 1)
        called.call(client)
    assert list(service.asked.values()) == [3]


@pytest.mark.parametrize("called", CALLS.values(), ids=CALLS)
def test_threads_that_wake_up_together_all_get_through(service: Service, called: Called) -> None:
    client, clock = with_idle_connections(service, called)
    close_idle_connections(client, clock)
    clock.advance(IDLE)
    with ThreadPoolExecutor(POOLED) as threads:
        list(threads.map(called.call, [client] * POOLED))
    assert service.requests == POOLED * 2


def test_a_function_whose_executions_are_all_taken_is_asked_for_six_times_and_that_is_said(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.address)
    service.refusal, service.status = "TooManyRequestsException", 429
    functions = make_client("lambda", attempts=trial.ATTEMPTS)
    outputs = dict.fromkeys(TRIALS, "the-function")

    with pytest.raises(DeploymentRefused) as refused:
        trial.refuse_what_fails(functions, outputs, "It goes on.")

    *tried, otherwise = str(refused.value).splitlines()
    assert set(tried) == {
        f"the-function was not tried: Lambda had no execution free for it, 6 times. {trial.LATER}"
    }
    assert otherwise == "It goes on."
    assert service.requests == 6 * len(TRIALS)
