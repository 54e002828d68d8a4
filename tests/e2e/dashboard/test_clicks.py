"""Two quick clicks are one where they act on an order, and two everywhere else."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dashboard.sight import (
    PAGE,
    Held,
    click_twice,
    newest,
    placed_id,
    row_of,
    said,
    status,
)

pytestmark = pytest.mark.e2e

QUICK = pytest.mark.parametrize("milliseconds", [100, 250, 400])
OLDER = re.compile("cursor=")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def asked_of(page: Page) -> list[str]:
    """What the page asks the engine for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    return asked


def listed(page: Page) -> list[str]:
    """The ids of the orders that the page lists."""
    ids: list[str] = page.locator("#orders tr").evaluate_all("rows => rows.map(row => row.dataset.orderId)")
    return ids


@QUICK
def test_two_quick_clicks_place_one_order(page, trader, milliseconds):
    before = newest(trader, 1)
    asked = asked_of(page)
    click_twice(page, button(page, "Place order"), milliseconds)
    order_id = placed_id(page)
    expect(status(page)).to_have_text("Confirmed")
    assert newest(trader, 2) == [order_id, *before]
    assert len([request for request in asked if request.endswith("/execute")]) == 1


@QUICK
def test_two_quick_clicks_turn_two_pages_there_and_back(page, trader, milliseconds):
    for _ in range(2 * PAGE + 1):
        assert trader.place().is_success
    page.reload()
    expect(page.locator("#orders tr")).to_have_count(PAGE)
    click_twice(page, button(page, "Older"), milliseconds)
    expect(page.locator("#page")).to_have_text("Page 3")
    assert not set(listed(page)) & set(newest(trader, 2 * PAGE))
    click_twice(page, button(page, "Newer"), milliseconds)
    expect(page.locator("#page")).to_have_text("Page 1")


@QUICK
def test_two_quick_clicks_on_an_ordinary_button_are_two(page, milliseconds):
    sold = page.get_by_label("Sell", exact=True)
    expect(sold.locator("option")).not_to_have_count(1)
    button(page, "Swap sell and buy").click()
    expect(sold).to_have_value("USDC")
    click_twice(page, button(page, "Swap sell and buy"), milliseconds)
    expect(sold).to_have_value("USDC")
    click_twice(page, button(page, "0.1 %"), milliseconds)
    expect(page.get_by_label("Slippage")).to_have_value("0.1")


@QUICK
def test_two_quick_clicks_cancel_once_and_do_not_open_the_row_that_is_left(
    page, address, trader, confirmed_id, milliseconds
):
    open_order = {**trader.read(confirmed_id), "status": "pending", "orderId": "0123abcd", "fill": None}
    ended = {**open_order, "status": "cancelled", "sequence": open_order["sequence"] + 1}
    asked = asked_of(page)

    def list_it(route: Route) -> None:
        is_cancelled = any(request.startswith("DELETE") for request in asked)
        route.fulfill(json={"success": True, "orders": [ended if is_cancelled else open_order]})

    page.route(re.compile(r"limit=10$"), list_it)
    page.route("**/api/orders/0123abcd", lambda route: route.fulfill(json={**ended, "success": True}))
    page.goto(f"{address}#order={confirmed_id}")
    page.reload()
    expect(status(page)).to_have_text("Confirmed")
    cancel = row_of(page, "0123abcd").get_by_role("button")
    click_twice(page, cancel, milliseconds)
    expect(cancel).to_be_hidden()
    assert len([request for request in asked if request.startswith("DELETE")]) == 1
    expect(page).to_have_url(re.compile(confirmed_id))


def test_a_double_click_asks_for_quotes_and_copies_a_signature_once(page, address, confirmed_id):
    page.goto(f"{address}#order={confirmed_id}")
    expect(status(page)).to_have_text("Confirmed")
    asked = asked_of(page)
    held = Held(page, "**/api/quotes")
    button(page, "Get quotes").dblclick()
    held.first().continue_()
    expect(page.locator("#preview")).to_be_visible()
    assert len([request for request in asked if request.endswith("/api/quotes")]) == 1
    button(page, "Copy").dblclick()
    expect(said(page).get_by_text("Signature copied.")).to_have_count(1)


def test_pages_that_are_turned_while_one_is_read_follow_it_and_a_filter_ends_that(page, trader):
    for _ in range(2 * PAGE + 1):
        assert trader.place().is_success
    page.reload()
    expect(page.locator("#orders tr")).to_have_count(PAGE)
    held = Held(page, OLDER)
    for _ in range(3):
        button(page, "Older").click()
    held.first().continue_()
    expect(page.locator("#page")).to_have_text("Page 2")
    page.get_by_label("Status", exact=True).select_option("confirmed")
    expect(page.locator("#page")).to_have_text("Page 1")
    expect(page.get_by_label("Status", exact=True)).to_have_value("confirmed")
