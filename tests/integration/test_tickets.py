"""Tickets through app.py: who gets one, and what it opens."""

import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.domain.limits import Limits
from chalicelib.errors import StorageUnavailable
from chalicelib.services.manage_keys import ManageKeys
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.integration.conftest import fresh_desk
from tests.integration.test_events import call, socket_event

GOOD = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
ALICE, BOB = (Caller(name, frozenset({Scope.TRADE, Scope.READ}), f"{name}-key") for name in ("alice", "bob"))
HOST = "api.example"
STREAM = "wss://ws.execute-api.us-east-1.amazonaws.com/test"


@pytest.fixture
def guarded(desk):
    """A desk that asks for keys; whoever asks is Alice."""
    asking = fresh_desk(AUTH_MODE="keys", CORS_ALLOWED_ORIGINS="")
    asking.gatekeeper.caller = ALICE
    return asking


def post(desk, path, body, **headers):
    return desk.request("POST", path, json.dumps(body), Content_Type="application/json", Host=HOST, **headers)


def ticket(desk, **wish):
    return post(desk, "/api/stream-tickets", wish)


def handshake(desk, connection_id, address, **headers):
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return call(desk, "connect", socket_event(connection_id, query=query, **headers))["statusCode"]


def test_the_answer_to_a_new_order_opens_one_socket_and_so_does_that_to_its_repetition(guarded):
    answers = [post(guarded, "/api/orders/execute", GOOD, Idempotency_Key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 200]
    for number, answer in enumerate(answers):
        address = answer.json_body["streamUrl"]
        assert handshake(guarded, f"c{number}", address) == 200
        assert handshake(guarded, "d", address) == 401
    followed = guarded.subscriptions.of_order(answers[0].json_body["orderId"])
    assert [subscription.connection_id for subscription in followed] == ["c0", "c1"]


@pytest.mark.parametrize("path", ["", f"/{ORDER_ID}"])
def test_no_other_answer_holds_a_ticket(guarded, path):
    guarded.orders.orders[ORDER_ID] = an_order(account="alice")
    assert "ticket=" not in guarded.request("GET", f"/api/orders{path}").body.decode()


def test_an_order_is_accepted_although_its_ticket_can_not_be_stored(guarded):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    guarded.tickets.interrupt = refuse
    answer = post(guarded, "/api/orders/execute", GOOD)
    assert answer.status_code == 202
    assert answer.json_body["streamUrl"] == f"{STREAM}?orderId={answer.json_body['orderId']}"
    assert ticket(guarded).status_code == 503


def test_a_ticket_for_an_order_says_until_when_it_is_good(guarded):
    guarded.orders.orders[ORDER_ID] = an_order(account="alice")
    issued = ticket(guarded, orderId=ORDER_ID)
    assert (issued.status_code, issued.json_body["expiresAt"]) == (201, "2023-11-14T22:14:20.000Z")
    assert issued.json_body["streamUrl"].startswith(f"{STREAM}?orderId={ORDER_ID}&ticket=")
    assert handshake(guarded, "c", issued.json_body["streamUrl"]) == 200


def test_a_ticket_for_all_orders_opens_a_socket_of_all_orders(guarded):
    guarded.orders.orders[ORDER_ID] = an_order(account="alice")
    guarded.exposures.count(an_order(account="alice"), Limits(1_000, 100))
    assert handshake(guarded, "c", ticket(guarded).json_body["streamUrl"]) == 200
    assert guarded.connections.find("c").follows_all
    assert guarded.subscriptions.subscriptions[ORDER_ID, "c"].account_wide


@pytest.mark.promise("R12")
def test_a_ticket_for_another_accounts_order_is_a_404(guarded):
    guarded.orders.orders[ORDER_ID] = an_order(account="alice")
    guarded.gatekeeper.caller = BOB
    assert ticket(guarded, orderId=ORDER_ID).json_body["code"] == "ORDER_NOT_FOUND"
    bobs = ticket(guarded).json_body["streamUrl"]
    assert handshake(guarded, "c", f"{bobs}&orderId={ORDER_ID}") == 404
    assert guarded.subscriptions.subscriptions == {}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"orderId": "x"}, "ORDER_NOT_FOUND"),
        ({"orderId": 1}, "REQUEST_INVALID"),
        ({"order": ORDER_ID}, "REQUEST_INVALID"),
        ([], "REQUEST_INVALID"),
    ],
)
def test_a_wrong_wish_is_a_problem(guarded, wish, code):
    assert post(guarded, "/api/stream-tickets", wish).json_body["code"] == code


