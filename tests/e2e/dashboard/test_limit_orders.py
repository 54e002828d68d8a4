"""Limit orders that were placed elsewhere, on the page."""

import pytest
from playwright.sync_api import expect

from tests.e2e.dashboard.sight import heading, status

pytestmark = pytest.mark.e2e

LIMIT = {"type": "limit", "limitPrice": "1500", "priceIn": "USDC", "timeInForce": "FOK"}


def test_a_limit_order_is_shown_with_its_price_and_is_not_offered_again_as_a_market_order(
    page, trader, address
):
    order_id = trader.place(**LIMIT).json()["orderId"]
    page.goto(f"{address}#order={order_id}")
    expect(heading(page)).to_contain_text("0.1 SOL")
    expect(status(page)).to_have_text("Failed")
    expect(page.locator("#order-facts")).to_contain_text("1,500 USDC, at once or not at all")
    expect(page.locator("#order-facts")).to_contain_text("1 of 1")
    expect(page.locator("#order-error")).to_contain_text("The best offer")
    expect(page.locator("#again")).to_be_hidden()


def test_a_market_order_has_no_limit_among_its_figures(page, address, confirmed_id):
    page.goto(f"{address}#order={confirmed_id}")
    expect(status(page)).to_have_text("Confirmed")
    expect(page.locator("#order-facts")).to_contain_text("Price impact")
    expect(page.locator("#order-facts")).not_to_contain_text("Limit")
