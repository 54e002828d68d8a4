"""Finding the orders that were left behind."""

from dataclasses import replace
from itertools import pairwise

import pytest

from chalicelib.domain.backlog import Slots
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Status
from chalicelib.domain.submission import Submission
from chalicelib.domain.transitions import cancel
from chalicelib.errors import QueueUnavailable, StorageUnavailable, UnsupportedSchemaVersion
from chalicelib.services.reconcile_orders import SWEEP_LIMIT, UNREADABLE_MS, ReconcileOrders
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.telemetry import RecordingTelemetry


class Watch:
    """A reconciler over one lost order, valid for ten minutes."""

    def __init__(self):
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(an_order(at=self.clock.now(), valid_for_seconds=600))
        self.queue = InMemoryOrderQueue(self.clock)
        self.landings = InMemoryOrderQueue(self.clock)
        self.telemetry = RecordingTelemetry()
        self.reconcile = ReconcileOrders(
            orders=self.orders,
            executions=self.queue,
            landings=self.landings,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
            slots=Slots(10, 2_750),
        )

    @property
    def order(self):
        return self.orders.get(ORDER_ID)


@pytest.fixture
def watch():
    return Watch()


def test_an_order_within_its_estimated_wait_is_left_alone(watch):
    watch.clock.advance(15_000)
    assert watch.reconcile.sweep() == 1
    assert watch.queue.sent == []


@pytest.mark.promise("R1")
def test_an_order_whose_message_was_lost_gets_a_new_one(watch):
    watch.clock.advance(15_275)
    watch.reconcile.sweep()
    assert watch.queue.due() == [ORDER_ID]
    assert watch.order.requeues == 1
    assert watch.order.enqueued_at == watch.clock.now()
    assert watch.telemetry.named("order_requeued") == [(ORDER_ID,)]
    assert watch.order.version == 1


def test_requeues_back_off_and_each_from_the_eleventh_on_asks_for_an_operator(watch):
    watch.orders.orders[ORDER_ID] = replace(watch.order, expires_at=watch.clock.now() + 10**9)
    sent_at: list[int] = []
    for _ in range(3 * 3600):
        watch.clock.advance(1_000)
        if watch.reconcile.sweep() and len(watch.queue.sent) > len(sent_at):
            sent_at.append(watch.clock.now())
    gaps = [round((b - a) / 1000) for a, b in pairwise(sent_at)]
    assert gaps == [60, 120, 240, 480, *[900] * (len(gaps) - 4)]
    assert len(watch.telemetry.named("order_stuck")) == len(sent_at) - 10 > 0


def test_two_sweeps_at_once_send_one_message(watch):
    watch.clock.advance(20_000)

    def overtake(method, moment):
        if (method, moment) == ("claim_next_message", "before"):
            watch.orders.interrupt = lambda *_: None
            watch.reconcile.sweep()

    watch.orders.interrupt = overtake
    watch.reconcile.sweep()
    assert len(watch.queue.sent) == 1


@pytest.mark.promise("R15")
@pytest.mark.parametrize("status", [Status.PENDING, Status.ROUTING, Status.BUILDING])
def test_an_order_that_is_late_and_never_left_expires(watch, status):
    watch.orders.orders[ORDER_ID] = replace(watch.order, status=status)
    watch.clock.advance(600_000)
    watch.reconcile.sweep()
    assert watch.order.status is Status.EXPIRED
    assert watch.order.reason.code == "ORDER_EXPIRED"
    assert watch.queue.sent == []
    assert watch.telemetry.named("order_moved") == [(watch.order,)]


@pytest.mark.promise("R5")
def test_an_order_that_was_submitted_is_observed_however_late_it_is(watch):
    submission = Submission("sig", "Ynl0ZXM=", 100, 0)
    watch.orders.orders[ORDER_ID] = replace(watch.order, status=Status.SUBMITTED, submission=submission)
    watch.clock.advance(600_000)
    watch.reconcile.sweep()
    assert watch.order.status is Status.SUBMITTED
    assert (watch.landings.due(), watch.queue.sent) == ([ORDER_ID], [])


def test_an_order_that_was_closed_while_it_was_looked_at_stays_as_it_is(watch):
    watch.clock.advance(600_000)

    def overtake(method, moment):
        if (method, moment) == ("save", "before"):
            watch.orders.interrupt = lambda *_: None
            watch.orders.save(cancel(watch.order, Stamp(1, "other")))

    watch.orders.interrupt = overtake
    watch.reconcile.sweep()
    assert watch.order.status is Status.CANCELLED


