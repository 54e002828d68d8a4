"""The page says what it trades on, and offers what can be traded."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_paper_trading_is_named_also_while_the_engine_does_not_answer(page, line):
    market = page.locator("#market")
    expect(market).to_have_text("Paper trading")
    line.cut()
    expect(page.locator("#engine")).to_contain_text("No answer")
    expect(market).to_have_text("Paper trading")


def test_shadow_trading_is_named_with_what_it_means(page):
    def in_the_shadow(route):
        route.fulfill(json=route.fetch().json() | {"market": "shadow"})

    page.route("**/api/health", in_the_shadow)
    page.reload()
    market = page.locator("#market")
    expect(market).to_have_text("Shadow trading")
    expect(market).to_have_attribute("title", re.compile("^Prices are live.* no real token is moved"))


def test_a_token_is_offered_for_those_only_that_have_a_pool_with_it(page, trader):
    pairs = [set(pair["tokens"]) for pair in trader.request("GET", "/api/pairs").json()["pairs"]]
    sell, buy = page.get_by_label("Sell", exact=True), page.get_by_label("Buy", exact=True)
    symbols = set().union(*pairs)
    expect(sell.locator("option")).to_have_count(len(symbols))
    assert set(sell.locator("option").all_inner_texts()) == symbols
    for symbol in sorted(symbols):
        sell.select_option(symbol)
        offered = set(buy.locator("option").all_inner_texts()) - {symbol}
        assert offered == set().union(*(pair for pair in pairs if symbol in pair)) - {symbol}
        assert {symbol, buy.input_value()} in pairs


def test_the_same_token_on_both_sides_turns_the_pair(page):
    sell, buy = page.get_by_label("Sell", exact=True), page.get_by_label("Buy", exact=True)
    expect(sell.locator("option")).not_to_have_count(1)
    buy.select_option("SOL")
    expect(sell).to_have_value("USDC")
    expect(buy).to_have_value("SOL")
    sell.select_option("SOL")
    expect(sell).to_have_value("SOL")
    expect(buy).to_have_value("USDC")
    page.get_by_role("button", name="Swap sell and buy").click()
    expect(sell).to_have_value("USDC")
    expect(buy).to_have_value("SOL")


def test_what_is_typed_outlives_a_reload(page):
    expect(page.get_by_label("Sell", exact=True).locator("option")).not_to_have_count(1)
    typed = {"Sell": "BONK", "Buy": "SOL", "Valid for": "300"}
    for label, value in typed.items():
        page.get_by_label(label, exact=True).select_option(value)
    page.get_by_label("Amount to sell").fill("7.25")
    page.get_by_label("Slippage").fill("0.2")
    page.reload()
    for label, value in {**typed, "Amount to sell": "7.25", "Slippage, in percent": "0.2"}.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)


def test_fields_are_large_enough_on_a_phone_that_it_does_not_zoom_in(page):
    page.set_viewport_size({"width": 390, "height": 844})
    sizes = page.locator("input:visible, select:visible").evaluate_all(
        "fields => fields.map(field => parseFloat(getComputedStyle(field).fontSize))"
    )
    assert len(sizes) >= 6
    assert min(sizes) >= 16
