"""What is reported of a socket's requests, and as whose fault."""

import pytest

from chalicelib.api.problems import INTERNAL
from chalicelib.api.queries import repeated
from chalicelib.api.socket import MAX_MESSAGE_BYTES, Follow, SocketEndpoint, parse_connect, parse_message
from chalicelib.errors import (
    ConnectionGone,
    IllegalTransition,
    InvalidRequest,
    OrderNotFound,
    PushUnavailable,
    StorageUnavailable,
)
from chalicelib.services.subscribe import Subscribe
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.exposures import InMemoryArmedExposures, StoredOrdersCount
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.push import RecordingPushGateway
from tests.fakes.sockets import open_to_all
from tests.fakes.subscriptions import InMemorySubscriptionRepository

NO_ORDER_ID = "0000000A-0000-4000-8000-000000000001"

OURS = [IllegalTransition("confirmed -> pending"), ZeroDivisionError("broken")]
"""What no client can have caused: it is reported with the error."""


class Socket:
    """An endpoint that keeps what it reports, and an open socket."""

    def __init__(self):
        clock = FakeClock()
        self.orders = InMemoryOrderRepository(an_order())
        self.subscriptions = InMemorySubscriptionRepository()
        self.gateway = RecordingPushGateway()
        self.gateway.open("socket")
        self.reported: list[tuple[str, BaseException | None]] = []
        subscribe = Subscribe(
            orders=self.orders,
            exposures=StoredOrdersCount(self.orders),
            armed=InMemoryArmedExposures(),
            subscriptions=self.subscriptions,
            connections=InMemoryConnections(),
            clock=clock,
            most_sockets=100,
        )
        self.endpoint = SocketEndpoint(
            open_to_all(clock),
            subscribe,
            lambda: self.gateway,
            lambda problem, error: self.reported.append((problem.code, error)),
        )

    def connect(self, order_id=ORDER_ID):
        return self.endpoint.connect("socket", {"orderId": order_id})["statusCode"]

    def receive(self, body):
        assert self.endpoint.receive("socket", body) == {"statusCode": 200}
        return [message["code"] for message in self.gateway.messages("socket") if message["type"] == "error"]

    def disconnect(self):
        return self.endpoint.disconnect("socket")

    def fail(self, error):
        def interrupt(_method, _moment):
            raise error

        self.subscriptions.interrupt = interrupt


TWICE = {"orderId": ["a"], "after": ["1", "2"]}


@pytest.fixture
def socket():
    return Socket()


def test_a_refusal_is_reported_as_the_client_s(socket):
    assert socket.connect("nobody's") == 404
    assert socket.receive("{}") == ["REQUEST_INVALID"]
    assert socket.reported == [("ORDER_NOT_FOUND", None), ("REQUEST_INVALID", None)]


def test_a_handshake_that_names_something_twice_is_refused(socket):
    refused = socket.endpoint.connect("socket", {"after": "2"}, None, repeated(TWICE))
    assert refused == {"statusCode": 400}
    assert socket.reported == [("REQUEST_INVALID", None)]
    assert repeated({"orderId": ["a"]}) == repeated(None) == []


def test_a_table_that_does_not_answer_is_reported_as_an_outage(socket):
    socket.fail(StorageUnavailable("down"))
    assert socket.connect() == 503
    assert socket.receive('{"action":"ping"}') == ["STORAGE_UNAVAILABLE"]
    assert socket.disconnect() == {"statusCode": 200}
    assert socket.reported == [("STORAGE_UNAVAILABLE", None)] * 3


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
def test_what_is_nobody_s_refusal_is_reported_with_its_error(socket, error):
    socket.fail(error)
    assert socket.connect() == 500
    assert socket.receive('{"action":"ping"}') == [INTERNAL.code]
    assert socket.disconnect() == {"statusCode": 200}
    assert socket.reported == [(INTERNAL.code, error)] * 3


@pytest.mark.parametrize("error", [ConnectionGone("socket"), PushUnavailable("down")])
def test_a_refusal_that_can_not_be_sent_is_let_go(socket, error):
    def interrupt(_method, _moment):
        raise error

    socket.gateway.interrupt = interrupt
    assert socket.receive("{}") == []
    assert socket.reported == [("REQUEST_INVALID", None)]


def test_a_socket_that_is_gone_is_nobody_s_problem(socket):
    socket.connect()
    socket.gateway.close("socket")
    assert socket.receive('{"action":"ping"}') == []
    assert socket.reported == []


@pytest.mark.parametrize("after", [0, 9_999])
def test_a_sequence_that_an_order_can_have_is_read(after):
    assert parse_message(f'{{"action":"subscribe","orderId":"{ORDER_ID}","after":{after}}}') == Follow(
        ORDER_ID, after
    )
    assert parse_connect("socket", {"orderId": ORDER_ID, "after": str(after)}, None)[1] == after


def test_who_names_no_sequence_has_seen_no_event():
    assert parse_message(f'{{"action":"subscribe","orderId":"{ORDER_ID}"}}') == Follow(ORDER_ID, 0)
    assert parse_connect("socket", {"orderId": ORDER_ID}, None)[1] == 0


@pytest.mark.parametrize("after", ["-1", "10000", "true", "1.0", '"1"'])
def test_no_other_sequence_is_read(after):
    with pytest.raises(InvalidRequest):
        parse_message(f'{{"action":"subscribe","orderId":"{ORDER_ID}","after":{after}}}')


@pytest.mark.parametrize("after", ["", "-1", "10000", "00000", "1.0", "\u0661", "\u00b2"])
def test_no_other_sequence_is_read_of_a_handshake(after):
    with pytest.raises(InvalidRequest):
        parse_connect("socket", {"after": after}, None)


def test_a_message_of_the_greatest_length_is_read_and_a_longer_one_is_not():
    ping = '{"action":"ping"}'
    parse_message(ping.ljust(MAX_MESSAGE_BYTES))
    with pytest.raises(InvalidRequest, match="at most 4096 bytes"):
        parse_message(ping.ljust(MAX_MESSAGE_BYTES + 1))


@pytest.mark.parametrize("order_id", [None, 7, NO_ORDER_ID, f"{ORDER_ID} ", "", f"{{{ORDER_ID}}}"])
def test_what_is_no_order_id_is_looked_for_nowhere(socket, order_id):
    def look(_method, _moment):
        raise AssertionError

    socket.orders.interrupt = look
    socket.subscriptions.interrupt = look
    with pytest.raises(OrderNotFound):
        parse_message(f'{{"action":"subscribe","orderId":{json_of(order_id)}}}')
    if isinstance(order_id, str):
        assert socket.connect(order_id) == 404


def json_of(value):
    return "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
