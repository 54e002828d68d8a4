"""Orders that wait for their price as they are accepted: what they count as, and for how long a key binds."""

import pytest

from tests.fakes.examples import A_WAITING_LIMIT, a_new_order
from tests.unit.services.test_accept_order import WAITING, Desk


@pytest.fixture
def desk():
    return Desk()


DAY_MS = 86_400_000


@pytest.mark.promise("R2")
def test_the_key_of_an_order_that_waits_binds_until_its_last_execution_must_be_over(desk):
    new = a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING)
    first = desk.accept(new, "key").order
    for until in (360_000, 90 * DAY_MS, 90 * DAY_MS + 299_999):
        desk.clock.advance(first.accepted_at + until - desk.clock.now())
        assert desk.accept(new, "key").order == first
    desk.clock.advance(1)
    assert not desk.accept(new, "key").replayed


def test_an_order_that_waits_counts_as_armed(desk):
    accepted = desk.accept(a_new_order(terms=A_WAITING_LIMIT, waiting=WAITING), None).order
    assert desk.armed.read(accepted.account).counts(accepted.order_id)
    assert desk.exposures.stored[accepted.account].open_orders == frozenset()
