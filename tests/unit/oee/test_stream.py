import json

import pytest

from oee import Refused, Unreachable, stream
from oee.records import Accepted
from tests.unit.oee.answers import (
    JOURNEY,
    ORDER_ID,
    Script,
    Waits,
    accepted,
    answer,
    client,
    events,
    lost,
    order,
    problem,
)
from tests.unit.oee.sockets import backfill, breaks_after, pong, refuse, says, staged, update

LOGS = events(*JOURNEY)
UNASKED = Script(problem(500, "REST_WAS_NOT_TO_BE_ASKED"))


def watch(stage, rest=UNASKED, waits=None, after=0, seconds=60, **options):
    """What is seen of the order."""
    watched = Accepted.model_validate(accepted(stage.url))
    seen = client(rest, waits, seconds, **options).watch(watched, after=after)
    return [event.document() for event in seen]


@pytest.fixture
def impatient(monkeypatch):
    """Silence is noticed at once."""
    for name in ("PING_SECONDS", "FIRST_WORD_SECONDS"):
        monkeypatch.setattr(stream, name, 0.02)


def test_each_event_comes_once_in_order_to_the_final_one():
    with staged(says(backfill(*LOGS[:2]), *map(update, LOGS[2:]))) as stage:
        assert watch(stage) == LOGS


def test_a_broken_socket_is_resumed_after_the_last_event():
    scenes = breaks_after(backfill(*LOGS[:2])), breaks_after(update(LOGS[2])), says(backfill(*LOGS[3:]))
    with staged(*scenes) as stage:
        assert watch(stage) == LOGS
        assert stage.afters == [0, 2, 3]


def test_a_socket_that_the_server_closes_is_resumed_too():
    def ends(connection):
        connection.send(json.dumps(backfill(*LOGS[:4])))

    with staged(ends, says(backfill(LOGS[4]))) as stage:
        assert watch(stage) == LOGS
        assert stage.afters == [0, 4]


def test_what_comes_twice_is_dropped():
    twice = [update(log) for log in LOGS for _ in range(2)]
    with staged(says(backfill(*LOGS[:3]), backfill(*LOGS[:2]), *twice)) as stage:
        assert watch(stage) == LOGS


@pytest.mark.parametrize("told", [[0, 2, 1, 3, 4], [0, 4], [4], [3, 0, 1, 2, 4]])
def test_what_was_skipped_is_read_over_rest(told):
    with staged(says(*(update(LOGS[index]) for index in told))) as stage:
        assert watch(stage, Script(answer(order(*JOURNEY[:4])), answer(order(*JOURNEY)))) == LOGS
        assert len(stage.handshakes) == 1


@pytest.mark.parametrize(
    "garbage", ["nonsense", "[]", "5", b"\xff\xfe", '{"type":"backfill","v":1}', "[" * 10_000]
)
def test_garbage_does_not_hide_what_happened(garbage):
    with staged(says(backfill(*LOGS[:2]), garbage), says(garbage), says(backfill(*LOGS[3:]))) as stage:
        assert watch(stage, Script(answer(order(*JOURNEY[:3])))) == LOGS
        assert stage.afters == [0, 2, 3]


def test_a_newer_message_is_not_guessed_at():
    newer = {**backfill(*LOGS), "v": 2}
    with staged(says(newer)) as stage:
        assert watch(stage, Script(answer(order("pending", "routing", "failed")))) == events(
            "pending", "routing", "failed"
        )


def test_what_says_nothing_of_the_order_is_passed_over():
    other = {**backfill(*events("pending", "failed")), "orderId": "another"}
    with staged(
        says({"v": 1, "type": "error", "code": "X"}, {"type": "news"}, other, backfill(*LOGS))
    ) as stage:
        assert watch(stage) == LOGS


