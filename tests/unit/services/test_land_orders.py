"""Landings: what is concluded from the chain of an order whose transaction was sent."""

import base64
from dataclasses import replace

import pytest

from chalicelib.domain.order import Status
from chalicelib.domain.submission import (
    Commitment,
    LandingError,
    SignatureStatus,
)
from chalicelib.errors import (
    ChainUnavailable,
    QueueUnavailable,
    StorageUnavailable,
    UnsupportedSchemaVersion,
    VersionConflict,
)
from chalicelib.ports import OpenOrder
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.execution_bench import ExecutionBench
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.scripted import LANDED

SLIPPED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
REVERTED = SignatureStatus(Commitment.FINALIZED, LandingError.OTHER)


@pytest.fixture
def bench():
    return ExecutionBench()


@pytest.mark.promise("R4")
def test_a_time_out_of_a_send_proves_nothing_and_the_same_bytes_are_sent_again(bench):
    bench.chain.status = None
    bench.chain.unreachable = True
    assert bench.trade().status is Status.SUBMITTED
    assert (bench.delays, bench.landing_delays) == ([], [2, 5])
    bench.chain.unreachable = False
    bench.land()
    assert set(bench.chain.sent) == {bench.order.submission.signature}
    assert base64.b64decode(bench.order.submission.transaction).startswith(ORDER_ID.encode())


def test_an_unproved_landing_is_asked_for_again_after_eight_seconds_at_most(bench):
    bench.chain.status = None
    bench.execute()
    started = bench.clock.now()
    assert bench.land().status is Status.SUBMITTED
    assert bench.clock.now() - started <= 8_000
    assert bench.landing_delays == [2, 5]
    assert len(bench.chain.sent) == 5


@pytest.mark.promise("R4")
def test_only_a_proven_expiry_builds_another_transaction(bench):
    bench.chain.status = None
    bench.trade()
    first = bench.order.submission
    bench.chain.height = 101
    assert bench.trade().status is Status.ROUTING
    bench.chain.status = LANDED
    bench.trade()
    assert bench.order.status is Status.CONFIRMED
    assert bench.order.submission.signature != first.signature


def test_slippage_at_finalized_is_tried_again_and_fails_when_attempts_are_spent(bench):
    bench.chain.status = SLIPPED
    for _ in range(4):
        bench.trade()
    assert bench.order.status is Status.FAILED
    assert bench.order.reason.code == "SLIPPAGE_EXCEEDED"
    assert bench.delays == [2, 4, 8]


@pytest.mark.promise("R5")
def test_a_reverted_transaction_fails_the_order(bench):
    bench.chain.status = REVERTED
    assert bench.trade().reason.code == "TRANSACTION_REVERTED"


@pytest.mark.promise("R15")
def test_an_order_with_too_little_life_left_expires_and_does_not_trade(bench):
    bench.clock.advance(57_000)
    assert bench.trade().status is Status.EXPIRED
    assert bench.chain.sent == []


@pytest.mark.promise("R15")
def test_quotes_that_use_up_the_life_expire_the_order_before_it_is_recorded(bench):
    bench.clock.advance(56_000)
    bench.raydium.takes_ms = 1_000
    assert bench.trade().status is Status.EXPIRED
    assert bench.chain.sent == []


@pytest.mark.promise("R15")
def test_after_its_time_a_submitted_order_is_only_observed_until_it_is_proved(bench):
    bench.chain.status = None
    bench.trade()
    sent = len(bench.chain.sent)
    bench.clock.advance(60_000)
    bench.trade()
    assert len(bench.chain.sent) == sent
    bench.chain.height = 101
    assert bench.trade().status is Status.EXPIRED


@pytest.mark.promise("R5")
def test_a_landing_after_its_time_still_confirms(bench):
    bench.chain.status = None
    bench.trade()
    bench.clock.advance(60_000)
    bench.chain.status = LANDED
    assert bench.trade().status is Status.CONFIRMED


