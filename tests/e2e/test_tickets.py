"""Sockets of an engine that asks for keys: tickets, one socket for all orders, limits, origins."""

import json
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from infra.local.waiting import wait_until
from tests.e2e.conftest import FASTER, PREFIX, running_stack
from tests.e2e.operating import key_holder
from tests.e2e.trader import FINAL, PATIENCE, follow, receive

pytestmark = pytest.mark.e2e

MOST_SOCKETS = 3
PAGE = "https://trader.example"
GUARDED = [
    *FASTER,
    "AUTH_MODE=keys",
    f"MAX_SOCKETS_PER_ACCOUNT={MOST_SOCKETS}",
    f"CORS_ALLOWED_ORIGINS={PAGE}",
]
JOURNEY = [1, 2, 3, 4, 5]


def ticket(trader, **wish):
    return trader.request("POST", "/api/stream-tickets", json=wish)


@pytest.fixture(scope="module")
def guarded():
    with running_stack(f"{PREFIX}{os.getpid()}-tickets", GUARDED) as stack:
        yield stack


@pytest.fixture
def alice(guarded):
    """A trader of an account that has no sockets yet."""
    return key_holder(guarded, f"alice-{uuid4().hex[:8]}", "trade")


def is_refused(address, **headers):
    try:
        with connect(address, proxy=None, open_timeout=PATIENCE, additional_headers=headers):
            return False
    except InvalidStatus:
        return True


def test_the_address_of_a_new_order_opens_one_socket_and_each_ticket_one_more(alice):
    accepted = alice.place().json()
    seen = alice.follow(accepted["streamUrl"])
    assert [event["sequence"] for event in seen] == JOURNEY
    assert is_refused(accepted["streamUrl"])
    again = ticket(alice, orderId=accepted["orderId"])
    assert again.status_code == 201
    assert alice.follow(again.json()["streamUrl"]) == seen


@pytest.mark.promise("R12")
def test_an_order_is_followed_by_its_own_account_only(alice, guarded):
    accepted = alice.place().json()
    mine, others = accepted["orderId"], alice.place().json()["orderId"]
    bob = key_holder(guarded, "bob", "trade")
    assert (ticket(bob, orderId=mine).status_code, ticket(bob, orderId=mine).json()["code"]) == (
        404,
        "ORDER_NOT_FOUND",
    )
    bobs_ticket = urlsplit(ticket(bob).json()["streamUrl"]).query
    assert is_refused(f"{guarded.stream_url}?{bobs_ticket}&orderId={mine}")
    assert is_refused(f"{guarded.stream_url}?orderId={mine}", **bob.headers)
    assert is_refused(f"{guarded.stream_url}?orderId={mine}")
    assert is_refused(accepted["streamUrl"].replace(mine, others))
    with follow(ticket(alice, orderId=mine).json()["streamUrl"]) as socket:
        receive(socket)
        socket.send(json.dumps({"action": "subscribe", "orderId": others}))
        while (message := receive(socket))["type"] != "error":
            assert message["orderId"] == mine
        assert message["code"] == "ORDER_NOT_FOUND"


@pytest.mark.promise("R9")
@pytest.mark.parametrize("by", ["ticket", "key"])
def test_one_socket_tells_all_orders_from_their_first_event_to_their_last(alice, guarded, by):
    before = alice.place().json()["orderId"]
    address, headers = guarded.stream_url, alice.headers
    if by == "ticket":
        address, headers = ticket(alice).json()["streamUrl"], {}
    with connect(address, proxy=None, open_timeout=PATIENCE, additional_headers=headers) as socket:
        after = alice.place().json()["orderId"]
        seen: dict[str, list[int]] = {before: [], after: []}
        last: dict[str, str] = {}
        while set(last) != {before, after}:
            message = receive(socket)
            for event in message["logs"] if message["type"] == "backfill" else [message]:
                known = seen[message["orderId"]]
                if event["sequence"] == len(known) + 1:
                    known.append(event["sequence"])
                if event["status"] in FINAL:
                    last[message["orderId"]] = event["status"]
        assert seen == {before: JOURNEY, after: JOURNEY}
        assert set(last.values()) == {"confirmed"}

        def is_quiet():
            socket.send('{"action":"ping"}')
            return receive(socket) == {"v": 1, "type": "pong"} or None

        assert wait_until(is_quiet, PATIENCE)


@pytest.mark.promise("R9")
def test_the_command_line_follows_all_orders_by_its_key(alice, guarded):
    environment = {**os.environ, "OEE_URL": guarded.rest_url, "OEE_API_KEY": alice.api_key}
    command = [sys.executable, "-m", "oee", "watch", "--all", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as watching:  # noqa: S603 - our own
        try:
            lines = heard(watching.stdout)
            assert wait_until(lambda: (alice.place() and lines) or None, PATIENCE)  # by now it is open
            placed = alice.place().json()["orderId"]
            assert wait_until(lambda: is_over(lines, placed) or None, PATIENCE)
        finally:
            watching.terminate()
    assert [line["sequence"] for line in lines if line["orderId"] == placed] == JOURNEY


def heard(output):
    """What a command says from now on, line by line."""
    lines: list[dict[str, Any]] = []

    def one_by_one():
        for line in output:
            lines.append(json.loads(line))  # noqa: PERF401 - it grows while it is read

    threading.Thread(target=one_by_one, daemon=True).start()
    return lines


def is_over(lines, order_id):
    return any(line["orderId"] == order_id and line["status"] in FINAL for line in list(lines))


def test_a_socket_over_the_limit_is_refused_until_another_closes(alice, guarded):
    addresses = [ticket(alice).json()["streamUrl"] for _ in range(MOST_SOCKETS + 1)]
    with ExitStack() as open_sockets:
        for address in addresses[:-1]:
            open_sockets.enter_context(follow(address))
        assert is_refused(addresses[-1])
    assert wait_until(lambda: not is_refused(guarded.stream_url, **alice.headers) or None, PATIENCE)


def test_pages_of_other_origins_open_no_socket(alice, guarded):
    host = urlsplit(guarded.rest_url)
    own = f"{host.scheme}://{host.netloc}"
    for origin, refused in ((PAGE, False), (own, False), ("https://evil.example", True)):
        assert is_refused(ticket(alice).json()["streamUrl"], Origin=origin) == refused
    assert is_refused(guarded.stream_url, Origin="https://evil.example", **alice.headers)


def test_a_ticket_that_is_too_old_opens_nothing():
    with running_stack(f"{PREFIX}{os.getpid()}-late", [*GUARDED, "TICKET_SECONDS=1"]) as stack:
        carol = key_holder(stack, "carol", "trade")

        def expiry():
            return datetime.fromisoformat(ticket(carol).json()["expiresAt"])

        issued = ticket(carol).json()
        over = datetime.fromisoformat(issued["expiresAt"]) + timedelta(seconds=1)
        assert wait_until(lambda: expiry() >= over or None, PATIENCE)  # a new ticket's says what time it is
        assert is_refused(issued["streamUrl"])