@pytest.mark.usefixtures("impatient")
def test_a_pong_that_is_ahead_brings_what_was_lost():
    def scene(connection):
        connection.send(json.dumps(backfill(*LOGS[:4])))
        stage.heard.append(json.loads(connection.recv()))
        connection.send(json.dumps(pong(5, "confirmed")))
        stage.hear(connection)

    with staged(scene) as stage:
        assert watch(stage, Script(answer(order(*JOURNEY)))) == LOGS
    assert stage.heard == [{"action": "ping"}]


@pytest.mark.usefixtures("impatient")
def test_a_socket_without_a_first_word_is_asked():
    def scene(connection):
        connection.recv()
        connection.send(json.dumps(backfill(*LOGS)))
        stage.hear(connection)

    with staged(scene) as stage:
        assert watch(stage) == LOGS


@pytest.mark.usefixtures("impatient")
def test_a_socket_that_does_not_answer_a_ping_is_given_up(monkeypatch):
    monkeypatch.setattr(stream, "PONG_SECONDS", 0.02)
    with staged(says(backfill(*LOGS[:2])), says(backfill(*LOGS[2:]))) as stage:
        assert watch(stage) == LOGS
        assert stage.afters == [0, 2]


def test_an_order_that_is_over_ends_at_once_whatever_is_asked_for():
    with staged(says(backfill(*LOGS, logs=[]))) as stage:
        assert watch(stage, after=5) == watch(stage, after=99) == []


def test_a_refused_handshake_is_explained_by_rest():
    with staged(refuse) as stage, pytest.raises(Refused) as refused:
        watch(stage, Script(problem(404, "ORDER_NOT_FOUND")))
    assert refused.value.code == "ORDER_NOT_FOUND"


def test_an_order_is_followed_over_rest_where_no_socket_can_be_opened():
    waits = Waits()
    stages = [answer(order(*JOURNEY[:count])) for count in (1, 1, 1, 4, 5)]
    with staged(refuse) as stage:
        assert watch(stage, Script(*stages), waits) == LOGS
    assert waits.seconds == [0.5, 1, 2, 4, 5]


def test_a_server_that_is_gone_for_good_is_an_error_within_patience():
    waits = Waits()
    told = []
    began = waits.now
    with staged(breaks_after(backfill(*LOGS[:2])), refuse) as stage, pytest.raises(Unreachable):
        watch(
            stage, Script(lost()), waits, seconds=20, on_trouble=lambda error, _wait: told.append(str(error))
        )
    assert waits.now - began <= 21
    assert told[0].startswith("The stream broke: ")
    assert told[-1].startswith("No answer from ")


def test_an_order_is_followed_over_rest_when_nobody_is_where_the_socket_should_be():
    with staged(refuse) as stage:
        pass
    assert watch(stage, Script(answer(order(*JOURNEY)))) == LOGS


def test_a_proxy_that_no_socket_can_go_through_leaves_rest(monkeypatch):
    for name in ("SOCKS_PROXY", "socks_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    followed = client(Script(answer(order(*JOURNEY)))).watch(Accepted.model_validate(accepted()))
    assert [event.document() for event in followed] == LOGS


def test_an_order_is_found_by_its_id():
    with staged(says(backfill(*LOGS))) as stage:
        rest = Script(answer(order("pending", stream_url=stage.url)))
        assert [event.status for event in client(rest).watch(ORDER_ID)] == list(JOURNEY)


def test_an_api_key_opens_each_socket_and_a_ticket_none_because_it_would_open_only_one():
    with staged(breaks_after(backfill(*LOGS[:2])), says(backfill(*LOGS[2:]))) as stage:
        stage.url += "&ticket=once"
        assert watch(stage, api_key="oee_1_s") == LOGS
        assert [each.headers["Authorization"] for each in stage.handshakes] == ["Bearer oee_1_s"] * 2
        assert not [each for each in stage.handshakes if "ticket" in each.path]
        assert all(f"orderId={ORDER_ID}" in each.path for each in stage.handshakes)


def test_headers_go_with_the_handshake():
    with staged(says(backfill(*LOGS))) as stage:
        watch(stage, headers={"X-Caller": "me"})
        assert stage.handshakes[0].headers["X-Caller"] == "me"
