"""What every PushGateway promises; the real one speaks to a local server that answers as API Gateway does."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote

import pytest

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.websocket_push import MESSAGE_LIMIT, ApiGatewayPushGateway
from chalicelib.errors import ConnectionGone, PushUnavailable
from chalicelib.ports import PushGateway
from tests.fakes.push import RecordingPushGateway

SOCKETS = ("memory", "http")

THROTTLED = 429

PREFIX = "/_aws/execute-api/api-1/local/@connections/"


class ConnectionsHandler(BaseHTTPRequestHandler):
    """API Gateway's @connections: 200 for an open socket, else 410; `failing` answers that status instead.

    The first `dropping` requests end without an answer; all wait for `hanging` before they have one.
    """

    posted: ClassVar[dict[str, list[bytes]]]
    attempts: ClassVar[list[str]]
    failing: ClassVar[int | None]
    dropping: ClassVar[int]
    hanging: ClassVar[threading.Event | None]
    names_its_errors: ClassVar[bool]

    def do_POST(self) -> None:
        connection_id = unquote(self.path).removeprefix(PREFIX)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.attempts.append(connection_id)
        if self.hanging is not None:
            self.hanging.wait(10)
        if len(self.attempts) <= self.dropping:
            self.connection.close()
        elif self.failing is not None:
            self._answer(self.failing, "LimitExceededException" if self.failing == THROTTLED else None)
        elif connection_id in self.posted:
            self.posted[connection_id].append(body)
            self._answer(200)
        else:
            self._answer(410, "GoneException")

    def _answer(self, status: int, error: str | None = None) -> None:
        self.send_response(status)
        if error is not None and self.names_its_errors:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Sockets:
    """One implementation of PushGateway, and the clients' side of it."""

    gateway: PushGateway
    open: Callable[[str], None]
    close: Callable[[str], None]
    posted: dict[str, list[bytes]] = field(default_factory=dict)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[ConnectionsHandler]]:
    class Handler(ConnectionsHandler):
        posted: ClassVar[dict[str, list[bytes]]] = {}
        attempts: ClassVar[list[str]] = []
        failing: ClassVar[int | None] = None
        dropping: ClassVar[int] = 0
        hanging: ClassVar[threading.Event | None] = None
        names_its_errors: ClassVar[bool] = True
        address: ClassVar[str] = ""

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        Handler.address = f"http://127.0.0.1:{http.server_port}{PREFIX.removesuffix('/@connections/')}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield Handler
        http.shutdown()
        thread.join()


@pytest.fixture
def gateway(server: type[ConnectionsHandler]) -> ApiGatewayPushGateway:
    endpoint = server.address  # type: ignore[attr-defined]
    return ApiGatewayPushGateway(make_client("apigatewaymanagementapi", endpoint))


@pytest.fixture
def memory_sockets() -> Sockets:
    fake = RecordingPushGateway()
    return Sockets(fake, fake.open, fake.close, fake.posted)


@pytest.fixture
def http_sockets(server: type[ConnectionsHandler], gateway: ApiGatewayPushGateway) -> Sockets:
    closed: dict[str, list[bytes]] = {}

    def open_socket(connection_id: str) -> None:
        server.posted[connection_id] = []

    def close_socket(connection_id: str) -> None:
        closed[connection_id] = server.posted.pop(connection_id)

    return Sockets(gateway, open_socket, close_socket, server.posted)


@pytest.fixture(params=SOCKETS)
def sockets(request: pytest.FixtureRequest) -> Sockets:
    found: Sockets = request.getfixturevalue(f"{request.param}_sockets")
    return found


def test_messages_arrive_in_order_and_unchanged(sockets: Sockets) -> None:
    sockets.open("socket=1")
    sockets.open("socket-2")
    for message in (b'{"n":1}', '{"n":"é"}'.encode()):
        sockets.gateway.post("socket=1", message)
    assert sockets.posted["socket=1"] == [b'{"n":1}', '{"n":"é"}'.encode()]
    assert not sockets.posted.get("socket-2")


def test_a_socket_that_is_not_open_yet_is_gone_until_it_is(sockets: Sockets) -> None:
    with pytest.raises(ConnectionGone):
        sockets.gateway.post("socket-1", b"{}")
    sockets.open("socket-1")
    sockets.gateway.post("socket-1", b"{}")


def test_a_closed_socket_is_gone(sockets: Sockets) -> None:
    sockets.open("socket-1")
    sockets.close("socket-1")
    with pytest.raises(ConnectionGone):
        sockets.gateway.post("socket-1", b"{}")


def test_a_message_of_128_kb_is_the_longest(sockets: Sockets) -> None:
    sockets.open("socket-1")
    sockets.gateway.post("socket-1", b"x" * MESSAGE_LIMIT)
    with pytest.raises(PushUnavailable, match=r"was 131073 bytes and must be at most 131072"):
        sockets.gateway.post("socket-1", b"x" * (MESSAGE_LIMIT + 1))
    assert len(sockets.posted["socket-1"]) == 1


def test_gone_is_known_by_its_status_alone(
    server: type[ConnectionsHandler], gateway: ApiGatewayPushGateway
) -> None:
    server.names_its_errors = False
    with pytest.raises(ConnectionGone):
        gateway.post("socket-1", b"{}")


@pytest.mark.parametrize(
    ("status", "attempts"), [(400, 1), (403, 1), (413, 1), (THROTTLED, 2), (500, 2), (503, 2)]
)
def test_what_may_pass_is_tried_twice_in_all_and_then_unavailable(
    server: type[ConnectionsHandler], gateway: ApiGatewayPushGateway, status: int, attempts: int
) -> None:
    server.failing = status
    with pytest.raises(PushUnavailable):
        gateway.post("socket-1", b"{}")
    assert server.attempts == ["socket-1"] * attempts


def test_an_unreachable_gateway_is_unavailable(server: type[ConnectionsHandler]) -> None:
    del server
    gateway = ApiGatewayPushGateway(make_client("apigatewaymanagementapi", "http://127.0.0.1:9/api/stage"))
    with pytest.raises(PushUnavailable):
        gateway.post("socket-1", b"{}")


def test_a_connection_that_died_in_a_pause_costs_no_message(
    server: type[ConnectionsHandler], gateway: ApiGatewayPushGateway
) -> None:
    server.posted["socket-1"] = []
    server.dropping = 1
    gateway.post("socket-1", b"{}")
    assert server.posted["socket-1"] == [b"{}"]


def test_a_gateway_that_never_answers_is_unavailable(server: type[ConnectionsHandler]) -> None:
    server.hanging = threading.Event()
    endpoint = server.address  # type: ignore[attr-defined]
    client = make_client("apigatewaymanagementapi", endpoint, read_timeout=0.05)
    with pytest.raises(PushUnavailable):
        ApiGatewayPushGateway(client).post("socket-1", b"{}")
    assert server.attempts == ["socket-1"] * 2
    server.hanging.set()
