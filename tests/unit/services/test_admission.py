"""Who may place one more order, and when."""

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.limits import Limits
from chalicelib.domain.trading import TradingState
from chalicelib.errors import Overloaded, StorageUnavailable, TradingHalted, TradingReducing
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import a_waiting_order, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.trading import InMemoryTradingSwitch

SLOTS = Slots(10, 2_750)


class Door(AdmitOrder):
    """The way in among fakes, with wide limits; so many orders are open."""

    def __init__(self, open_orders=0, slots=SLOTS):
        self.fake_clock, self.switch = FakeClock(), InMemoryTradingSwitch()
        self.repository = InMemoryOrderRepository(*(an_order(f"order-{n}") for n in range(open_orders)))
        self.exposures, self.armed = InMemoryExposures(), InMemoryArmedExposures()
        super().__init__(
            orders=self.repository,
            exposures=self.exposures,
            armed=self.armed,
            trading=WatchTrading(self.switch, self.fake_clock),
            limits=Limits(100, 100),
            tokens=PAPER_TOKENS,
            pairs=PAPER_PAIRS,
            clock=self.fake_clock,
            slots=slots,
        )

    @property
    def admitted(self):
        return self.exposures.stored["open"].requests


@pytest.mark.promise("R16")
@pytest.mark.parametrize(
    ("open_orders", "valid_for", "too_long"),
    [(0, 5, 0), (9, 5, 0), (10, 5, 1), (181, 60, 0), (182, 60, 1), (400, 60, 60), (400, 3600, 0)],
)
def test_the_wait_may_be_all_of_a_life_but_its_reserve(open_orders, valid_for, too_long):
    assert Backlog(open_orders, Slots(10, 2_750)).seconds_too_long(valid_for) == too_long


@pytest.mark.promise("R16")
def test_a_backlog_that_is_too_long_refuses_without_counting_the_request():
    door = Door(open_orders=200)
    with pytest.raises(Overloaded) as refused:
        door.admit(an_order(), "")
    assert refused.value.retry_after == 6
    assert door.admitted == 0


@pytest.mark.promise("R16")
@pytest.mark.parametrize(("open_orders", "retry_after"), [(182, 1 + 1), (1_001, 226 + 6)])
def test_when_to_ask_again_is_when_the_backlog_is_short_enough_and_counted_again(open_orders, retry_after):
    with pytest.raises(Overloaded) as refused:
        Door(open_orders).admit(an_order(), "")
    assert refused.value.retry_after == retry_after


@pytest.mark.promise("R16")
def test_an_order_whose_wait_is_all_of_its_life_but_the_reserve_is_admitted():
    Door(open_orders=181).admit(an_order(), "")


def test_switch_and_backlog_are_read_once_a_second():
    door = Door(open_orders=3)
    reads = []
    door.repository.interrupt = door.switch.interrupt = lambda method, moment: reads.append(method)
    door.admit(an_order(valid_for_seconds=5), "")
    door.fake_clock.advance(999)
    door.admit(an_order(valid_for_seconds=5), "")
    assert reads == ["read", "count_waiting"]
    door.fake_clock.advance(1)
    door.admit(an_order(valid_for_seconds=5), "")
    assert reads == ["read", "count_waiting"] * 2


@pytest.mark.parametrize(
    ("state", "refusal"),
    [(TradingState.REDUCING, TradingReducing), (TradingState.HALTED, TradingHalted)],
)
def test_a_switch_that_is_turned_refuses_within_a_second_without_counting(state, refusal):
    door = Door()
    door.admit(an_order(), "")
    door.switch.set(state)
    door.fake_clock.advance(1_000)
    with pytest.raises(refusal):
        door.admit(an_order(), "")
    assert door.admitted == 1
    door.switch.set(TradingState.ACTIVE)
    door.fake_clock.advance(1_000)
    door.admit(an_order(), "")


def test_a_switch_that_can_not_be_read_is_not_guessed():
    door = Door()
    door.admit(an_order(), "")

    def unreadable(_method, _moment):
        raise StorageUnavailable("down")

    door.switch.interrupt = unreadable
    door.fake_clock.advance(1_000)
    with pytest.raises(StorageUnavailable):
        door.admit(an_order(), "")
    assert door.admitted == 1


@pytest.mark.parametrize(
    ("open_orders", "valid_for", "trusted"),
    [(0, 5, 1_000), (0, 60, 1_818), (91, 60, 1_000), (181, 60, 1_000), (0, 600, 10_000), (400, 60, 2_000)],
)
def test_a_backlog_is_counted_again_before_it_could_be_too_long(open_orders, valid_for, trusted):
    assert Backlog(open_orders, Slots(10, 2_750)).trusted_ms(valid_for) == trusted


def test_a_reading_that_an_order_can_not_trust_is_renewed_for_all():
    door = Door(open_orders=3)
    reads = []
    door.repository.interrupt = lambda method, moment: reads.append(method)
    for life, counted in [(3_600, 1), (3_600, 1), (60, 2), (3_600, 2)]:
        door.admit(an_order(valid_for_seconds=life), "")
        assert len(reads) == counted
        door.fake_clock.advance(4_000)


def test_a_long_backlog_is_counted_less_often():
    door = Door(open_orders=400)
    reads = []
    door.repository.interrupt = lambda method, moment: reads.append(method)
    door.backlog()
    door.fake_clock.advance(1_999)
    door.backlog()
    assert reads == ["count_waiting"]
    door.fake_clock.advance(1)
    door.backlog()
    assert reads == ["count_waiting"] * 2


def test_a_reading_that_is_for_no_order_holds_for_a_second_however_fast_executions_are():
    door = Door(slots=Slots(10, 10))
    reads = []
    door.repository.interrupt = lambda method, moment: reads.append(method)
    door.backlog()
    door.fake_clock.advance(1_000)
    door.backlog()
    assert reads == ["count_waiting"] * 2


def test_the_backlog_stands_against_no_order_that_waits():
    door = Door(open_orders=1_000)
    door.admit(a_waiting_order(), "")
    assert door.admitted == 1


def test_the_switch_stands_against_orders_that_wait_too():
    door = Door()
    door.switch.set(TradingState.REDUCING)
    with pytest.raises(TradingReducing):
        door.admit(a_waiting_order(), "")
    assert door.admitted == 0
