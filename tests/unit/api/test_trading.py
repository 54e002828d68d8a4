"""The trading switch over HTTP."""

import json

import pytest

from chalicelib.api.trading import actor_of, parse_trading, present_trading
from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.domain.trading import Trading, TradingState
from chalicelib.errors import BodyTooLarge, InvalidRequest


@pytest.mark.parametrize("state", TradingState)
@pytest.mark.parametrize("why", ["x", "x" * 200, "Ein Grund: €"])
def test_the_switch_is_turned_to_a_state_for_a_reason(state, why):
    assert parse_trading(json.dumps({"state": state.value, "why": why}).encode()) == (state, why)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"state": "active"},
        {"why": "x"},
        {"state": "off", "why": "x"},
        {"state": "halted", "why": ""},
        {"state": "halted", "why": "x" * 201},
        {"state": "halted", "why": "two\nlines"},
        {"state": "halted", "why": "x\x7f"},
        {"state": "halted", "why": "x\x9b31m"},
        {"state": "halted", "why": "x\u202edekcah"},
        {"state": "halted", "why": "x\u2028y"},
        {"state": "halted", "why": 1},
        {"state": "halted", "why": "x", "for": 60},
    ],
)
def test_any_other_wish_is_refused(wish):
    with pytest.raises(InvalidRequest):
        parse_trading(json.dumps(wish).encode())


def test_a_wish_that_is_too_long_is_not_read():
    with pytest.raises(BodyTooLarge):
        parse_trading(b" " * 8193)


def test_who_turned_it_is_a_key_or_nobody():
    assert actor_of(Caller("alice", frozenset({Scope.ADMIN}), "key-1")) == "key key-1"
    assert actor_of(OPEN_CALLER) == "anybody, for keys are not asked for"


def test_a_switch_that_was_turned_says_by_whom_why_and_since_when():
    turned = Trading(TradingState.HALTED, version=1, at=1_001, who="key key-1", why="a drill")
    assert present_trading(turned) == {
        "success": True,
        "state": "halted",
        "since": "1970-01-01T00:00:01.001Z",
        "who": "key key-1",
        "why": "a drill",
    }


def test_a_switch_that_was_never_turned_is_active_and_says_no_more():
    assert present_trading(Trading()) == {"success": True, "state": "active"}
