"""Pushing an order's events to the sockets that follow it."""

import pytest

from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.transitions import start_routing
from chalicelib.errors import PushUnavailable, StorageUnavailable, UnsupportedSchemaVersion
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.wire import PENDING, Wire

ROUTING = start_routing(PENDING, Stamp(2_000, "write-2"))


@pytest.fixture
def wire():
    return Wire()


@pytest.mark.promise("R9")
def test_a_new_subscription_gets_the_backfill_without_saying_anything(wire):
    wire.connect()
    wire.backfill()
    [message] = wire.gateway.messages("socket")
    assert (message["type"], message["status"], message["sequence"]) == ("backfill", "pending", 1)
    assert [log["status"] for log in message["logs"]] == ["pending"]


@pytest.mark.promise("R9")
def test_every_later_event_follows_in_order(wire):
    wire.connect()
    wire.backfill()
    wire.move(ROUTING)
    last = wire.gateway.messages("socket")[-1]
    assert (last["type"], last["orderId"], last["status"]) == ("status_update", ORDER_ID, "routing")
    assert wire.sequences() == [1, 2]


@pytest.mark.promise("R9")
def test_events_whose_records_were_missed_are_sent_with_the_next_one(wire):
    wire.connect()
    wire.backfill()
    wire.orders.save(ROUTING)
    later = start_routing(ROUTING, Stamp(3_000, "write-3"))
    wire.move(later)
    assert wire.sequences() == [1, 2, 3]


def test_a_record_that_comes_twice_is_sent_once(wire):
    wire.connect()
    wire.backfill()
    wire.move(ROUTING)
    wire.publisher.publish([ROUTING, PENDING])
    assert wire.sequences() == [1, 2]


@pytest.mark.promise("R9")
def test_a_client_that_resumes_gets_what_it_has_not_seen(wire):
    wire.orders.save(ROUTING)
    wire.connect(after=1)
    wire.backfill()
    assert wire.sequences() == [2]


@pytest.mark.promise("R9")
def test_a_socket_that_opens_late_is_waited_for(wire):
    wire.connect(open_after=3)
    wire.backfill()
    assert wire.sequences() == [1]


def test_a_socket_that_stays_shut_costs_300_ms_in_all_and_keeps_its_subscription(wire):
    wire.connect("a", open_after=1_000)
    wire.connect("b", open_after=1_000)
    wire.backfill()
    assert sum(wire.clock.sleeps) == 300
    assert len(wire.subscriptions.of_order(ORDER_ID)) == 2
    wire.gateway.open("a")
    wire.move(ROUTING)
    assert wire.sequences("a") == [1, 2]


def test_a_ping_sends_what_was_left_unsent(wire):
    wire.connect(open_after=1_000)
    wire.backfill()
    wire.gateway.open("socket")
    [order] = wire.subscribe.ping("socket")
    assert order == PENDING
    wire.backfill()
    assert wire.sequences() == [1]


def test_a_ping_passes_over_an_order_that_can_not_be_read(wire):
    wire.connect()
    wire.orders.unreadable = {ORDER_ID}
    assert list(wire.subscribe.ping("socket")) == []
    wire.orders.unreadable = set()
    assert len(wire.subscribe.ping("socket")) == 1


def test_a_ping_of_a_socket_that_has_all_sends_nothing_again(wire):
    wire.connect()
    wire.backfill()
    wire.subscribe.ping("socket")
    assert wire.subscriptions.backfills_due == []


def test_a_socket_that_is_gone_is_forgotten_after_five_seconds(wire):
    wire.connect()
    wire.backfill()
    wire.gateway.close("socket")
    wire.clock.advance(5_000)
    wire.move(ROUTING)
    assert wire.subscriptions.of_order(ORDER_ID) == []


@pytest.mark.promise("R17")
def test_a_broken_socket_does_not_keep_the_others_waiting(wire):
    wire.connect("broken")
    wire.connect("fine")

    def break_one(_method, _moment):
        if wire.gateway.attempts[-1] == "broken":
            raise PushUnavailable("boom")

    wire.gateway.interrupt = break_one
    wire.backfill()
    assert wire.sequences("fine") == [1]
    assert wire.subscriptions.subscriptions[ORDER_ID, "broken"].delivered == 0


@pytest.mark.promise("R17")
def test_an_order_that_is_unknown_does_not_keep_the_others_waiting(wire):
    wire.connect()
    assert wire.publisher.backfill([("no-such-order", "x"), (ORDER_ID, "socket")]) == frozenset()
    assert wire.sequences() == [1]


def test_a_table_that_does_not_answer_is_named_for_another_try(wire):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    wire.connect()
    wire.subscriptions.interrupt = refuse
    assert wire.publisher.publish([PENDING]) == {ORDER_ID}
    assert wire.publisher.backfill([(ORDER_ID, "socket")]) == {ORDER_ID}


def test_a_subscription_that_was_re_armed_meanwhile_keeps_its_arm(wire):
    wire.connect()

    def rearm(method, moment):
        if (method, moment) == ("raise_delivered", "before"):
            wire.subscriptions.interrupt = lambda *_: None
            wire.clock.advance(1)
            wire.subscribe.follow("socket", ORDER_ID, after=0)

    wire.subscriptions.interrupt = rearm
    wire.backfill()
    assert wire.subscriptions.subscriptions[ORDER_ID, "socket"].backfill_due