def test_a_final_order_is_left_alone(bench):
    bench.trade()
    before = bench.order
    assert bench.trade() == before
    assert len(bench.chain.sent) == 1


def test_landings_that_can_not_be_asked_for_make_the_message_come_again(bench):
    bench.chain.status = None

    def refuse(_method, _moment):
        raise QueueUnavailable("down")

    bench.landings.interrupt = refuse
    with pytest.raises(QueueUnavailable):
        bench.execute()


def test_the_wait_in_the_queue_is_measured(bench):
    bench.clock.advance(1_234)
    bench.trade()
    [(order, waited)] = bench.telemetry.named("queue_waited")
    assert waited == 1_234
    assert order == replace(an_order(at=order.accepted_at))


def test_of_two_messages_of_a_waiting_order_one_goes_on(bench):
    bench.chain.status = None
    bench.trade()
    bench.landings.sent.clear()
    stale = bench.order

    def overtake(method, moment):
        if (method, moment) == ("claim_next_message", "before"):
            bench.orders.interrupt = lambda *_: None
            seen = OpenOrder(ORDER_ID, stale.enqueued_at, stale.requeues)
            bench.orders.claim_next_message(seen, at=stale.enqueued_at + 1, requeues=1)

    bench.orders.interrupt = overtake
    bench.land()
    assert bench.landings.sent == []


def test_a_save_leaves_what_reconcile_counted(bench):
    requeued: list[bool] = []

    def requeue(method, moment):
        if (method, moment) == ("save", "before") and not requeued:
            requeued.append(True)
            seen = OpenOrder(ORDER_ID, bench.order.enqueued_at, 0)
            bench.orders.claim_next_message(seen, at=bench.clock.now(), requeues=7)

    bench.orders.interrupt = requeue
    assert bench.trade().requeues == 7


# Batches

OTHERS = [FakeIdentifiers(series).order_id() for series in range(1, 4)]


@pytest.fixture
def batch(bench):
    """Three orders whose transactions were sent, and of which nothing is proved."""
    bench.chain.status = None
    for order_id in OTHERS:
        bench.orders.create(an_order(order_id, at=bench.clock.now()), None)
        bench.service.execute(order_id)
    for seen in (bench.chain.looks, bench.chain.sent, bench.landings.sent):
        seen.clear()
    return bench


def signature(bench, order_id):
    return bench.orders.get(order_id).submission.signature


def statuses(bench):
    return [bench.orders.get(order_id).status for order_id in OTHERS]


@pytest.mark.promise("R10")
def test_a_look_reads_one_height_and_asks_once_for_all_signatures(batch):
    heights = []
    finalized_height = batch.chain.finalized_height

    def read_height():
        heights.append(len(batch.chain.looks))
        return finalized_height()

    batch.chain.finalized_height = read_height
    batch.chain.status = LANDED
    assert batch.lander.land(OTHERS) == frozenset()
    assert statuses(batch) == [Status.CONFIRMED] * 3
    assert heights == [0]  # before the statuses
    assert batch.chain.looks == [[signature(batch, order_id) for order_id in OTHERS]]


def test_an_order_that_is_resolved_is_saved_at_once_and_leaves_the_batch(batch):
    first, *rest = OTHERS
    batch.chain.statuses[signature(batch, first)] = LANDED
    batch.lander.land(OTHERS)
    assert statuses(batch) == [Status.CONFIRMED, Status.SUBMITTED, Status.SUBMITTED]
    assert all(look == [signature(batch, order_id) for order_id in rest] for look in batch.chain.looks[1:])
    assert [message.order_id for message in batch.landings.sent if message.delay_seconds] == rest


