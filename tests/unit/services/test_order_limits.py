"""An account's limits at the way in: what is asked before it counts, and when orders are forgotten."""

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain import transitions
from chalicelib.domain.armed_risk import ArmedExposure, armed_entry_of
from chalicelib.domain.backlog import Slots
from chalicelib.domain.firing import Sighting, fire
from chalicelib.domain.idempotency import claim_of
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.domain.tokens import SOL
from chalicelib.errors import (
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    StorageUnavailable,
    TokenNotAllowed,
    UnsupportedSchemaVersion,
)
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.find_open import STORED_WITHIN_MS
from chalicelib.services.forget_closed import SLACK
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import a_waiting_order, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.trading import InMemoryTradingSwitch

LIMITS = Limits(orders_per_minute=1_000, open_orders=2, order_amounts={SOL.mint: 2_000_000_000})
NOW = 1_700_000_000_000
OLD = NOW - STORED_WITHIN_MS


class Gate:
    """The gate among fakes; `calls` names what it asked of them."""

    def __init__(self):
        self.exposures, self.armed = InMemoryExposures(), InMemoryArmedExposures()
        self.orders = InMemoryOrderRepository()
        self.calls = []
        self.exposures.interrupt = self.orders.interrupt = self.note
        clock = FakeClock()
        self.admission = AdmitOrder(
            orders=self.orders,
            exposures=self.exposures,
            armed=self.armed,
            trading=WatchTrading(InMemoryTradingSwitch(), clock),
            limits=LIMITS,
            tokens=PAPER_TOKENS,
            pairs=PAPER_PAIRS,
            clock=clock,
            slots=Slots(10, 0),
        )

    def note(self, method, moment):
        if moment == "before" and method != "count_waiting":
            self.calls.append(method)

    def counts(self, *entries):
        self.exposures.stored["open"] = Exposure(open_orders=frozenset(entries))

    def stores(self, name, at, *, is_final=False):
        order = an_order(name, at)
        self.orders.orders[name] = transitions.cancel(order, Stamp(at, "w")) if is_final else order

    def admit(self, number=1, at=NOW, own="", **changes):
        return self.admission.admit(an_order(f"order-{number}", at, **changes), own)

    @property
    def open_ids(self):
        return {entry.order_id for entry in self.exposures.stored["open"].open_orders}


@pytest.fixture
def gate():
    return Gate()


def test_an_order_that_fits_is_one_call(gate):
    assert gate.admit().remaining == 999
    assert gate.calls == ["count"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_in": 2_000_000_001}, OrderAmountAboveLimit),
        ({"own": '{"ALLOWED_TOKENS":"BONK"}'}, TokenNotAllowed),
        ({"own": '{"NEW":"1"}'}, UnsupportedSchemaVersion),
    ],
)
def test_what_needs_no_counting_is_refused_without_a_call(gate, changes, refusal):
    with pytest.raises(refusal):
        gate.admit(**changes)
    assert gate.calls == []


def test_an_accounts_own_limits_stand_in_for_the_settings(gate):
    for number in range(3):
        gate.admit(number, own='{"MAX_OPEN_ORDERS":"3","MAX_ORDER_AMOUNTS":"SOL=5"}', amount_in=5 * 10**9)
    with pytest.raises(OpenOrdersAtLimit):
        gate.admit(4, own='{"MAX_OPEN_ORDERS":"3"}')


def test_at_the_limit_orders_that_are_closed_are_forgotten(gate):
    gate.stores("open-one", OLD)
    gate.stores("closed-one", NOW, is_final=True)
    gate.counts(OpenEntry("open-one", OLD), OpenEntry("closed-one", NOW))
    gate.admit()
    assert gate.calls == ["count", "read", "are_final", "forget", "count"]
    assert gate.open_ids == {"open-one", "order-1"}


def test_an_order_that_was_counted_a_moment_ago_and_is_not_stored_is_not_forgotten(gate):
    gate.counts(OpenEntry("young-one", OLD + 1), OpenEntry("another", NOW))
    with pytest.raises(OpenOrdersAtLimit):
        gate.admit()
    assert gate.calls == ["count", "read", "are_final"]
    gate.admit(at=NOW + 1_001)
    assert gate.open_ids == {"another", "order-1"}


def test_orders_that_are_all_open_are_looked_for_once_a_second(gate):
    for name in ("a", "b"):
        gate.orders.orders[name] = an_order(name, OLD)
    gate.counts(OpenEntry("a", OLD), OpenEntry("b", OLD))
    for at in (NOW, NOW + 1, NOW + 999):
        with pytest.raises(OpenOrdersAtLimit):
            gate.admit(at=at)
    assert gate.calls.count("are_final") == 1
    with pytest.raises(OpenOrdersAtLimit):
        gate.admit(at=NOW + 1_000)
    assert gate.calls.count("are_final") == 2


def test_accounts_are_looked_at_apart(gate):
    for account in ("alice", "bob"):
        full = frozenset({OpenEntry("a", OLD), OpenEntry("b", OLD)})
        gate.exposures.stored[account] = Exposure(open_orders=full)
        gate.admit(account=account)
    assert gate.calls.count("forget") == 2