@pytest.mark.promise("R9")
def test_a_client_that_claims_more_than_there_is_misses_nothing_that_follows(wire):
    wire.connect(after=99)
    wire.backfill()
    wire.move(ROUTING)
    assert wire.sequences() == [2]


@pytest.mark.promise("R17")
def test_a_delivery_that_breaks_unexpectedly_does_not_keep_the_others_waiting(wire):
    wire.connect("broken")
    wire.connect("fine")

    def break_one(_method, _moment):
        if wire.gateway.attempts[-1] == "broken":
            raise ZeroDivisionError

    wire.gateway.interrupt = break_one
    wire.backfill()
    assert wire.sequences("fine") == [1]


def test_a_closed_socket_is_forgotten(wire):
    wire.connect()
    wire.subscribe.leave("socket")
    assert wire.subscriptions.of_order(ORDER_ID) == []


def test_a_backfill_serves_those_that_asked_for_it_and_no_others(wire):
    wire.connect("served")
    wire.backfill()
    wire.connect("asked")
    wire.connect("asks later")
    assert wire.publisher.backfill([(ORDER_ID, "served"), (ORDER_ID, "asked")]) == frozenset()
    assert [wire.sequences(name) for name in ("served", "asked", "asks later")] == [[1], [1], []]


OTHER_ID = ORDER_ID.replace("1", "2")


@pytest.mark.promise("R17")
@pytest.mark.parametrize("broken", [ORDER_ID, OTHER_ID])
@pytest.mark.parametrize(
    ("error", "comes_again"), [(StorageUnavailable("down"), True), (UnsupportedSchemaVersion("newer"), False)]
)
def test_an_order_that_can_not_be_read_keeps_no_other_from_its_backfill(wire, broken, error, comes_again):
    [fine] = {ORDER_ID, OTHER_ID} - {broken}
    wire.orders.create(an_order(OTHER_ID), None)
    for order_id in (ORDER_ID, OTHER_ID):
        wire.connect(order_id, order_id=order_id)
    get = wire.orders.get

    def read(order_id):
        if order_id == broken:
            raise error
        return get(order_id)

    wire.orders.get = read
    due = [(ORDER_ID, ORDER_ID), (OTHER_ID, OTHER_ID)]
    assert wire.publisher.backfill(due) == (frozenset({broken}) if comes_again else frozenset())
    assert (wire.sequences(fine), wire.sequences(broken)) == ([1], [])
    assert wire.telemetry.named("record_failed") == ([] if comes_again else [("subscription", error)])


@pytest.mark.promise("R17")
@pytest.mark.parametrize("broken", [ORDER_ID, OTHER_ID])
def test_subscriptions_that_can_not_be_read_keep_no_other_order_from_its_updates(wire, broken):
    [fine] = {ORDER_ID, OTHER_ID} - {broken}
    images = [an_order(ORDER_ID), an_order(OTHER_ID)]
    wire.orders.create(images[1], None)
    for order_id in (ORDER_ID, OTHER_ID):
        wire.connect(order_id, order_id=order_id)
    of_order = wire.subscriptions.of_order

    def read(order_id):
        if order_id == broken:
            raise StorageUnavailable("down")
        return of_order(order_id)

    wire.subscriptions.of_order = read
    assert wire.publisher.publish(images) == {broken}
    assert (wire.sequences(fine), wire.sequences(broken)) == ([1], [])


def test_the_newest_image_of_an_order_is_told_whichever_comes_first(wire):
    for images in ([PENDING, ROUTING], [ROUTING, PENDING]):
        connection_id = str(images[0].version)
        wire.connect(connection_id)
        wire.publisher.publish(images)
        assert wire.sequences(connection_id) == [1, 2]


@pytest.mark.parametrize(("age_at_the_last_try", "is_kept"), [(4_999, True), (5_000, False)])
def test_a_socket_that_is_gone_is_kept_while_it_may_still_open(wire, age_at_the_last_try, is_kept):
    wire.connect()
    wire.backfill()
    wire.gateway.close("socket")
    wire.clock.advance(age_at_the_last_try - 300)
    wire.move(ROUTING)
    assert bool(wire.subscriptions.of_order(ORDER_ID)) is is_kept


@pytest.mark.promise("R17")
@pytest.mark.parametrize("store", ["subscriptions", "connections"])
def test_a_socket_that_can_not_be_forgotten_keeps_no_other_waiting(wire, store):
    for name in ("gone", "open"):
        wire.connect(name)
    wire.backfill()
    wire.gateway.close("gone")
    wire.clock.advance(5_000)

    def refuse(method, _moment):
        if method == "remove":
            raise StorageUnavailable("down")

    getattr(wire, store).interrupt = refuse
    assert wire.move(ROUTING) == frozenset()
    assert wire.sequences("open") == [1, 2]
    skipped = wire.telemetry.named("subscription_skipped")
    assert skipped == [("gone", "gone"), ("gone", "STORAGE_UNAVAILABLE")]
