import json
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest

from oee import Refused, account_stream
from tests.unit.oee.answers import JOURNEY, ORDER_ID, Script, answer, client, events, order, problem
from tests.unit.oee.sockets import backfill, breaks_after, says, staged, update

OTHER_ID = ORDER_ID.replace("0001", "0002")
LOGS = events(*JOURNEY)
ACCOUNT_PONG = {"v": 1, "type": "pong"}


def of_other(message):
    return {**message, "orderId": OTHER_ID}


def tickets(stage, *others):
    """Each request for a ticket is answered with another one; other requests in between as given."""
    count = iter(range(1, 100))

    def issue():
        address = f"{stage.url.partition('?')[0]}?ticket=ticket-{next(count)}"
        return answer({"success": True, "streamUrl": address, "expiresAt": "2026-11-22T12:01:00.000Z"}, 201)()

    return Script(issue, *(each if callable(each) else issue for each in others), issue)


def followed(script, count):
    return [(order_id, told.document()) for order_id, told in islice(client(script).follow_all(), count)]


def used(stage):
    return [parse_qs(urlsplit(each.path).query)["ticket"][0] for each in stage.handshakes]


def test_each_event_of_every_order_comes_once_and_in_order():
    said = [
        backfill(*LOGS[:2]),
        of_other(backfill(LOGS[0])),
        *map(update, LOGS),
        ACCOUNT_PONG,
        of_other(update(LOGS[1])),
    ]
    with staged(says(*said)) as stage:
        assert followed(tickets(stage), 7) == [
            (ORDER_ID, LOGS[0]), (ORDER_ID, LOGS[1]), (OTHER_ID, LOGS[0]),
            (ORDER_ID, LOGS[2]), (ORDER_ID, LOGS[3]), (ORDER_ID, LOGS[4]), (OTHER_ID, LOGS[1]),
        ]  # fmt: skip


def test_after_a_break_a_new_ticket_opens_the_socket_and_open_orders_are_asked_for_again():
    def resumed(connection):
        stage.heard.append(json.loads(connection.recv()))
        connection.send(json.dumps(backfill(*LOGS[2:])))
        stage.hear(connection)

    first = breaks_after(backfill(*LOGS[:2]), of_other(backfill(*LOGS)))
    with staged(first, resumed) as stage:
        seen = followed(tickets(stage), 10)
        assert used(stage) == ["ticket-1", "ticket-2"]
    assert [told for order_id, told in seen if order_id == ORDER_ID] == LOGS
    assert stage.heard == [{"action": "subscribe", "orderId": ORDER_ID, "after": 2}]


def test_what_was_skipped_is_read_over_rest():
    with staged(says(backfill(LOGS[0]), update(LOGS[4]))) as stage:
        script = tickets(stage, answer(order(*JOURNEY)))
        assert followed(script, 5) == [(ORDER_ID, log) for log in LOGS]


def test_silence_is_answered_by_a_ping_and_then_by_another_socket(monkeypatch):
    for name in ("PING_SECONDS", "PONG_SECONDS"):
        monkeypatch.setattr(account_stream, name, 0.05)

    def deaf(connection):
        stage.hear(connection)

    with staged(deaf, says(backfill(LOGS[0]))) as stage:
        assert followed(tickets(stage), 1) == [(ORDER_ID, LOGS[0])]
        assert stage.heard == [{"action": "ping"}]


def test_a_refused_ticket_ends_it():
    with pytest.raises(Refused):
        followed(Script(problem(403, "SCOPE_MISSING")), 1)
