import json
from collections.abc import Iterator
from itertools import chain, count, islice, repeat
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oee import Refused, account_stream
from tests.unit.oee.answers import JOURNEY, ORDER_ID, Script, answer, client, events, order, problem
from tests.unit.oee.sockets import backfill, breaks_after, refuse, says, staged, update

OTHER_ID = ORDER_ID.replace("0001", "0002")
LOGS = events(*JOURNEY)
ACCOUNT_PONG = {"v": 1, "type": "pong"}


def of_other(message):
    return {**message, "orderId": OTHER_ID}


class Rest(Script):
    """Each request for a ticket is answered with another one; the list of orders is each of `lists`, newest
    first, the last one for good; that of the open ones is `open_now`, or the next of it; any order that is
    read is `read`, or the next of it.
    """

    def __init__(self, stage, *lists, read=None, open_now=()):
        super().__init__()
        self._url = stage.url.partition("?")[0]
        self._open_now = open_now
        self._lists = list(lists) or [[]]
        self._read = read
        self._tickets = count(1)

    def __call__(self, request):
        self.requests.append(request)
        if request.method == "POST":
            ticket = f"{self._url}?ticket=ticket-{next(self._tickets)}"
            return answer({"streamUrl": ticket}, 201)()
        if request.url.params.get("status") == "open":
            orders = next(self._open_now) if isinstance(self._open_now, Iterator) else self._open_now
            return answer({"orders": orders, "nextCursor": None})()
        if request.url.path.endswith("/api/orders"):
            orders = self._lists.pop(0) if len(self._lists) > 1 else self._lists[0]
            return answer({"orders": orders, "nextCursor": None})()
        return answer(next(self._read) if isinstance(self._read, Iterator) else self._read)()


