"""Amending: one write or none, decided anew when others were faster."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain import firing, transitions
from chalicelib.domain.amendments import Amendment
from chalicelib.domain.firing import MOST_AMENDMENTS, Sighting
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.new_order import IfMet
from chalicelib.domain.order import Order, Status
from chalicelib.domain.trading import TradingState
from chalicelib.errors import (
    AmendmentsAtLimit,
    OrderChanged,
    OrderNotAmendable,
    OrderNotFound,
    StorageUnavailable,
    TradingHalted,
    TriggerAlreadyMet,
    VersionConflict,
)
from chalicelib.services.amend_order import TRIES, AmendOrder
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_STOP, A_WAITING_LIMIT, ORDER_ID, a_waiting_order, an_order
from tests.fakes.exposures import InMemoryArmedExposures, StoredOrdersCount
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch

pytestmark = pytest.mark.promise("R32")

NOW = 10_000
LOWER = Amendment(trigger=Decimal(120))


class ScriptedJudge:
    """Notes what it is asked, and raises `refusal` if there is one."""

    def __init__(self):
        self.asked: list[tuple[Order, IfMet]] = []
        self.refusal: Exception | None = None

    def check(self, order, if_met, *, may_be_far=False):
        assert not may_be_far
        self.asked.append((order, if_met))
        if self.refusal is not None:
            raise self.refusal


class Desk:
    """One armed stop of the account `open`, and who amends it."""

    def __init__(self, order=None):
        self.orders = InMemoryOrderRepository(order or a_waiting_order(terms=A_STOP))
        self.judge = ScriptedJudge()
        self.switch = InMemoryTradingSwitch()
        self.clock = FakeClock(NOW)
        self.amend_order = AmendOrder(
            orders=self.orders,
            reader=ReadOrders(self.orders, StoredOrdersCount(self.orders), InMemoryArmedExposures()),
            judge=self.judge,  # type: ignore[arg-type] # the one method that is asked
            trading=WatchTrading(self.switch, self.clock),
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=RecordingTelemetry(),
        )

    def amend(self, amendment=LOWER, if_sequence=None, account="open"):
        return self.amend_order.amend(ORDER_ID, account, amendment, if_sequence)

    @property
    def stored(self):
        return self.orders.orders[ORDER_ID]


@pytest.fixture
def desk():
    return Desk()


def test_an_amended_order_is_stored_in_one_write_and_answered(desk):
    amended = desk.amend(if_sequence=1)
    assert desk.stored == amended
    assert len(desk.orders.images) == 1
    assert (amended.version, amended.status, amended.amendments) == (2, Status.ARMED, 1)
    assert amended.terms.price.amount == 120


def test_what_is_so_already_is_answered_and_not_written(desk):
    assert desk.amend(Amendment(trigger=Decimal("130.00"), slippage_bps=100)) == desk.stored
    assert (desk.stored.version, desk.orders.images, desk.judge.asked) == (1, [], [])


def test_a_price_is_judged_as_that_of_a_new_order(desk):
    desk.amend()
    ((judged, if_met),) = desk.judge.asked
    assert (judged, if_met) == (desk.stored, IfMet.REFUSE)
    limit = Desk(a_waiting_order(terms=A_WAITING_LIMIT))
    limit.amend(Amendment(limit=Decimal(155)))
    assert limit.judge.asked[0][1] is IfMet.FIRE


def test_what_the_judge_refuses_changes_nothing(desk):
    desk.judge.refusal = TriggerAlreadyMet("USDC", "SOL", reference="149.6", trigger="170")
    before = desk.stored
    with pytest.raises(TriggerAlreadyMet):
        desk.amend(Amendment(trigger=Decimal(170)))
    assert desk.stored is before


@pytest.mark.parametrize("amendment", [Amendment(slippage_bps=50), Amendment(good_till=90_000_000)])
def test_slippage_and_end_need_no_price_and_no_trading(desk, amendment):
    desk.switch.set(TradingState.HALTED)
    assert desk.amend(amendment).version == 2
    assert not desk.judge.asked


def test_a_price_is_not_amended_while_trading_is_halted(desk):
    desk.switch.set(TradingState.HALTED)
    with pytest.raises(TradingHalted):
        desk.amend()
    assert desk.stored.version == 1
    reducing = Desk()
    reducing.switch.set(TradingState.REDUCING)
    assert reducing.amend().version == 2


def test_another_sequence_than_the_one_that_was_named_is_told(desk):
    desk.amend()
    with pytest.raises(OrderChanged) as told:
        desk.amend(Amendment(trigger=Decimal(110)), if_sequence=1)
    assert told.value.sequence == 2
    assert desk.stored.version == 2


def test_an_order_of_another_account_is_not_there(desk):
    with pytest.raises(OrderNotFound):
        desk.amend(account="bob")


ARMED = a_waiting_order(terms=A_STOP)
FIRED = firing.fire(ARMED, Sighting(194_000_000, 2), Stamp(2_000, "w2"))
CANCELLED = transitions.cancel(ARMED, Stamp(2_000, "w2"))
OVER = a_waiting_order(terms=A_STOP, until=NOW)


@pytest.mark.parametrize("order", [FIRED, CANCELLED, OVER, an_order()])
def test_only_an_order_that_waits_is_amended(order):
    desk = Desk(order)
    with pytest.raises(OrderNotAmendable) as told:
        desk.amend()
    assert (told.value.status, told.value.sequence) == (order.status, order.version)
    assert desk.stored is order


def test_an_order_is_amended_so_often_and_no_more(desk):
    for number in range(MOST_AMENDMENTS):
        desk.amend(Amendment(trigger=Decimal(100 + number)))
    with pytest.raises(AmendmentsAtLimit) as told:
        desk.amend()
    assert (told.value.limit, desk.stored.version) == (MOST_AMENDMENTS, MOST_AMENDMENTS + 1)
    assert desk.amend(Amendment(trigger=Decimal(100 + MOST_AMENDMENTS - 1))) == desk.stored


def overtake(desk, others):
    """Before each of the next saves another write of these gets in."""
    waiting = iter(others)

    def interrupt(method, moment):
        if (method, moment) == ("save", "before") and (other := next(waiting, None)) is not None:
            desk.orders.orders[ORDER_ID] = other(desk.stored)

    desk.orders.interrupt = interrupt


@pytest.mark.promise("R21")
def test_a_firing_that_is_faster_wins_and_is_told(desk):
    overtake(desk, [lambda order: firing.fire(order, Sighting(194_000_000, 2), Stamp(NOW, "other"))])
    with pytest.raises(OrderNotAmendable) as told:
        desk.amend()
    assert (told.value.status, told.value.sequence) == (Status.PENDING, 2)
    assert desk.stored.terms == A_STOP


def another_amendment(order):
    slower = replace(order.terms, slippage_bps=order.terms.slippage_bps + 1)
    return firing.amend(order, slower, order.good_till, Stamp(NOW, f"other {order.version}"))


@pytest.mark.promise("R21")
def test_another_amendment_that_is_faster_is_kept_and_this_one_added(desk):
    overtake(desk, [another_amendment])
    amended = desk.amend()
    assert (amended.version, amended.terms.slippage_bps, amended.terms.price.amount) == (3, 101, 120)


def test_one_that_names_its_sequence_adds_nothing_to_another_that_was_faster(desk):
    overtake(desk, [another_amendment])
    with pytest.raises(OrderChanged):
        desk.amend(if_sequence=1)


def test_after_some_tries_the_caller_is_asked_to_come_again(desk):
    overtake(desk, [another_amendment] * TRIES)
    with pytest.raises(VersionConflict):
        desk.amend()
    assert desk.stored.amendments == TRIES


def test_a_lost_answer_is_told_and_asking_again_finds_it_done(desk):
    def lose(method, moment):
        if (method, moment) == ("save", "after"):
            raise StorageUnavailable("lost")

    desk.orders.interrupt = lose
    with pytest.raises(StorageUnavailable):
        desk.amend()
    assert desk.amend().amendments == 1