@pytest.mark.promise("R17")
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("error", "comes_again"),
    [(VersionConflict("busy"), False), (StorageUnavailable("down"), False), (ZeroDivisionError(), True)],
)
def test_an_order_that_can_not_be_saved_keeps_no_other_from_its_end(batch, place, error, comes_again):
    batch.chain.status = LANDED
    saves = iter(range(3))

    def fail(method, moment):
        if (method, moment) == ("save", "before") and next(saves) == place:
            raise error

    batch.orders.interrupt = fail
    failed = batch.lander.land(OTHERS)
    batch.orders.interrupt = lambda *_: None
    ended = [status is Status.CONFIRMED for status in statuses(batch)]
    assert ended == [number != place for number in range(3)]
    assert failed == (frozenset({OTHERS[place]}) if comes_again else frozenset())


def test_tables_that_do_not_answer_a_landing_have_its_order_asked_for_again(batch):
    def refuse(method, _moment):
        if method == "read_all":
            raise StorageUnavailable("down")

    batch.landings.sent.clear()
    batch.orders.interrupt = refuse
    assert batch.lander.land(OTHERS) == frozenset()
    assert [(message.order_id, message.delay_seconds) for message in batch.landings.sent] == [
        (order_id, 5) for order_id in OTHERS
    ]


def test_an_order_that_can_not_be_read_comes_again_and_keeps_no_other_from_its_end(batch):
    unreadable = OTHERS[1]
    batch.chain.status = LANDED
    get = batch.orders.get

    def read(order_id):
        if order_id == unreadable:
            raise UnsupportedSchemaVersion(order_id)
        return get(order_id)

    def read_all(order_ids):
        return [read(order_id) for order_id in order_ids]

    batch.orders.get, batch.orders.read_all = read, read_all
    assert batch.lander.land(OTHERS) == frozenset({unreadable})
    batch.orders.get = get
    assert statuses(batch) == [Status.CONFIRMED, Status.SUBMITTED, Status.CONFIRMED]


def test_an_unknown_order_comes_again(batch):
    assert batch.lander.land(["nobody", *OTHERS]) == frozenset({"nobody"})


@pytest.mark.promise("R5")
def test_a_status_that_could_not_be_read_proves_nothing(batch):
    signature_statuses = batch.chain.signature_statuses
    hidden = signature(batch, OTHERS[0])

    def without_one(submissions):
        readings = signature_statuses(submissions)
        readings.pop(hidden, None)
        return readings

    batch.chain.status = LANDED
    batch.chain.height = 101
    batch.chain.signature_statuses = without_one
    batch.lander.land(OTHERS)
    assert statuses(batch) == [Status.SUBMITTED, Status.CONFIRMED, Status.CONFIRMED]


def test_a_fill_that_can_not_be_read_is_read_at_the_next_look(batch):
    unreadable = [True]
    fill = batch.chain.fill

    def read_fill(submission):
        if unreadable:
            unreadable.clear()
            raise ChainUnavailable("time-out")
        return fill(submission)

    batch.chain.status = LANDED
    batch.chain.fill = read_fill
    batch.lander.land(OTHERS)
    assert statuses(batch) == [Status.CONFIRMED] * 3
    assert len(batch.chain.looks) == 2


def test_bytes_are_sent_again_two_seconds_after_they_were_recorded(batch):
    recorded = batch.orders.get(OTHERS[0]).submission.submitted_at
    sent_at = []
    batch.chain.send = lambda _submission: sent_at.append(batch.clock.now() - recorded)
    batch.lander.land(OTHERS[:1])
    assert sent_at == [2_000, 4_000, 6_000, 8_000]


def test_an_order_that_moved_on_is_watched_no_more(batch):
    """A second landings message of an order that was routed anew."""
    batch.chain.height = 101
    batch.lander.land(OTHERS)
    assert statuses(batch) == [Status.ROUTING] * 3
    batch.chain.looks.clear()
    assert batch.lander.land(OTHERS) == frozenset()
    assert batch.chain.looks == []


@pytest.mark.promise("R1")
def test_the_landing_s_message_is_due_when_the_order_is_submitted(bench):
    bench.clock.advance(30_000)
    order = bench.execute()
    assert order.enqueued_at == order.submission.submitted_at
    assert order.enqueued_at > order.accepted_at
