"""While nobody can look at prices, or trading is halted, nothing fires and nothing is lost."""

import pytest

from infra.local.waiting import wait_until
from tests.acceptance.market import history, journey
from tests.e2e.trader import PATIENCE

pytestmark = pytest.mark.e2e


def wait_for_watch(trader, state):
    """Wait until the health tells this of the watchers."""

    def is_so():
        return trader.request("GET", "/api/health").json()["watching"]["state"] == state or None

    assert wait_until(is_so, PATIENCE)


def turn_trading(trader, state):
    turned = trader.request("PUT", "/api/admin/trading", json={"state": state, "why": "acceptance"})
    assert turned.status_code == 200, turned.text


@pytest.mark.promise("R24")
@pytest.mark.promise("R35")
def test_a_stop_whose_prices_stand_still_fires_when_they_are_read_again(sol):
    order_id = sol.stop("0.8667")
    sol.feed("stale")
    sol.move("0.85")
    wait_for_watch(sol.trader, "stale")
    assert sol.trader.read(order_id)["firings"] == 0
    sol.feed("ok")
    seen = history(sol.trader, order_id)
    assert journey(seen)[:2] == ["placed", "fired"]
    assert int(seen[1]["afterSilenceMs"]) > 10_000  # after which the health tells it
    assert seen[-1]["status"] == "confirmed"
    wait_for_watch(sol.trader, "watching")


@pytest.mark.promise("R26")
def test_nothing_fires_while_trading_is_halted_and_all_that_is_past_its_trigger_does_after(sol):
    waits, goes = sol.stop("0.8667"), sol.stop("0.8667")
    turn_trading(sol.trader, "halted")
    try:
        wait_for_watch(sol.trader, "stale")  # so every watcher has obeyed
        sol.move_and_see("0.85")
        assert sol.cancel(goes).status_code == 200
        assert sol.trader.read(waits)["firings"] == 0
    finally:
        turn_trading(sol.trader, "active")
    seen = history(sol.trader, waits)
    assert journey(seen)[:2] == ["placed", "fired"]
    assert seen[-1]["status"] == "confirmed"
    assert journey(history(sol.trader, goes)) == ["placed", "cancelled"]