def followed(script, how_many):
    return [(order_id, told.document()) for order_id, told in islice(client(script).follow_all(), how_many)]


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
        assert followed(Rest(stage), 7) == [
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
        seen = followed(Rest(stage), 10)
        assert used(stage) == ["ticket-1", "ticket-2"]
    assert [told for order_id, told in seen if order_id == ORDER_ID] == LOGS
    assert stage.heard == [{"action": "subscribe", "orderId": ORDER_ID, "after": 2}]


def test_what_was_skipped_is_read_over_rest():
    with staged(says(backfill(LOGS[0]), update(LOGS[4]))) as stage:
        script = Rest(stage, read=order(*JOURNEY))
        assert followed(script, 5) == [(ORDER_ID, log) for log in LOGS]


def test_silence_is_answered_by_a_ping_and_then_by_another_socket(monkeypatch):
    for name in ("PING_SECONDS", "FIRST_WORD_SECONDS", "PONG_SECONDS"):
        monkeypatch.setattr(account_stream, name, 0.05)

    def deaf(connection):
        stage.hear(connection)

    with staged(deaf, says(backfill(LOGS[0]))) as stage:
        assert followed(Rest(stage), 1) == [(ORDER_ID, LOGS[0])]
        assert stage.heard == [{"action": "ping"}]


def test_while_no_order_is_open_pings_are_few_and_keep_the_socket(monkeypatch):
    monkeypatch.setattr(account_stream, "PING_SECONDS", 300)
    for name in ("IDLE_PING_SECONDS", "PONG_SECONDS"):
        monkeypatch.setattr(account_stream, name, 0.05)

    def deaf_in_the_end(connection):
        connection.send(json.dumps(backfill(*LOGS)))
        stage.hear(connection)

    with staged(deaf_in_the_end, says(of_other(backfill(LOGS[0])))) as stage:
        assert followed(Rest(stage), 6)[-1] == (OTHER_ID, LOGS[0])
        assert stage.heard == [{"action": "ping"}]


def test_an_order_that_began_and_ended_while_no_socket_was_open_is_told():
    missed = of_other(order("pending", "cancelled"))
    first = breaks_after(backfill(*LOGS[:2]))
    with staged(first, says(backfill(*LOGS[2:]))) as stage:
        open_one = order(*JOURNEY[:2])
        seen = followed(Rest(stage, [], [open_one], [missed, open_one]), 7)
    assert [told for order_id, told in seen if order_id == ORDER_ID] == LOGS
    assert [told for order_id, told in seen if order_id == OTHER_ID] == events("pending", "cancelled")


def test_orders_that_ended_before_it_began_are_not_told():
    over = of_other(order("pending", "cancelled"))
    with staged(breaks_after(backfill(*LOGS[:2])), says(backfill(*LOGS[2:]))) as stage:
        assert followed(Rest(stage, [over]), 5) == [(ORDER_ID, log) for log in LOGS]


def test_the_list_of_orders_is_read_back_to_the_last_word_and_no_further():
    long_ago = of_other(order("pending", "cancelled", acceptedAt="2026-11-22T18:30:00.000Z"))
    with staged(breaks_after(backfill(*LOGS[:2])), says(backfill(*LOGS[2:]))) as stage:
        lists = [order("pending")], [order("pending")], [order("pending"), long_ago]
        assert followed(Rest(stage, *lists), 5) == [(ORDER_ID, log) for log in LOGS]


def test_without_sockets_all_orders_are_followed_over_rest():
    newer = of_other(order("pending", "cancelled"))
    lists: Any = [], [order(*JOURNEY[:2])], [newer, order(*JOURNEY[:3])], [newer, order(*JOURNEY)]
    with staged(refuse) as stage:
        seen = followed(Rest(stage, *lists), 7)
        assert len(stage.handshakes) == 3
    assert [told for order_id, told in seen if order_id == ORDER_ID] == LOGS
    assert [told for order_id, told in seen if order_id == OTHER_ID] == events("pending", "cancelled")


def test_orders_that_were_open_long_before_are_followed_over_rest_by_the_page_until_they_end():
    long_ago = {"acceptedAt": "2026-11-22T18:00:00.000Z"}
    waiting = of_other(order("armed", **long_ago))
    open_now = ([order(*JOURNEY[:length], **long_ago), waiting] for length in (1, 2, 3, 4))
    with staged(refuse) as stage:
        script = Rest(
            stage,
            [order("pending", "cancelled", orderId=ORDER_ID.replace("0001", "0003"))],
            read=order(*JOURNEY, **long_ago),
            open_now=chain(open_now, repeat([waiting])),
        )
        seen = followed(script, 6)
    assert [told for order_id, told in seen if order_id == ORDER_ID] == LOGS
    assert [told for order_id, told in seen if order_id == OTHER_ID] == events("armed")
    alone = [request.url.path for request in script.requests if "/api/orders/" in request.url.path]
    assert alone == [f"/dev/api/orders/{ORDER_ID}"]


def test_an_older_answer_changes_nothing():
    lists: Any = [], [order(*JOURNEY[:4])], [order(*JOURNEY[:2])], [order("pending")], [order(*JOURNEY)]
    with staged(refuse) as stage:
        assert followed(Rest(stage, *lists), 5) == [(ORDER_ID, log) for log in LOGS]


def test_a_socket_that_goes_mute_hides_nothing(monkeypatch):
    for name in ("PING_SECONDS", "FIRST_WORD_SECONDS", "PONG_SECONDS"):
        monkeypatch.setattr(account_stream, name, 0.05)
    lists: Any = [], [order("pending")], [order(*JOURNEY)]
    with staged(says()) as stage:
        assert followed(Rest(stage, *lists), 5) == [(ORDER_ID, log) for log in LOGS]
        assert len(stage.handshakes) == 1


def test_the_callers_headers_go_with_each_handshake():
    with staged(says(backfill(*LOGS))) as stage:
        list(islice(client(Rest(stage), headers={"X-Caller": "me"}).follow_all(), 1))
        assert stage.handshakes[0].headers["X-Caller"] == "me"


def test_a_refused_ticket_ends_it():
    with pytest.raises(Refused):
        followed(Script(problem(403, "SCOPE_MISSING")), 1)