def test_a_socket_needs_a_ticket_or_a_key_and_says_nothing_of_orders_to_others(guarded):
    guarded.orders.orders[ORDER_ID] = an_order(account="alice")
    key = ManageKeys(guarded.keys, guarded.clock, FakeIdentifiers()).make("alice", "a key", [Scope.READ]).text
    for headers, status in (
        ({}, 401),
        ({"Authorization": f"Bearer {key}x"}, 401),
        ({"Authorization": key}, 401),
        ({"authorization": f"Bearer {key}"}, 200),
        ({"Authorization": f"Bearer {key}", "Origin": "https://evil.example"}, 403),
    ):
        assert handshake(guarded, "c", f"{STREAM}?orderId={ORDER_ID}", **headers) == status


def test_a_page_that_the_api_serves_opens_sockets_by_ticket(guarded):
    assert handshake(guarded, "c", ticket(guarded).json_body["streamUrl"], Origin=f"https://{HOST}") == 200
    refused = ticket(guarded).json_body["streamUrl"]
    assert handshake(guarded, "c", refused, Origin="https://evil.example") == 403


def test_a_full_account_is_refused_with_the_status_of_too_many_requests(guarded):
    small = fresh_desk(AUTH_MODE="keys", MAX_SOCKETS_PER_ACCOUNT="1")
    small.gatekeeper.caller = ALICE
    assert handshake(small, "c", ticket(small).json_body["streamUrl"]) == 200
    assert handshake(small, "d", ticket(small).json_body["streamUrl"]) == 429
    call(small, "disconnect", socket_event("c"))
    assert handshake(small, "d", ticket(small).json_body["streamUrl"]) == 200


def test_while_no_keys_are_asked_for_an_order_needs_no_ticket_and_all_orders_need_one(desk):
    accepted = post(desk, "/api/orders/execute", GOOD).json_body
    assert accepted["streamUrl"] == f"{STREAM}?orderId={accepted['orderId']}"
    assert handshake(desk, "c", accepted["streamUrl"]) == 200
    assert handshake(desk, "d", STREAM) == 404
    assert handshake(desk, "d", ticket(desk).json_body["streamUrl"]) == 200
    assert desk.connections.find("d").account == OPEN_CALLER.account


@pytest.mark.parametrize("origins", ["", "https://trader.example"])
def test_while_no_keys_are_asked_for_the_api_s_own_pages_open_sockets_whoever_else_may(desk, origins):
    asking = fresh_desk(AUTH_MODE="open", CORS_ALLOWED_ORIGINS=origins)
    order_id = post(asking, "/api/orders/execute", GOOD).json_body["orderId"]
    address = ticket(asking, orderId=order_id).json_body["streamUrl"]
    assert handshake(asking, "c", address, Origin=f"https://{HOST}") == 200
    stranger = handshake(asking, "d", f"{STREAM}?orderId={order_id}", Origin="https://else.example")
    assert stranger == (403 if origins else 200)


@pytest.mark.promise("R13")
def test_neither_a_ticket_nor_a_key_reaches_a_log(guarded, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    key = ManageKeys(guarded.keys, guarded.clock, FakeIdentifiers()).make("alice", "a key", [Scope.READ]).text
    address = post(guarded, "/api/orders/execute", GOOD).json_body["streamUrl"]
    texts = [
        parse_qs(urlsplit(url).query)["ticket"][0]
        for url in (address, ticket(guarded).json_body["streamUrl"])
    ]
    for number, url in enumerate([address, address, f"{STREAM}?ticket={texts[1]}&after=x", STREAM]):
        handshake(guarded, f"c{number}", url, Authorization=f"Bearer {key}")
    guarded.tickets.interrupt = lambda _method, _moment: 1 / 0
    assert handshake(guarded, "c", f"{STREAM}?ticket={texts[1]}", Authorization=f"Bearer {key}") == 500
    records = [vars(record) for record in caplog.records]
    logged = f"{''.join(capfd.readouterr())}{caplog.text}{records}"
    assert "invoked" in logged
    for secret in (*texts, key, key.rpartition("_")[2]):
        assert secret not in logged