@pytest.mark.promise("R11")
def test_an_order_that_can_not_be_read_does_not_keep_the_others_from_being_found(watch):
    other = ORDER_ID.replace("0001", "0002")
    watch.orders.orders[other] = replace(watch.order, order_id=other, enqueued_at=watch.order.enqueued_at + 1)
    watch.clock.advance(20_000)
    reads = []

    def refuse_the_first(method, moment):
        if method == "get":
            reads.append(method)
            if len(reads) == 1:
                raise UnsupportedSchemaVersion("v2")

    watch.orders.interrupt = refuse_the_first
    watch.reconcile.sweep()
    assert watch.queue.due() == [other]
    assert watch.telemetry.named("record_failed")


@pytest.mark.promise("R1")
@pytest.mark.promise("R11")
def test_hundreds_of_orders_that_can_not_be_read_hide_no_other(watch):
    others = [f"00000000-0000-4000-9000-{number:012d}" for number in range(2 * SWEEP_LIMIT + 1)]
    watch.orders.orders |= {other: replace(watch.order, order_id=other, enqueued_at=0) for other in others}
    watch.orders.unreadable = set(others)
    watch.clock.advance(120_000)
    for _ in range(4):
        watch.clock.advance(10_000)
        watch.reconcile.sweep()
    assert watch.queue.due() == [ORDER_ID]
    assert len(watch.telemetry.named("record_failed")) == len(others)


def test_an_order_that_was_mended_is_taken_up_when_it_is_looked_at_again(watch):
    watch.orders.unreadable = {ORDER_ID}
    watch.clock.advance(60_000)
    watch.reconcile.sweep()
    watch.orders.unreadable = set()
    watch.clock.advance(UNREADABLE_MS - 1)
    watch.reconcile.sweep()
    assert watch.order.version == 1
    watch.clock.advance(1)
    watch.reconcile.sweep()
    assert watch.order.status is Status.EXPIRED


def test_an_index_that_can_not_be_read_is_read_again_at_the_next_sweep(watch):
    def refuse_once(method, moment):
        if method == "count_waiting":
            watch.orders.interrupt = lambda *_: None
            raise StorageUnavailable("down")

    watch.clock.advance(20_000)
    watch.orders.interrupt = refuse_once
    watch.reconcile.run(until=watch.clock.now() + 15_000, every_ms=10_000)
    assert len(watch.queue.sent) == 1


def test_a_queue_that_refuses_stops_no_sweep(watch):
    def refuse(_method, _moment):
        raise QueueUnavailable("down")

    watch.clock.advance(20_000)
    watch.queue.interrupt = refuse
    assert watch.reconcile.sweep() == 1
    assert watch.telemetry.named("message_unsent")


def test_it_sweeps_every_ten_seconds_while_orders_are_open_and_once_when_none_is(watch):
    watch.reconcile.run(until=watch.clock.now() + 50_000, every_ms=10_000)
    assert watch.clock.sleeps == [10_000] * 4
    watch.orders.save(cancel(watch.order, Stamp(1, "w")))
    watch.clock.sleeps.clear()
    watch.reconcile.run(until=watch.clock.now() + 50_000, every_ms=10_000)
    assert watch.clock.sleeps == []


def test_an_operator_sends_an_orders_message_without_waiting(watch):
    watch.reconcile.recover(ORDER_ID)
    assert watch.queue.due() == [ORDER_ID]
    assert watch.order.requeues == 1


@pytest.mark.promise("R15")
def test_an_order_that_an_operator_takes_up_late_expires(watch):
    watch.clock.advance(600_000)
    watch.reconcile.recover(ORDER_ID)
    assert (watch.order.status, watch.queue.sent) == (Status.EXPIRED, [])


def test_an_operator_leaves_a_final_order_alone(watch):
    watch.orders.save(cancel(watch.order, Stamp(watch.clock.now(), "by its owner")))
    watch.reconcile.recover(ORDER_ID)
    assert (watch.order.status, watch.queue.sent) == (Status.CANCELLED, [])


@pytest.mark.parametrize(("late_ms", "taken_up"), [(15_059, False), (15_060, True)])
def test_an_order_that_lands_may_be_60_ms_later_for_each_that_lands(watch, late_ms, taken_up):
    submission = Submission("sig", "Ynl0ZXM=", 100, 0)
    watch.orders.orders[ORDER_ID] = replace(watch.order, status=Status.SUBMITTED, submission=submission)
    watch.clock.advance(late_ms)
    watch.reconcile.sweep()
    assert (watch.landings.due() == [ORDER_ID]) is taken_up


def test_while_no_order_is_open_the_index_is_not_read(watch):
    watch.orders.orders[ORDER_ID] = cancel(watch.order, Stamp(watch.clock.now(), "w"))
    reads = []
    watch.orders.interrupt = lambda method, _moment: reads.append(method)
    assert watch.reconcile.sweep() == 0
    assert set(reads) == {"count_waiting", "count_landing"}
