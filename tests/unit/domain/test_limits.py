"""An account's limits, from the settings and of its own."""

from dataclasses import replace

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.bootstrap import AwsAdapters
from chalicelib.bootstrap.limits import limits_of
from chalicelib.config import SETTINGS, InvalidSettings
from chalicelib.domain.limits import Limits, own_limits, read_limits, write_limits
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC
from chalicelib.errors import UnsupportedSchemaVersion
from infra.local.failure import LocalFailure
from infra.local.settings import read_settings
from tests.fakes.paper import paper_settings

STANDING = Limits(
    orders_per_minute=120,
    open_orders=100,
    tokens=frozenset({SOL, USDC}),
    order_amounts={SOL.mint: 7, USDC.mint: 8},
)


def test_the_settings_are_the_limits_of_an_account_that_has_none_of_its_own():
    settings = paper_settings(
        rate_limit_per_minute=60,
        max_open_orders=500,
        allowed_tokens="SOL,USDC",
        max_order_amounts="SOL=1000,USDC=150000.5",
        max_daily_amounts="SOL=0.000000001",
        min_order_amounts="SOL=0.01,USDC=1",
        max_armed_orders=2_000,
        max_armed_amounts="USDC=5000",
    )
    assert limits_of(settings, PAPER_TOKENS) == Limits(
        orders_per_minute=60,
        open_orders=500,
        tokens=frozenset({SOL, USDC}),
        order_amounts={SOL.mint: 1_000 * 10**9, USDC.mint: 150_000_500_000},
        daily_amounts={SOL.mint: 1},
        least_amounts={SOL.mint: 10_000_000, USDC.mint: 1_000_000},
        armed_orders=2_000,
        armed_amounts={USDC.mint: 5_000_000_000},
    )
    assert own_limits("", STANDING, PAPER_TOKENS) is STANDING


def test_by_default_there_is_no_limit_of_tokens_or_amounts():
    assert limits_of(paper_settings(), PAPER_TOKENS) == Limits(orders_per_minute=120, open_orders=100)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("allowed_tokens", "SOL,sol"),
        ("max_order_amounts", "DOGE=1"),
        ("max_order_amounts", "SOL=0"),
        ("max_daily_amounts", "USDC=0.0000001"),
        ("max_daily_amounts", "SOL=1,SOL=2"),
        ("max_open_orders", 5_001),
        ("min_order_amounts", "SOL=0"),
        ("max_armed_orders", 2_001),
        ("max_armed_amounts", "DOGE=1"),
    ],
)
def test_a_limit_that_no_token_can_have_is_refused_by_its_name(setting, value):
    with pytest.raises(InvalidSettings, match=f"^{setting.upper()} was"):
        limits_of(paper_settings(**{setting: value}), PAPER_TOKENS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_OPEN_ORDERS", "6000"),
        ("ALLOWED_TOKENS", "SOl"),
        ("MAX_ORDER_AMOUNTS", "SOL=007"),
        ("MAX_DAILY_AMOUNTS", "SOL=0"),
    ],
)
def test_no_worker_and_no_local_stack_starts_with_a_limit_that_is_not_understood(name, value, monkeypatch):
    for setting in SETTINGS:
        if setting.default is None:
            monkeypatch.setenv(setting.variable, "x")
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=f"^{name} was '{value}'"):
        _ = AwsAdapters().settings
    with pytest.raises(LocalFailure, match=f"^{name} was '{value}'"):
        read_settings([f"{name}={value}"])


def test_an_accounts_own_limits_stand_in_token_by_token():
    own = '{"MAX_ORDER_AMOUNTS":"SOL=2","RATE_LIMIT_PER_MINUTE":"1","MAX_DAILY_AMOUNTS":"JUP=1"}'
    assert own_limits(own, STANDING, PAPER_TOKENS) == replace(
        STANDING,
        orders_per_minute=1,
        order_amounts={SOL.mint: 2 * 10**9, USDC.mint: 8},
        daily_amounts={JUP.mint: 10**6},
    )


def test_an_accounts_own_limits_on_triggered_orders_stand_in_token_by_token():
    defaults = replace(STANDING, least_amounts={SOL.mint: 1, USDC.mint: 2}, armed_amounts={USDC.mint: 3})
    own = '{"MIN_ORDER_AMOUNTS":"SOL=0.5","MAX_ARMED_ORDERS":"3","MAX_ARMED_AMOUNTS":"JUP=1"}'
    assert own_limits(own, defaults, PAPER_TOKENS) == replace(
        defaults,
        least_amounts={SOL.mint: 500_000_000, USDC.mint: 2},
        armed_orders=3,
        armed_amounts={USDC.mint: 3, JUP.mint: 10**6},
    )


