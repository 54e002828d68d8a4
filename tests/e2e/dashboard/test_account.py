"""The page says who one is to the engine, and what is left of the limits."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dashboard.sight import place, placed_id, stop_clock, use_own_clock, wait_for
from tests.e2e.holding import stopped_executions

pytestmark = pytest.mark.e2e

ME = "**/api/me"
LEFT = re.compile(r"^(100,000|99,9\d\d) of 100,000$")
OF_THE_LIMIT = re.compile(r"^\d+ of 500$")


def limit(page: Page, term: str):
    return page.locator("#account-limits div", has_text=term).locator("dd")


def answer_with(page: Page, **fields: Any) -> list[Route]:
    """Let the engine's answers of who one is have these fields too; return those that were asked for."""
    asked: list[Route] = []

    def answer(route: Route) -> None:
        asked.append(route)
        route.fulfill(json=route.fetch().json() | fields)

    page.route(ME, answer)
    return asked


def test_without_keys_everybody_is_told_to_be_one_account_with_its_limits_after_each_order(
    page, trader, real_stack
):
    who = page.locator("#account-who")
    expect(who).to_have_text("This engine asks for no key: all who use it are one account.")
    expect(page.get_by_role("button", name="Change API key")).to_be_hidden()
    with stopped_executions(real_stack):
        place(page)
        placed_id(page)
        used = trader.request("GET", "/api/me").json()["openOrders"]["used"]
        assert used > 0
        expect(limit(page, "Open orders")).to_have_text(f"{used} of 500")
        expect(limit(page, "Orders left this minute")).to_have_text(LEFT)
    expect(page.locator("#order-status")).to_have_text("Confirmed")
    expect(limit(page, "Open orders")).not_to_have_text(f"{used} of 500")
    expect(limit(page, "Open orders")).to_have_text(OF_THE_LIMIT)


def test_what_is_left_of_a_token_is_told_and_stands_out_where_it_is_nothing(page):
    sold = {"symbol": "SOL", "usedToday": "4.5", "limitPerDay": "1500", "remainingToday": "1495.5"}
    spent = {"symbol": "USDC", "usedToday": "9", "limitPerDay": "9", "remainingToday": "0"}
    free = {"symbol": "BONK", "usedToday": "7"}
    answer_with(page, tokens=[{**sold, "limitPerOrder": "1000"}, spent, free])
    page.reload()
    expect(limit(page, "SOL left today")).to_have_text("1,495.5 of 1,500")
    expect(limit(page, "SOL in one order")).to_have_text("at most 1,000")
    expect(limit(page, "USDC left today")).to_have_text("0 of 9")
    expect(limit(page, "USDC left today").locator("span")).to_have_class("alarming")
    expect(limit(page, "SOL left today").locator("span")).not_to_have_class("alarming")
    expect(page.locator("#account-limits")).not_to_contain_text("BONK")


def test_when_a_new_minute_begins_what_is_left_is_read_anew(page):
    minute = {"limit": 120, "used": 3, "remaining": 117, "resetSeconds": 7}
    asked = answer_with(page, ordersThisMinute=minute)
    use_own_clock(page)
    expect(limit(page, "Orders left this minute")).to_have_text("117 of 120")
    stop_clock(page)
    minute |= {"used": 0, "remaining": 120}
    page.clock.fast_forward(7_000)
    expect(limit(page, "Orders left this minute")).to_have_text("120 of 120")
    read = len(asked)
    with page.expect_response("**/api/health"):  # of the same time
        page.clock.fast_forward(120_000)
    assert len(asked) == read


def test_while_the_engine_does_not_tell_who_one_is_the_page_says_so_and_asks_again(page):
    page.route(ME, lambda route: route.abort())
    use_own_clock(page)
    who = page.locator("#account-who")
    expect(who).to_have_text("It is not known yet who you are. The engine did not answer.")
    page.unroute(ME)
    asked = answer_with(page, account="open")
    page.clock.fast_forward(10_000)
    wait_for(page, lambda: asked)
    expect(who).to_contain_text("all who use it are one account")
