"""Giving accounts limits of their own."""

import json

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.limits import Limits, own_limits, read_limits, write_limits
from chalicelib.domain.tokens import JUP, SOL
from chalicelib.errors import UnsupportedSchemaVersion, VersionConflict
from chalicelib.services.set_limits import SetLimits
from tests.fakes.accounts import InMemoryAccountLimits
from tests.fakes.clock import FakeClock
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.interruption import undisturbed

SETTINGS = Limits(orders_per_minute=120, open_orders=100, daily_amounts={SOL.mint: 10**9})


class Hand:
    """The use case among fakes."""

    def __init__(self):
        self.kept = InMemoryAccountLimits()
        self.exposures = InMemoryExposures()
        self.clock = FakeClock()
        self.use_case = SetLimits(self.kept, self.exposures, SETTINGS, PAPER_TOKENS, self.clock)

    def change(self, **changes):
        return self.use_case.change("alice", changes)


@pytest.fixture
def hand():
    return Hand()


def test_an_account_without_limits_of_its_own_has_the_settings(hand):
    stands = hand.use_case.read("alice")
    assert (stands.own, stands.limits) == ({}, SETTINGS)


def test_limits_are_added_replaced_and_taken_back(hand):
    hand.change(MAX_OPEN_ORDERS="5", MAX_DAILY_AMOUNTS="JUP=1.5")
    stands = hand.change(MAX_OPEN_ORDERS="6")
    assert stands.own == {"MAX_OPEN_ORDERS": "6", "MAX_DAILY_AMOUNTS": "JUP=1.5"}
    assert stands.limits.daily_amounts == {SOL.mint: 10**9, JUP.mint: 1_500_000}
    assert own_limits(hand.kept.read("alice"), SETTINGS, PAPER_TOKENS) == stands.limits
    assert hand.use_case.read("alice") == stands
    hand.change(MAX_OPEN_ORDERS="", MAX_DAILY_AMOUNTS="")
    assert hand.use_case.read("alice").limits == SETTINGS
    assert hand.change(ALLOWED_TOKENS="SOL").limits.tokens == {SOL}
    assert hand.use_case.read("bob").own == {}


@pytest.mark.parametrize("changes", [{"MAX_OPEN_ORDERS": "0"}, {"MAX_LEVERAGE": "2"}, {"MAX_LEVERAGE": ""}])
def test_a_limit_that_is_none_changes_nothing(hand, changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        hand.change(ALLOWED_TOKENS="SOL", **changes)
    assert hand.kept.read("alice") == ""


def test_a_change_that_somebody_else_overtook_is_told(hand):
    def overtake(_method, moment):
        if moment == "before":
            hand.kept.interrupt = undisturbed
            hand.change(MAX_OPEN_ORDERS="7")

    hand.kept.interrupt = lambda method, moment: overtake(method, moment) if method == "write" else None
    with pytest.raises(VersionConflict):
        hand.change(MAX_OPEN_ORDERS="5")
    assert json.loads(hand.kept.read("alice")) == {"MAX_OPEN_ORDERS": "7"}


def test_limits_of_a_newer_release_are_left_alone(hand):
    newer = '{"MAX_LEVERAGE":"2"}'
    hand.kept.write("alice", newer, seen="")
    with pytest.raises(UnsupportedSchemaVersion):
        hand.change(MAX_OPEN_ORDERS="5")
    assert hand.kept.read("alice") == newer


def test_what_is_used_is_that_of_this_minute_and_day(hand):
    order = an_order("order-1", hand.clock.now(), account="alice")
    hand.exposures.count(order, Limits(9, 9))
    assert hand.use_case.read("alice").exposure.requests == 1
    hand.clock.advance(60_000)
    assert hand.use_case.read("alice").exposure.requests == 0


def test_limits_are_read_back_as_they_were_written():
    given = {
        "RATE_LIMIT_PER_MINUTE": "60",
        "MAX_OPEN_ORDERS": "5",
        "ALLOWED_TOKENS": "JUP,SOL",
        "MAX_ORDER_AMOUNTS": "SOL=0.000000001,BONK=7.5",
        "MAX_DAILY_AMOUNTS": "",
        "MIN_ORDER_AMOUNTS": "SOL=0.01",
        "MAX_ARMED_ORDERS": "9",
        "MAX_ARMED_AMOUNTS": "SOL=3",
    }
    assert write_limits(read_limits(given, Limits(1, 1), PAPER_TOKENS), PAPER_TOKENS) == given


def test_a_change_to_what_stands_already_writes_nothing(hand):
    hand.change(MAX_OPEN_ORDERS="5")
    calls: list[str] = []
    hand.kept.interrupt = lambda method, moment: calls.append(method) if moment == "before" else None
    assert hand.change(MAX_OPEN_ORDERS="5").own == {"MAX_OPEN_ORDERS": "5"}
    assert calls == ["read"]
