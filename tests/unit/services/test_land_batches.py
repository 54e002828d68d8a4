"""Landings in batches: one look for many orders, and no order keeps another from its end."""

import pytest

from chalicelib.domain.order import Status
from chalicelib.errors import (
    ChainUnavailable,
    StorageUnavailable,
    VersionConflict,
)
from tests.fakes.examples import an_order
from tests.fakes.execution_bench import ExecutionBench
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.scripted import LANDED

OTHERS = [FakeIdentifiers(series).order_id() for series in range(1, 4)]


@pytest.fixture
def bench():
    return ExecutionBench()


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
    told = [source for source, _ in batch.telemetry.named("record_failed")]
    assert told == (["landing"] if comes_again else [])


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
    batch.orders.unreadable = {unreadable}
    assert batch.lander.land(OTHERS) == frozenset({unreadable})
    assert [source for source, _ in batch.telemetry.named("record_failed")] == ["landing"]
    batch.orders.unreadable = set()
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
