"""Who may place one more order, and when."""

import pytest

from chalicelib.domain.backlog import Backlog
from chalicelib.errors import Overloaded
from chalicelib.ports import Admission
from chalicelib.services.admit_order import AdmitOrder
from tests.fakes.clock import FakeClock
from tests.fakes.examples import an_order
from tests.fakes.orders import InMemoryOrderRepository


class CountingLimiter:
    """Admits everything and counts."""

    def __init__(self):
        self.admitted = 0

    def admit(self, caller, now):
        self.admitted += 1
        return Admission(120, 120 - self.admitted, 60)


def orders(count):
    return InMemoryOrderRepository(*(an_order(f"order-{n}") for n in range(count)))


@pytest.mark.promise("R16")
@pytest.mark.parametrize(
    ("open_orders", "valid_for", "too_long"),
    [(0, 5, 0), (9, 5, 0), (10, 5, 1), (181, 60, 0), (182, 60, 1), (400, 60, 60), (400, 3600, 0)],
)
def test_the_wait_may_be_all_of_a_life_but_its_reserve(open_orders, valid_for, too_long):
    assert Backlog(open_orders, 2_750).seconds_too_long(valid_for) == too_long


@pytest.mark.promise("R16")
def test_a_backlog_that_is_too_long_refuses_without_counting_the_request():
    limiter = CountingLimiter()
    admit = AdmitOrder(orders(200), limiter, FakeClock(), 2_750)
    with pytest.raises(Overloaded) as refused:
        admit.admit("alice", 60)
    assert refused.value.retry_after == 6
    assert limiter.admitted == 0


def test_the_backlog_is_read_once_a_second():
    clock = FakeClock()
    repository = orders(3)
    reads = []
    repository.interrupt = lambda method, moment: reads.append(method)
    admit = AdmitOrder(repository, CountingLimiter(), clock, 2_750)
    admit.admit("alice", 60)
    clock.advance(999)
    admit.admit("alice", 60)
    assert len(reads) == 1
    clock.advance(1)
    admit.admit("alice", 60)
    assert len(reads) == 2
