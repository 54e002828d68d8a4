"""What may hurt is shown and asked about, and an order is bound to the quote that was on the page."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dashboard.sight import (
    Held,
    fill_amount,
    place,
    placed_id,
    status,
    stop_clock,
    use_own_clock,
)

pytestmark = pytest.mark.e2e


def bodies_of(page: Page) -> list[dict[str, Any]]:
    """What the orders ask for that the page sends from now on."""
    bodies: list[dict[str, Any]] = []
    page.on(
        "request",
        lambda request: (
            bodies.append(json.loads(request.post_data or "")) if request.url.endswith("/execute") else None
        ),
    )
    return bodies


def quotes(page: Page) -> None:
    page.get_by_role("button", name="Get quotes").click()
    expect(page.locator("#preview")).to_be_visible()


def test_slippage_is_percent_and_one_of_the_presets_is_a_click(page, trader):
    page.get_by_label("Slippage").fill("0,5")
    place(page)
    assert trader.read(placed_id(page))["slippageBps"] == 50
    bodies = bodies_of(page)
    page.get_by_role("button", name="0.1 %").click()
    fill_amount(page, "1.4")
    place(page)
    expect(page.locator("#order-heading")).to_contain_text("1.4 SOL")
    assert trader.read(placed_id(page))["slippageBps"] == 10
    assert [body["slippage"] for body in bodies] == ["0.001"]


@pytest.mark.parametrize(("percent", "is_asked"), [("5", False), ("5.01", True)])
def test_more_than_five_percent_of_slippage_is_asked_twice(page, trader, percent, is_asked):
    page.get_by_label("Slippage").fill(percent)
    place(page)
    if is_asked:
        expect(page.locator("#doubts-list")).to_contain_text(f"Slippage of {percent} %")
        expect(page).not_to_have_url(re.compile("order="))
        page.get_by_role("button", name="Place anyway").click()
    assert trader.read(placed_id(page))["slippageBps"] == round(float(percent) * 100)


@pytest.mark.parametrize(
    ("amount", "sentence"), [("8000", "moves the price against you by"), ("20000", "The order would fail.")]
)
def test_a_price_impact_and_what_would_fail_are_asked_about_also_when_no_quote_was_asked_for(
    page, amount, sentence
):
    bodies = bodies_of(page)
    fill_amount(page, amount)
    place(page)
    expect(page.locator("#doubts-list")).to_contain_text(sentence)
    place(page)
    page.get_by_label("Amount to sell").press("Enter")
    expect(page.locator("#placing")).to_be_hidden()
    assert bodies == []
    page.get_by_role("button", name="Place anyway").click()
    expect(status(page)).to_have_text("Failed" if amount == "20000" else "Confirmed")
    assert [body["amount"] for body in bodies] == [amount]


def test_an_order_demands_the_minimum_of_the_quote_that_was_shown_and_none_where_none_was(page, trader):
    bodies = bodies_of(page)
    quotes(page)
    shown = page.locator("#preview-facts div", has_text="At least").locator("dd").inner_text()
    place(page)
    order = trader.read(placed_id(page))
    assert bodies[0]["minimumAmountOut"] == shown.removesuffix(" USDC")
    assert float(order["minimumAmountOut"]) >= float(bodies[0]["minimumAmountOut"])
    fill_amount(page, "1.4")
    place(page)
    expect(page.locator("#order-heading")).to_contain_text("1.4 SOL")
    assert "minimumAmountOut" not in bodies[1]


def test_quotes_tell_their_age_and_are_asked_anew_and_grey_when_that_fails(page):
    use_own_clock(page)
    stop_clock(page)
    quotes(page)
    age = page.locator("#preview-age")
    page.clock.run_for(3_000)
    expect(age).to_have_text("3 s old")
    page.clock.fast_forward(7_500)
    expect(age).to_have_text("0 s old")
    page.route("**/api/quotes", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(10_500)
    page.clock.fast_forward(21_000)
    expect(page.locator("#preview")).to_have_attribute("data-state", "old")
    expect(page.locator("#preview-trouble")).to_contain_text("These quotes are old.")
    expect(age).to_have_text("31 s old")


def test_quoting_never_holds_up_placing(page):
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        refused.append(route)
        headers = {"Retry-After": "200", "Content-Type": "application/problem+json"}
        route.fulfill(status=503, headers=headers, body='{"title": "No", "code": "VENUE_UNAVAILABLE"}')

    page.route("**/api/quotes", refuse)
    page.get_by_role("button", name="Get quotes").click()
    expect(page.locator("#placing-text")).to_contain_text("No venue made an offer in time. Asking again in")
    place(page)
    placed_id(page)
    expect(page.locator("#placing")).to_be_hidden()
    assert len(refused) == 2  # the asked one, and the look before placing


def test_an_order_is_placed_though_its_quote_never_comes(page):
    held = Held(page, "**/api/quotes")
    place(page)
    held.first()
    placed_id(page)
