"""Telling a caller who it is: the limits that hold for it, and what counts against them now."""

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.account import account_json
from chalicelib.domain import transitions
from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import DAY_MS, MINUTE_MS
from chalicelib.domain.tokens import JUP, SOL, USDC
from chalicelib.errors import UnsupportedSchemaVersion
from chalicelib.services.read_account import ReadAccount
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.trading import InMemoryTradingSwitch

SETTINGS = Limits(120, 100, daily_amounts={SOL.mint: 5 * 10**9})
OWN = '{"MAX_OPEN_ORDERS":"7","ALLOWED_TOKENS":"SOL,USDC","MAX_ORDER_AMOUNTS":"SOL=2"}'


class Desk:
    """The use case among fakes."""

    def __init__(self):
        self.clock = FakeClock()
        self.exposures, self.orders = InMemoryExposures(), InMemoryOrderRepository()
        self.read = ReadAccount(
            exposures=self.exposures,
            orders=self.orders,
            trading=WatchTrading(InMemoryTradingSwitch(), self.clock),
            settings=SETTINGS,
            tokens=PAPER_TOKENS,
            clock=self.clock,
        ).read

    def count(self, order_id):
        order = an_order(order_id, self.clock.now())
        self.exposures.count(order, SETTINGS)
        self.orders.orders[order_id] = order
        return order

    def told(self, caller):
        return account_json(self.read(caller), "paper", PAPER_TOKENS)


@pytest.fixture
def desk():
    return Desk()


def test_an_account_is_told_its_own_limits_and_what_is_used_of_them(desk):
    account = an_order().account
    desk.count("a"), desk.count("b")
    told = desk.told(Caller(account, frozenset({Scope.TRADE, Scope.READ}), "key-1", OWN))
    assert (told["account"], told["keyId"], told["scopes"]) == (account, "key-1", ["trade", "read"])
    assert (told["market"], told["trading"]) == ("paper", "active")
    assert told["openOrders"] == {"limit": 7, "used": 2}
    rate = told["ordersThisMinute"]
    assert (rate["limit"], rate["used"], rate["remaining"]) == (120, 2, 118)
    assert 1 <= rate["resetSeconds"] <= 60
    assert told["tokens"] == [
        {
            "symbol": "SOL",
            "usedToday": "3",
            "limitPerOrder": "2",
            "limitPerDay": "5",
            "remainingToday": "2",
        },
        {"symbol": "USDC", "usedToday": "0"},
    ]


def test_an_account_is_told_what_it_may_have_armed(desk):
    own = '{"MAX_ARMED_ORDERS":"3","MAX_ARMED_AMOUNTS":"SOL=1.5","MIN_ORDER_AMOUNTS":"SOL=0.25,USDC=1"}'
    told = desk.told(Caller("alice", frozenset({Scope.READ}), "key-1", own))
    assert told["armedOrders"] == {"limit": 3}
    by_symbol = {token["symbol"]: token for token in told["tokens"]}
    assert (by_symbol["SOL"]["minimumTriggered"], by_symbol["SOL"]["limitArmed"]) == ("0.25", "1.5")
    assert by_symbol["USDC"] == {"symbol": "USDC", "usedToday": "0", "minimumTriggered": "1"}
    assert desk.told(Caller("bob", frozenset({Scope.READ})))["armedOrders"] == {"limit": 200}


def test_an_order_that_is_closed_is_not_told_as_open_though_it_is_not_forgotten_yet(desk):
    order = desk.count("a")
    desk.count("b")
    desk.orders.orders["a"] = transitions.cancel(order, Stamp(desk.clock.now(), "w"))
    told = desk.told(Caller(order.account, frozenset({Scope.READ}), "key-1"))
    assert told["openOrders"]["used"] == 1
    assert told["ordersThisMinute"]["used"] == 2


def test_what_counted_in_a_minute_or_a_day_that_is_over_is_not_told(desk):
    caller = Caller(an_order().account, frozenset({Scope.READ}), "key-1")
    desk.count("a")
    desk.clock.sleep(MINUTE_MS)
    assert desk.told(caller)["ordersThisMinute"]["used"] == 0
    assert desk.told(caller)["tokens"][0]["usedToday"] == "1.5"
    desk.clock.sleep(DAY_MS)
    assert desk.told(caller)["tokens"][0]["remainingToday"] == "5"


def test_where_no_keys_are_asked_for_everybody_is_told_of_one_account(desk):
    told = desk.told(OPEN_CALLER)
    assert (told["account"], told["scopes"]) == ("open", ["trade", "read", "admin"])
    assert "keyId" not in told
    assert {JUP.symbol, SOL.symbol, USDC.symbol} < {token["symbol"] for token in told["tokens"]}


def test_of_two_accounts_each_is_told_its_own_use(desk):
    desk.count("a")
    assert desk.told(Caller("somebody else", frozenset({Scope.READ})))["openOrders"]["used"] == 0


def test_limits_of_a_newer_release_are_not_guessed(desk):
    with pytest.raises(UnsupportedSchemaVersion):
        desk.read(Caller("alice", frozenset({Scope.READ}), "key-1", '{"MAX_LEVERAGE":"2"}'))
