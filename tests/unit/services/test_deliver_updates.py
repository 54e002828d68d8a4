"""Pushes that fail or hang: what was not taken is sent again unasked, and no other socket waits for it."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.subscription import MOST_FAILED_PUSHES
from chalicelib.domain.transitions import start_routing
from chalicelib.errors import PushUnavailable, StorageUnavailable
from tests.fakes.examples import ORDER_ID
from tests.fakes.interruption import undisturbed
from tests.fakes.push import RecordingPushGateway
from tests.fakes.wire import PENDING, Wire

ROUTING = start_routing(PENDING, Stamp(2_000, "write-2"))
KEY = (ORDER_ID, "socket")


class HangingGateway(RecordingPushGateway):
    """Posts to the sockets of `hanging` wait for an event; `arrived` tells what got its message."""

    def __init__(self) -> None:
        super().__init__()
        self.hanging: dict[str, threading.Event] = {}
        self.arrived: defaultdict[str, threading.Event] = defaultdict(threading.Event)

    def post(self, connection_id: str, message: bytes) -> None:
        if connection_id in self.hanging:
            assert self.hanging[connection_id].wait(10)
        super().post(connection_id, message)
        self.arrived[connection_id].set()


def fail(wire: Wire, times: int) -> None:
    """Let the gateway take none of the next so many messages."""
    left = [None] * times

    def refuse(_method: str, moment: str) -> None:
        if moment == "before" and left:
            left.pop()
            raise PushUnavailable("throttled")

    wire.gateway.interrupt = refuse


def follow(wire: Wire, *sockets: str) -> None:
    """Let these sockets follow the order and have all that there is."""
    for socket in sockets:
        wire.connect(socket)
    wire.backfill()


@pytest.mark.promise("R9")
def test_an_event_that_the_gateway_did_not_take_is_sent_again_without_a_ping() -> None:
    wire = Wire()
    follow(wire, "socket")
    fail(wire, 1)
    wire.move(ROUTING)
    assert wire.sequences() == [1]
    wire.backfill()
    assert wire.sequences() == [1, 2]
    assert wire.subscriptions.subscriptions[KEY].failed_pushes == 0


def test_a_gateway_that_takes_nothing_is_asked_six_times_in_all() -> None:
    wire = Wire()
    follow(wire, "socket")
    tried = len(wire.gateway.attempts)
    fail(wire, 100)
    wire.move(ROUTING)
    while wire.subscriptions.backfills_due:
        wire.backfill()
    assert len(wire.gateway.attempts) - tried == 6


@pytest.mark.promise("R9")
def test_the_next_event_brings_along_what_was_given_up() -> None:
    wire = Wire()
    follow(wire, "socket")
    fail(wire, 1 + MOST_FAILED_PUSHES)
    wire.move(ROUTING)
    while wire.subscriptions.backfills_due:
        wire.backfill()
    wire.move(start_routing(ROUTING, Stamp(3_000, "write-3")))
    assert wire.sequences() == [1, 2, 3]


def test_a_table_that_does_not_answer_leaves_a_failed_push_to_the_next_event() -> None:
    wire = Wire()
    follow(wire, "socket")
    fail(wire, 1)

    def refuse(method: str, _moment: str) -> None:
        if method == "request_backfill":
            raise StorageUnavailable("down")

    wire.subscriptions.interrupt = refuse
    assert wire.move(ROUTING) == frozenset()
    wire.move(start_routing(ROUTING, Stamp(3_000, "write-3")))
    assert wire.sequences() == [1, 2, 3]


@pytest.mark.promise("R17")
def test_a_socket_that_hangs_keeps_no_other_waiting() -> None:
    gateway = HangingGateway()
    with ThreadPoolExecutor(2) as threads:
        wire = Wire(threads, gateway=gateway)
        follow(wire, "hung", "fine")
        gateway.arrived.clear()
        gateway.hanging["hung"] = gateway.arrived["fine"]
        wire.move(ROUTING)
    assert wire.sequences("fine") == wire.sequences("hung") == [1, 2]


@pytest.mark.promise("R9")
def test_what_hangs_and_what_waits_for_its_thread_is_asked_for_again() -> None:
    gateway = HangingGateway()
    with ThreadPoolExecutor(1) as threads:
        wire = Wire(threads, patience_ms=0, gateway=gateway)
        for socket in ("hung", "late"):
            wire.connect(socket)
        gateway.hanging["hung"] = threading.Event()
        wire.backfill()
        assert wire.subscriptions.backfills_due == [(ORDER_ID, "hung"), (ORDER_ID, "late")]
        gateway.hanging["hung"].set()


def test_an_error_that_nobody_expects_is_recorded_and_keeps_no_other_waiting() -> None:
    wire = Wire()
    follow(wire, "socket", "fine")
    broken = ZeroDivisionError("a defect")

    def break_down(_method: str, moment: str) -> None:
        if moment == "before":
            wire.gateway.interrupt = undisturbed
            raise broken

    wire.gateway.interrupt = break_down
    assert wire.move(ROUTING) == frozenset()
    assert ("record_failed", "delivery", broken) in wire.telemetry.records
    assert sorted([wire.sequences("socket"), wire.sequences("fine")]) == [[1], [1, 2]]
