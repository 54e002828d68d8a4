"""Landings: what is concluded from the chain of an order whose transaction was sent."""

import base64
from dataclasses import replace

import pytest

from chalicelib.domain.order import Status
from chalicelib.domain.submission import (
    Commitment,
    LandingError,
    SignatureStatus,
    Verdict,
)
from chalicelib.errors import (
    QueueUnavailable,
)
from chalicelib.ports import OpenOrder
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.resolve_landing import Landing, ResolveLanding
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
    bench.clock.advance(bench.order.expires_at - bench.clock.now())
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


@pytest.mark.promise("R1")
def test_the_landing_s_message_is_due_when_the_order_is_submitted(bench):
    bench.clock.advance(30_000)
    order = bench.execute()
    assert order.enqueued_at == order.submission.submitted_at
    assert order.enqueued_at > order.accepted_at


@pytest.mark.parametrize(
    ("status", "height", "told"),
    [
        (LANDED, 0, ["routing", "building", "submitted", "confirmed"]),
        (REVERTED, 0, ["routing", "building", "submitted", "failed"]),
        (SLIPPED, 0, ["routing", "building", "submitted", "routing"]),
        (None, 101, ["routing", "building", "submitted", "routing"]),
    ],
)
def test_each_move_of_an_order_is_told_once_as_it_was_saved(bench, status, height, told):
    bench.chain.status = status
    bench.execute()
    bench.chain.height = height or bench.chain.height
    bench.land()
    moves = [order for (order,) in bench.telemetry.named("order_moved")]
    assert [order.status.value for order in moves] == told
    assert [order.events[-1] for order in moves] == list(bench.order.events[1:])


@pytest.mark.promise("R4")
@pytest.mark.parametrize("verdict", [Verdict.WAIT, Verdict.SEND_AGAIN, Verdict.CONFIRM])
def test_what_proves_nothing_moves_no_order(bench, verdict):
    submitted = bench.execute()
    resolve = ResolveLanding(
        orders=bench.orders,
        executions=DeferOrder(bench.orders, bench.queue, bench.clock),
        clock=bench.clock,
        identifiers=FakeIdentifiers(),
        telemetry=bench.telemetry,
    )
    resolve.resolve(submitted, Landing(verdict, LANDED, fill=None))
    assert (bench.order, bench.queue.sent) == (submitted, [])
