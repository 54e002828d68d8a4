"""Accepting an order."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.access import OPEN_CALLER
from chalicelib.domain.backlog import Slots
from chalicelib.domain.judging import Caution
from chalicelib.domain.limits import Limits
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.order import Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.trading import TradingState
from chalicelib.domain.watching import Direction
from chalicelib.errors import (
    DailyAmountAboveLimit,
    IdempotencyKeyReused,
    Overloaded,
    QueueUnavailable,
    RateLimited,
    StorageUnavailable,
    TokenNotAllowed,
    TradingHalted,
    TriggerImplausible,
)
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.arm_order import ArmOrder
from chalicelib.services.judge_trigger import JudgeTrigger
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_WAITING_LIMIT, a_new_order, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.prices import ShownPrices
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.watching import CountingWaker, InMemoryWatchRegistry

LIMITS = Limits(orders_per_minute=5, open_orders=100)


class Desk:
    """Accepting with fakes all around."""

    def __init__(self):
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository()
        self.queue = InMemoryOrderQueue(self.clock)
        self.telemetry = RecordingTelemetry()
        self.exposures, self.armed = InMemoryExposures(), InMemoryArmedExposures()
        self.switch = InMemoryTradingSwitch()
        self.registry = InMemoryWatchRegistry()
        self.waker = CountingWaker()
        self.prices = ShownPrices(self.clock)
        judge = JudgeTrigger(
            self.prices, PAPER_PAIRS, self.clock, Caution(1_000, 300), max_age_ms=3_000, most_times=10
        )
        self.arming = ArmOrder(judge, self.registry, self.waker, self.clock, most_days=90)
        self.acceptor = AcceptOrder(
            admit_order=AdmitOrder(
                orders=self.orders,
                exposures=self.exposures,
                armed=self.armed,
                trading=WatchTrading(self.switch, self.clock),
                limits=LIMITS,
                tokens=PAPER_TOKENS,
                pairs=PAPER_PAIRS,
                clock=self.clock,
                slots=Slots(10, 2_750),
            ),
            arming=lambda: self.arming,
            orders=self.orders,
            queue=self.queue,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
        )

    def accept(self, new, key, **own):
        return self.acceptor.accept(new, key, replace(OPEN_CALLER, account=new.account, **own))


@pytest.fixture
def desk():
    return Desk()


def test_a_new_order_is_stored_pending_and_queued(desk):
    accepted = desk.accept(a_new_order(), None)
    assert not accepted.replayed
    assert desk.orders.get(accepted.order.order_id) == accepted.order
    assert desk.queue.due() == [accepted.order.order_id]
    assert accepted.order.expires_at == accepted.order.accepted_at + 60_000
    assert desk.telemetry.named("order_accepted") == [(accepted.order,)]


def test_without_a_key_equal_payloads_make_two_orders(desk):
    desk.accept(a_new_order(), None)
    desk.accept(a_new_order(), None)
    assert len(desk.orders.orders) == 2


def test_an_order_keeps_the_key_that_it_was_placed_with(desk):
    assert desk.accept(a_new_order(), "key-1").order.idempotency_key == "key-1"
    assert desk.accept(a_new_order(), None).order.idempotency_key is None


@pytest.mark.promise("R2")
def test_the_same_key_and_payload_answer_with_the_same_order(desk):
    first = desk.accept(a_new_order(), "key-1")
    again = desk.accept(a_new_order(), "key-1")
    assert again.replayed
    assert again.order == first.order
    assert desk.queue.due() == [first.order.order_id]
    assert desk.telemetry.named("order_replayed") == [(first.order.order_id,)]


@pytest.mark.promise("R3")
def test_the_same_key_with_another_payload_is_refused_and_creates_nothing(desk):
    desk.accept(a_new_order(), "key-1")
    with pytest.raises(IdempotencyKeyReused):
        desk.accept(a_new_order(amount_in=2), "key-1")
    assert len(desk.orders.orders) == len(desk.queue.sent) == 1


@pytest.mark.promise("R12")
def test_keys_of_two_accounts_never_meet(desk):
    desk.accept(a_new_order(account="alice"), "key-1")
    assert not desk.accept(a_new_order(account="bob"), "key-1").replayed


@pytest.mark.parametrize(("valid_for", "window"), [(60, 300), (3600, 3720)])
def test_a_key_binds_for_its_window_and_no_longer(desk, valid_for, window):
    new = a_new_order(valid_for_seconds=valid_for)
    desk.accept(new, "key-1")
    desk.clock.advance(window * 1000 - 1)
    assert desk.accept(new, "key-1").replayed
    desk.clock.advance(1)
    assert not desk.accept(new, "key-1").replayed


@pytest.mark.promise("R2")
def test_the_loser_of_a_race_is_not_refused_because_its_winner_used_up_the_limit(desk):
    only_one = '{"MAX_DAILY_AMOUNTS":"SOL=1","MAX_OPEN_ORDERS":"1"}'
    new = a_new_order(amount_in=10**9)
    winner: list[Any] = []

    def race(method, moment):
        if (method, moment) == ("count", "before") and not winner:
            winner.append(None)
            winner[0] = desk.accept(new, "key-1", limits=only_one)

    desk.exposures.interrupt = race
    loser = desk.accept(new, "key-1", limits=only_one)
    assert loser.replayed
    assert loser.order == winner[0].order
    assert desk.exposures.stored[new.account].requests == 1
    with pytest.raises(DailyAmountAboveLimit):
        desk.accept(new, "key-2", limits=only_one)


@pytest.mark.promise("R2")
@pytest.mark.parametrize("later", [0, 59_000, 61_000, 299_999])
def test_a_replay_counts_against_no_limit_for_no_moment(desk, later):
    desk.accept(a_new_order(), "key-1")
    desk.clock.advance(later)
    before = dict(desk.exposures.stored)
    counted = []
    desk.exposures.interrupt = lambda method, _moment: counted.append(method)
    assert desk.accept(a_new_order(), "key-1").replayed
    with pytest.raises(IdempotencyKeyReused):
        desk.accept(a_new_order(amount_in=2), "key-1")
    assert (desk.exposures.stored, counted) == (before, [])


@pytest.mark.promise("R2")
def test_a_replay_is_answered_whatever_stands_against_a_new_order(desk):
    first = desk.accept(a_new_order(), "key-1")
    desk.switch.set(TradingState.HALTED)
    desk.clock.advance(1_000)
    assert desk.accept(a_new_order(), "key-1").order == first.order
    nothing = '{"ALLOWED_TOKENS":"JUP"}'
    assert desk.accept(a_new_order(), "key-1", limits=nothing).order == first.order


@pytest.mark.promise("R2")
def test_the_loser_of_a_race_for_a_key_answers_with_the_winners_order(desk):
    winner: list[Any] = []

    def race(method, moment):
        if (method, moment) == ("create", "before") and not winner:
            winner.append(None)
            winner[0] = desk.accept(a_new_order(), "key-1").order

    desk.orders.interrupt = race
    loser = desk.accept(a_new_order(), "key-1")
    assert loser.replayed
    assert loser.order == winner[0]
    assert len(desk.orders.orders) == 1


@pytest.mark.promise("R1")
def test_a_queue_that_refuses_does_not_undo_what_is_durable(desk):
    def refuse(_method, _moment):
        raise QueueUnavailable("down")

    desk.queue.interrupt = refuse
    accepted = desk.accept(a_new_order(), None)
    assert desk.orders.get(accepted.order.order_id).status == "pending"
    assert desk.telemetry.named("message_unsent") == [(accepted.order.order_id, "QUEUE_UNAVAILABLE")]


def test_a_store_that_does_not_answer_accepts_nothing_and_queues_nothing(desk):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    desk.orders.interrupt = refuse
    with pytest.raises(StorageUnavailable):
        desk.accept(a_new_order(), "key-1")
    assert desk.queue.sent == []


@pytest.mark.promise("R16")
def test_the_sixth_order_of_a_minute_is_refused_and_a_replay_never_is(desk):
    remaining = [desk.accept(a_new_order(), f"key-{n}").admission.remaining for n in range(5)]
    assert remaining == [4, 3, 2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        desk.accept(a_new_order(), "key-5")
    assert desk.accept(a_new_order(), "key-0").replayed
    desk.clock.advance(refused.value.retry_after * 1000)
    assert not desk.accept(a_new_order(), "key-5").replayed
    assert len(desk.orders.orders) == 6


@pytest.mark.promise("R16")
def test_two_accounts_have_a_rate_each(desk):
    for number in range(5):
        desk.accept(a_new_order(account="alice"), f"key-{number}")
    assert desk.accept(a_new_order(account="bob"), "key-5").admission.remaining == 4
    own = '{"RATE_LIMIT_PER_MINUTE":"7"}'
    assert desk.accept(a_new_order(account="alice"), "key-5", limits=own).admission.remaining == 1


@pytest.mark.parametrize("refuse", [IdempotencyKeyReused, TradingHalted, Overloaded, TokenNotAllowed])
def test_an_order_that_is_refused_counts_against_no_limit(desk, refuse):
    desk.accept(a_new_order(), "key-0")
    before = dict(desk.exposures.stored)
    new, own = a_new_order(amount_in=2), ""
    if refuse is TradingHalted:
        desk.switch.set(TradingState.HALTED)
    elif refuse is Overloaded:
        desk.orders.orders |= {f"order-{n}": an_order(f"order-{n}") for n in range(1_000)}
    elif refuse is TokenNotAllowed:
        own = '{"ALLOWED_TOKENS":"JUP"}'
    desk.clock.advance(2_000)
    with pytest.raises(refuse):
        desk.accept(new, "key-0" if refuse is IdempotencyKeyReused else "key-1", limits=own)
    assert desk.exposures.stored == before
    assert "key-1" not in {key for _, key in desk.orders.records}


WAITING = Waiting(until=None, if_met=IfMet.FIRE)


def test_an_order_that_waits_is_announced_stored_armed_and_not_queued(desk):
    accepted = desk.accept(a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING), "key").order
    assert accepted.status is Status.ARMED
    assert accepted.good_till == desk.clock.now() + 90 * 86_400_000
    assert list(desk.registry.read().directions) == [Direction(SOL, USDC)]
    assert (desk.queue.sent, desk.waker.wakes) == ([], 1)


def test_nobody_is_woken_where_somebody_watches(desk):
    desk.registry.arm(Direction(SOL, USDC), desk.clock.now())
    desk.registry.beat(desk.clock.now() - 9_999, None)
    desk.accept(a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING), None)
    assert desk.waker.wakes == 0
    desk.clock.advance(1)
    desk.accept(a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING), None)
    assert desk.waker.wakes == 1


def test_the_watchers_know_of_it_before_it_is_stored_and_a_refused_order_leaves_nothing(desk):
    def fail(point: str, _when: str) -> None:
        if point == "create":
            raise StorageUnavailable("no answer")

    desk.orders.interrupt = fail
    with pytest.raises(StorageUnavailable):
        desk.accept(a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING), None)
    assert list(desk.registry.read().directions) == [Direction(SOL, USDC)]


def test_an_order_that_waits_on_a_mistake_is_refused_and_counts_nothing(desk):
    far = replace(A_WAITING_LIMIT, price=NamedPrice(Decimal("0.0066"), USDC))
    with pytest.raises(TriggerImplausible):
        desk.accept(a_new_order(terms=far, waiting=WAITING), None)
    assert desk.orders.orders == {}
    assert desk.exposures.stored == {}
