"""Closing every open order of which no transaction is recorded, and turning the trading switch."""

import pytest

from chalicelib.domain.order import Status
from chalicelib.domain.trading import Trading, TradingState
from chalicelib.errors import StorageUnavailable, TradingActive, TradingContended, UnsupportedSchemaVersion
from chalicelib.services.expire_open import Closed, ExpireOpen
from chalicelib.services.switch_trading import SwitchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch

PENDING, ROUTING, BUILDING, SUBMITTED, REROUTED, *_, CONFIRMED = range(8)


class Office:
    """Orders that stand where their lives have brought them, and an operator."""

    def __init__(self, *standing):
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(
            *(a_life(an_order(f"order-{n}", valid_for_seconds=600))[n] for n in standing)
        )
        self.switch = InMemoryTradingSwitch()
        self.switch.set(TradingState.REDUCING)
        self.telemetry = RecordingTelemetry()
        self.expire_open = ExpireOpen(
            orders=self.orders,
            switch=self.switch,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
        )

    def statuses(self):
        return [order.status for order in self.orders.orders.values()]


class HalfReadable(InMemoryOrderRepository):
    """Its first order was written by a newer release."""

    def get(self, order_id):
        if order_id == "order-0":
            raise UnsupportedSchemaVersion
        return super().get(order_id)


def test_what_has_no_recorded_transaction_is_closed_and_the_rest_is_left():
    office = Office(PENDING, ROUTING, BUILDING, SUBMITTED, REROUTED, CONFIRMED)
    closed = office.expire_open.run()
    assert sorted(closed.expired) == ["order-0", "order-1", "order-2", "order-4"]
    assert (closed.submitted, closed.busy) == (["order-3"], [])
    expired = Status.EXPIRED
    assert office.statuses() == [expired, expired, expired, Status.SUBMITTED, expired, Status.CONFIRMED]
    reasons = [order.reason for order in office.orders.orders.values() if order.status is expired]
    assert {reason and reason.code for reason in reasons} == {"ORDER_CLOSED_BY_OPERATOR"}
    assert len(office.telemetry.named("order_moved")) == 4


def test_a_second_run_finds_nothing_more():
    office = Office(PENDING, SUBMITTED)
    office.expire_open.run()
    assert office.expire_open.run() == Closed([], ["order-3"], [], [])


def test_with_no_open_order_there_is_nothing_to_do():
    assert Office(CONFIRMED).expire_open.run() == Closed([], [], [], [])


def test_an_order_that_can_not_be_read_is_named_and_hides_no_other():
    office = Office(PENDING, ROUTING)
    office.orders.__class__ = HalfReadable
    assert office.expire_open.run() == Closed(["order-1"], [], [], ["order-0"])


def test_nothing_is_closed_while_trading_is_active():
    office = Office(PENDING)
    office.switch.set(TradingState.ACTIVE)
    with pytest.raises(TradingActive):
        office.expire_open.run()
    assert office.statuses() == [Status.PENDING]


@pytest.mark.promise("R4")
def test_an_order_that_is_submitted_at_that_moment_is_left_to_the_chain():
    office = Office(BUILDING)

    def overtake(method, moment):
        if (method, moment) == ("save", "before"):
            office.orders.orders["order-2"] = a_life(an_order("order-2", valid_for_seconds=600))[SUBMITTED]

    office.orders.interrupt = overtake
    assert office.expire_open.run() == Closed([], [], ["order-2"], [])
    assert office.statuses() == [Status.SUBMITTED]


def test_the_switch_keeps_who_turned_it_when_and_why():
    clock, switch = FakeClock(), InMemoryTradingSwitch()
    turned = SwitchTrading(switch, clock).turn(TradingState.HALTED, who="alice", why="a venue lies")
    assert turned == switch.read() == Trading(TradingState.HALTED, 1, "alice", "a venue lies", clock.now())


def test_turning_the_switch_to_where_it_stands_changes_nothing():
    clock, switch = FakeClock(), InMemoryTradingSwitch()
    service = SwitchTrading(switch, clock)
    first = service.turn(TradingState.HALTED, who="alice", why="a venue lies")
    clock.advance(1_000)
    assert service.turn(TradingState.HALTED, who="bob", why="so it does") == first == switch.read()


def test_of_two_operators_who_turn_it_at_once_one_is_told():
    switch = InMemoryTradingSwitch()

    def overtake(method, moment):
        if (method, moment) == ("turn", "before"):
            switch.set(TradingState.HALTED)

    switch.interrupt = overtake
    with pytest.raises(TradingContended):
        SwitchTrading(switch, FakeClock()).turn(TradingState.REDUCING, who="bob", why="a test")
    assert switch.stands.state is TradingState.HALTED


def test_a_switch_that_can_not_be_read_is_not_turned():
    switch = InMemoryTradingSwitch()

    def unreadable(_method, _moment):
        raise StorageUnavailable("down")

    switch.interrupt = unreadable
    with pytest.raises(StorageUnavailable):
        SwitchTrading(switch, FakeClock()).turn(TradingState.HALTED, who="bob", why="a test")
