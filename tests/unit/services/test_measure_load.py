"""What /api/health asks for, and how often."""

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.backlog import Slots
from chalicelib.domain.limits import Limits
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.watching import Direction
from chalicelib.errors import QueueUnavailable
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.measure_load import MeasureLoad
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.watching import InMemoryWatchRegistry


class Measured:
    """A load to be measured, and the calls that it takes."""

    def __init__(self):
        self.clock = FakeClock()
        self.queue = InMemoryOrderQueue(self.clock)
        self.calls: list[str] = []
        self.registry = InMemoryWatchRegistry()
        orders, switch = InMemoryOrderRepository(), InMemoryTradingSwitch()
        for each in (orders, switch, self.queue, self.registry):
            each.interrupt = lambda method, _moment: self.calls.append(method)
        trading = WatchTrading(switch, self.clock)
        admit = AdmitOrder(
            orders=orders,
            exposures=InMemoryExposures(),
            armed=InMemoryArmedExposures(),
            trading=trading,
            limits=Limits(100, 100),
            tokens=PAPER_TOKENS,
            pairs=PAPER_PAIRS,
            clock=self.clock,
            slots=Slots(10, 2_750),
        )
        self.measure = MeasureLoad(
            trading=trading,
            admit_order=admit,
            orders=orders,
            executions=self.queue,
            registry=self.registry,
            clock=self.clock,
        ).measure

    def executing(self):
        """How many executions the load tells of; None when it can't be told."""
        load = self.measure()
        return None if load is None else load.executing

    @property
    def watching(self):
        """Whether prices are watched, and for how long nobody has looked."""
        load = self.measure()
        assert load is not None
        return load.watching, load.look_age_ms


def test_however_often_it_is_asked_nothing_is_called_twice_in_a_second():
    load = Measured()
    load.queue.executions = 7
    assert load.executing() == 7
    called = sorted(load.calls)
    assert called.count("running") == 1
    load.queue.executions = 3
    load.clock.advance(999)
    assert load.executing() == 7
    assert sorted(load.calls) == called
    load.clock.advance(1)
    assert load.executing() == 3


def test_a_queue_that_does_not_answer_is_asked_again():
    load = Measured()
    load.queue.executions = 7

    def fail(_method, _moment):
        raise QueueUnavailable

    load.queue.interrupt, answers = fail, load.queue.interrupt
    assert load.executing() is None
    load.queue.interrupt = answers
    assert load.executing() == 7


@pytest.mark.promise("R35")
def test_it_tells_whether_prices_are_watched_while_something_is_armed():
    load, began = Measured(), FakeClock().now()
    assert load.watching[0] == "idle"
    load.registry.arm(Direction(SOL, USDC), began)
    load.clock.advance(10_000)
    assert load.watching == ("watching", 10_000)
    load.clock.advance(1_000)
    assert load.watching[0] == "stale"
    load.registry.beat(load.clock.now(), load.clock.now())
    load.clock.advance(1_000)
    assert load.watching == ("watching", 1_000)
