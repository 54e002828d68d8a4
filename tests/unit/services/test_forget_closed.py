"""When an account's closed orders are looked for, and of how many accounts a worker remembers it."""

import pytest

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.errors import StorageUnavailable
from chalicelib.services.forget_closed import LOOKED_AT_EVERY_MS, MOST_REMEMBERED, SLACK, ForgetClosed
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.interruption import undisturbed
from tests.fakes.orders import InMemoryOrderRepository

NOW = 1_700_000_000_000


class Desk:
    """Accounts that each have one more closed order whenever they are asked for."""

    def __init__(self):
        self.exposures, self.orders = InMemoryExposures(), InMemoryOrderRepository()
        self.orders.orders["closed"] = transitions.cancel(an_order("closed", NOW), Stamp(NOW, "w"))
        self.forget_closed = ForgetClosed(self.exposures, self.orders)

    def forgets(self, account):
        self.exposures.stored[account] = Exposure(open_orders=frozenset({OpenEntry("closed", NOW)}))
        return self.forget_closed.forget_closed(account, NOW)


@pytest.fixture
def desk():
    return Desk()


def fail_one_look(desk, account):
    """Look at the account's orders while its table does not answer, as it does from then on."""

    def refuse_once(_method, _moment):
        desk.exposures.interrupt = undisturbed
        raise StorageUnavailable("down")

    desk.exposures.interrupt = refuse_once
    with pytest.raises(StorageUnavailable):
        desk.forgets(account)


def test_a_worker_remembers_the_last_look_of_so_many_accounts_and_drops_the_oldest(desk):
    assert all(desk.forgets(f"account-{number}") for number in range(MOST_REMEMBERED))
    assert not desk.forgets("account-0")  # which makes the next one the oldest
    assert desk.forgets("one more")
    assert not desk.forgets("account-0")
    assert not desk.forgets(f"account-{MOST_REMEMBERED - 1}")
    assert desk.forgets("account-1")


def test_a_look_that_finds_nothing_closed_says_so(desk):
    assert not desk.forget_closed.forget_closed("another", NOW)


def test_a_look_that_the_table_did_not_answer_is_a_look_too(desk):
    fail_one_look(desk, "another")
    assert not desk.forgets("another")
    assert desk.forget_closed.forget_closed("another", NOW + LOOKED_AT_EVERY_MS)


def test_after_a_look_that_failed_an_exposure_is_kept_as_small_as_a_new_one(desk):
    fail_one_look(desk, "another")
    desk.forget_closed.keep_small("another", SLACK + 1, NOW + LOOKED_AT_EVERY_MS)
    assert desk.exposures.stored["another"].open_orders == frozenset()
