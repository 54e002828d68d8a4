"""Orders of each type, from the form."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import has_no_sideways_scroll, standing_out
from tests.e2e.dashboard.sight import place, placed_id, status
from tests.e2e.dashboard.test_page import violations

pytestmark = pytest.mark.e2e

PRICED = ["Good till", "If the market is there already"]
SHOWN = {
    "market": [],
    "limit": ["Limit price", *PRICED],
    "stop": ["Trigger price", "Worst price once it fires (optional)", *PRICED, "If the price has recovered"],
    "takeProfit": ["Trigger price", *PRICED],
}
EVERY = {label for labels in SHOWN.values() for label in labels}


@pytest.fixture(autouse=True)
def none_left(trader):
    """No order waits for the tests that follow."""
    yield
    trader.request("DELETE", "/api/orders?status=armed")


def choose(page: Page, kind: str) -> None:
    page.get_by_label("Type", exact=True).select_option(kind)


def test_a_type_shows_its_own_fields_and_no_others(page):
    for kind, labels in SHOWN.items():
        choose(page, kind)
        for label in EVERY:
            field = page.get_by_label(label)
            expect(field).to_be_visible() if label in labels else expect(field).to_be_hidden()
    page.get_by_label("Good till").select_option("GTD")
    page.set_viewport_size({"width": 320, "height": 800})
    assert violations(page, {}) == []
    assert standing_out(page) == []
    assert has_no_sideways_scroll(page)


def test_a_stop_is_told_before_it_is_placed_and_placed_as_it_was_told(page, trader):
    choose(page, "stop")
    place(page)
    expect(page.locator("#price-error")).to_have_text("Enter a price, like 130.5.")
    expect(page.get_by_label("Trigger price")).to_be_focused()
    page.get_by_label("Trigger price").fill("100,5")
    expect(page.get_by_label("What the price is of")).to_have_value("USDC")
    page.get_by_label("Worst price").fill("99")
    expect(page.locator("#preview-summary")).to_contain_text(
        "Sells 1.5 SOL at the market when 1 SOL is worth 100.5 USDC or less, for at least 99 USDC each"
    )
    expect(page.locator("#preview-facts")).to_contain_text("below the market")
    bodies: list[dict[str, Any]] = []
    page.on(
        "request",
        lambda sent: (
            bodies.append(json.loads(sent.post_data or "")) if sent.url.endswith("/execute") else None
        ),
    )
    place(page)
    order = trader.read(placed_id(page))
    expect(status(page)).to_have_text("Armed")
    assert bodies == [
        {
            "type": "stop",
            "tokenIn": "SOL",
            "tokenOut": "USDC",
            "amount": "1.5",
            "slippage": "0.01",
            "trigger": {"price": "100.5"},
            "limitPrice": "99",
            "priceIn": "USDC",
            "timeInForce": "GTC",
            "ifMet": "refuse",
            "ifRecovered": "hold",
            "validForSeconds": 60,
        }
    ]
    assert (order["status"], order["trigger"], order["limitPrice"]) == ("armed", {"price": "100.5"}, "99")


def test_a_price_that_cannot_be_is_told_at_its_field(page):
    choose(page, "stop")
    page.get_by_label("Trigger price").fill("149")
    page.get_by_label("Worst price").fill("151")
    place(page)
    expect(page.locator("#stopLimit-error")).to_contain_text(
        "The limit of the stop is better than its trigger"
    )
    page.get_by_label("Worst price").fill("")
    page.get_by_label("Trigger price").fill("170")
    place(page)
    expect(page.locator("#price-error")).to_contain_text("The market is at the order's price already")
    expect(page.get_by_label("Trigger price")).to_be_focused()
    page.get_by_label("Trigger price").fill("140")
    page.get_by_label("Good till").select_option("GTD")
    page.get_by_label("Date and time").fill("2020-01-01T00:00")
    place(page)
    expect(page.locator("#until-error")).to_contain_text("must be at least 60 s ahead")


def test_a_price_far_from_the_market_is_asked_about_and_then_meant(page, trader):
    choose(page, "limit")
    page.get_by_label("Limit price").fill("2000")
    place(page)
    expect(page.locator("#doubts-list")).to_contain_text("above the market")
    page.get_by_role("button", name="Place anyway").click()
    assert trader.read(placed_id(page))["status"] == "armed"


def test_a_limit_for_now_is_placed_without_waiting(page, trader):
    choose(page, "limit")
    page.get_by_label("Limit price").fill("140")
    page.get_by_label("Good till").select_option("FOK")
    expect(page.get_by_label("If the market is there already")).to_be_hidden()
    place(page)
    order = trader.read(placed_id(page))
    assert (order["type"], order["timeInForce"], "goodTill" in order) == ("limit", "FOK", False)
    expect(status(page)).to_have_text("Confirmed")