def test_an_accounts_own_list_of_tokens_stands_in_as_a_whole():
    assert own_limits('{"ALLOWED_TOKENS":"BONK"}', STANDING, PAPER_TOKENS).tokens == {BONK}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"SOL"',
        '{"MAX_LEVERAGE":"2"}',
        '{"MAX_PRICE_IMPACT_BPS":"2"}',
        '{"RATE_LIMIT_PER_MINUTE":60}',
        '{"RATE_LIMIT_PER_MINUTE":"0"}',
        '{"RATE_LIMIT_PER_MINUTE":"-1"}',
        '{"RATE_LIMIT_PER_MINUTE":"٣"}',
        '{"MAX_OPEN_ORDERS":"9999999999999999999999"}',
        '{"ALLOWED_TOKENS":"SOL, USDC"}',
        '{"MAX_ORDER_AMOUNTS":{"SOL":"1"}}',
        '{"MAX_ORDER_AMOUNTS":"SOL=1e3"}',
        '{"MAX_ORDER_AMOUNTS":"SOL"}',
    ],
)
def test_own_limits_that_are_not_understood_are_not_passed_over(text):
    with pytest.raises(UnsupportedSchemaVersion):
        own_limits(text, STANDING, PAPER_TOKENS)


def test_what_is_wrong_with_a_limit_is_said():
    with pytest.raises(ValueError, match="MAX_OPEN_ORDERS was 'many': must be a whole number from 1 to 500"):
        read_limits({"MAX_OPEN_ORDERS": "many"}, STANDING, PAPER_TOKENS)
    with pytest.raises(ValueError, match="MAX_LEVERAGE is no limit of an account: those are RATE_LIMIT"):
        read_limits({"MAX_LEVERAGE": "2"}, STANDING, PAPER_TOKENS)


@pytest.mark.parametrize(
    ("name", "most"),
    [("RATE_LIMIT_PER_MINUTE", 10**9), ("MAX_OPEN_ORDERS", 500), ("MAX_ARMED_ORDERS", 2_000)],
)
def test_a_whole_number_is_taken_from_1_to_the_most_that_there_can_be(name, most):
    for number in (1, most):
        limits = read_limits({name: str(number)}, STANDING, PAPER_TOKENS)
        assert write_limits(limits, PAPER_TOKENS)[name] == str(number)
    for number in (0, most + 1):
        with pytest.raises(ValueError, match=f"must be a whole number from 1 to {most}$"):
            read_limits({name: str(number)}, STANDING, PAPER_TOKENS)


@pytest.mark.parametrize(
    "name", ["MAX_ORDER_AMOUNTS", "MAX_DAILY_AMOUNTS", "MIN_ORDER_AMOUNTS", "MAX_ARMED_AMOUNTS"]
)
def test_an_amount_is_taken_from_one_base_unit_to_all_that_an_account_can_hold(name):
    for amount in ("BONK=0.00001", "BONK=184467440737095.51615"):
        assert (
            write_limits(read_limits({name: amount}, Limits(1, 1), PAPER_TOKENS), PAPER_TOKENS)[name]
            == amount
        )
    for amount in ("BONK=0", "BONK=0.000001", "BONK=184467440737095.51616"):
        with pytest.raises(ValueError, match=f"^{name} was '{amount}': must"):
            read_limits({name: amount}, Limits(1, 1), PAPER_TOKENS)


def test_limits_are_written_as_they_are_read():
    given = {
        "RATE_LIMIT_PER_MINUTE": "7",
        "MAX_OPEN_ORDERS": "8",
        "ALLOWED_TOKENS": "JUP,SOL",
        "MAX_ORDER_AMOUNTS": "SOL=1.5,JUP=2",
        "MAX_DAILY_AMOUNTS": "",
        "MIN_ORDER_AMOUNTS": "SOL=0.01",
        "MAX_ARMED_ORDERS": "9",
        "MAX_ARMED_AMOUNTS": "SOL=3,BONK=4",
    }
    assert write_limits(read_limits(given, Limits(1, 1), PAPER_TOKENS), PAPER_TOKENS) == given
