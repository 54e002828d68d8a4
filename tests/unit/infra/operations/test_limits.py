"""What the command for an account's limits says, and what it refuses."""

import json
from types import SimpleNamespace

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.limits import Limits
from chalicelib.services.set_limits import SetLimits
from infra.operations.__main__ import parser
from infra.operations.failure import OperationFailed
from tests.fakes.accounts import InMemoryAccountLimits
from tests.fakes.clock import FakeClock
from tests.fakes.exposures import InMemoryExposures


class Desk:
    """Runs `limits` for alice, against limits in memory; returns the lines that it prints."""

    def __init__(self):
        use_case = SetLimits(
            InMemoryAccountLimits(), InMemoryExposures(), Limits(120, 100), PAPER_TOKENS, FakeClock()
        )
        self.settings = SimpleNamespace(is_open=False)
        self.at = SimpleNamespace(
            engine=SimpleNamespace(settings=self.settings, set_limits=use_case, tokens=PAPER_TOKENS)
        )

    def run(self, *words, account="alice"):
        given = parser().parse_args(["--local", "x", "limits", "--account", account, *words])
        return given.act(given, self.at)


@pytest.fixture
def desk():
    return Desk()


def test_a_limit_that_is_given_stands_and_is_said_to_be_the_account_s_own(desk):
    said = desk.run("--set", "MAX_OPEN_ORDERS=7", "--set", "MAX_ORDER_AMOUNTS=SOL=1,USDC=2")
    assert ["MAX_OPEN_ORDERS", "7", "its", "own", "0", "or", "fewer"] in [line.split() for line in said]
    assert ["MAX_ARMED_ORDERS", "200", "the", "settings'"] in [line.split() for line in said]
    shown = json.loads("\n".join(desk.run("--json")))
    assert shown["own"] == {"MAX_OPEN_ORDERS": "7", "MAX_ORDER_AMOUNTS": "SOL=1,USDC=2"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--set", "MAX_OPEN_ORDERS=1", "--set", "MAX_OPEN_ORDERS=2"), "MAX_OPEN_ORDERS is given twice"),
        (("--set", "MAX_OPEN_ORDERS=1", "--set", "MAX_OPEN_ORDERS=1"), "MAX_OPEN_ORDERS is given twice"),
        (("--set", "MAX_OPEN_ORDERS"), "is no NAME=VALUE"),
        (("--set", "MAX_OPEN_ORDERS=0"), "must be a whole number"),
    ],
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_changed(desk, words, why):
    with pytest.raises(OperationFailed, match=why):
        desk.run(*words)
    assert json.loads("\n".join(desk.run("--json")))["own"] == {}


def test_what_is_no_account_is_refused(desk):
    with pytest.raises(OperationFailed, match="'a b' is no account"):
        desk.run(account="a b")


def test_where_no_keys_are_asked_for_nobody_has_limits_of_its_own(desk):
    desk.settings.is_open = True
    with pytest.raises(OperationFailed, match="asks for no keys"):
        desk.run("--set", "MAX_OPEN_ORDERS=7")