def test_what_counts_as_open_is_kept_small_long_before_the_limit(gate):
    wide = '{"MAX_OPEN_ORDERS":"500"}'
    for number in range(SLACK):
        gate.stores(f"closed-{number}", OLD, is_final=True)
    gate.counts(*(OpenEntry(f"closed-{number}", OLD) for number in range(SLACK)))
    assert gate.admit(own=wide).open_orders == SLACK + 1
    assert gate.calls == ["count", "read", "are_final", "forget"]
    assert gate.open_ids == {"order-1"}
    gate.admit(2, own=wide)
    assert gate.calls == ["count", "read", "are_final", "forget", "count"]


def test_orders_that_are_open_are_looked_at_again_only_when_they_have_doubled(gate):
    wide = '{"MAX_OPEN_ORDERS":"500"}'
    looks: list[int] = []
    for number in range(200):
        gate.stores(f"order-{number}", NOW)
        gate.admit(number, at=NOW + 2_000 * number, own=wide)
        if gate.calls.count("are_final") > len(looks):
            looks.append(number + 1)
    assert looks == [17, 51, 119]
    assert "forget" not in gate.calls


def test_an_order_is_taken_although_what_counts_as_open_can_not_be_kept_small(gate):
    def silent(method, moment):
        if method == "are_final":
            raise StorageUnavailable("down")

    gate.orders.interrupt = silent
    gate.counts(*(OpenEntry(f"closed-{number}", OLD) for number in range(SLACK)))
    assert gate.admit(own='{"MAX_OPEN_ORDERS":"500"}').open_orders == SLACK + 1


@pytest.mark.parametrize("method", ["count", "read", "are_final", "forget"])
def test_what_does_not_answer_admits_nobody_and_the_next_second_does(gate, method):
    gate.counts(OpenEntry("a", OLD), OpenEntry("b", OLD))
    silent = {method}

    def interrupt(called, moment):
        if moment == "before" and called in silent:
            silent.clear()
            raise StorageUnavailable("down")

    gate.exposures.interrupt = gate.orders.interrupt = interrupt
    with pytest.raises(StorageUnavailable):
        gate.admit()
    gate.admit(at=NOW + 1_000)
    assert gate.open_ids == {"order-1"}


ARMING = '{"MAX_ARMED_ORDERS":"2"}'


def armed(number, at=NOW):
    return a_waiting_order(f"armed-{number}", at)


@pytest.fixture
def full_gate(gate):
    """One at which the account has as many armed orders as it may have."""
    for number in range(2):
        gate.admission.admit(armed(number), ARMING)
        gate.orders.orders[f"armed-{number}"] = armed(number)
    return gate


def test_an_order_that_waits_counts_as_armed_and_its_request_in_the_rate(full_gate):
    assert full_gate.exposures.stored["open"].requests == 2
    assert full_gate.open_ids == set()
    assert full_gate.armed.read("open").counts("armed-1")


def test_armed_orders_that_are_final_make_room_and_give_back_their_amounts(full_gate):
    with pytest.raises(ArmedOrdersAtLimit):
        full_gate.admission.admit(armed(2), ARMING)
    ended = transitions.cancel(armed(0), Stamp(NOW, "w"))
    full_gate.orders.orders["armed-0"] = ended
    with pytest.raises(ArmedOrdersAtLimit):  # looked a moment ago
        full_gate.admission.admit(armed(2), ARMING)
    full_gate.admission.admit(armed(2, NOW + 1_000), ARMING)
    assert full_gate.armed.read("open") == ArmedExposure(
        frozenset(map(armed_entry_of, (armed(1), armed(2, NOW + 1_000)))), {SOL.mint: 2 * armed(1).amount_in}
    )


def test_an_armed_order_that_has_fired_makes_no_room(full_gate):
    fired = fire(armed(0), Sighting(240_000_000, 1), Stamp(NOW, "w"))
    full_gate.orders.orders["armed-0"] = fired
    with pytest.raises(ArmedOrdersAtLimit):
        full_gate.admission.admit(armed(2), ARMING)


def test_an_amount_that_is_reserved_for_what_is_final_makes_room_too(gate):
    own = '{"MAX_ARMED_AMOUNTS":"SOL=2"}'
    gate.admission.admit(armed(0), own)
    with pytest.raises(ArmedAmountAboveLimit):
        gate.admission.admit(armed(1), own)
    gate.orders.orders["armed-0"] = transitions.cancel(armed(0), Stamp(NOW, "w"))
    gate.admission.admit(armed(1, NOW + 1_000), own)


def test_a_copy_of_a_request_for_an_armed_order_counts_as_the_first_one(gate):
    claims = [claim_of("key", "payload", f"armed-{number}") for number in range(2)]
    first, copy = (gate.admission.admit(armed(number), "", claims[number]) for number in range(2))
    assert first == copy
    assert first.order_id == "armed-0"
    assert {entry.order_id for entry in gate.armed.read("open").open_orders} == {"armed-0"}


def test_what_counts_as_armed_is_kept_small_long_before_the_limit(gate):
    for number in range(SLACK + 1):
        gate.orders.orders[f"armed-{number}"] = transitions.cancel(armed(number), Stamp(NOW, "w"))
        gate.admission.admit(armed(number), "")
    assert gate.armed.read("open") == ArmedExposure()
