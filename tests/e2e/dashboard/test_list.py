"""The recent orders: what a row tells, and what can be done from it."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import visited
from tests.e2e.dashboard.sight import Held, heading, row_of, said, status
from tests.e2e.holding import stopped_executions

pytestmark = pytest.mark.e2e

LISTS = re.compile(r"/api/orders\?limit=10")


@pytest.fixture
def recent_id(trader):
    """An order that is on the list's first page, however many others were placed before."""
    return trader.place().json()["orderId"]


def list_also(page: Page, **fields: Any) -> None:
    """Let the list's answers have these fields too."""
    page.route(LISTS, lambda route: route.fulfill(json=route.fetch().json() | fields))
    page.reload()


@pytest.mark.parametrize("by_keyboard", [False, True])
def test_an_open_order_is_cancelled_from_its_row(page, trader, real_stack, by_keyboard):
    with stopped_executions(real_stack):
        order_id = trader.place(amount="0.3").json()["orderId"]
        page.reload()
        row = row_of(page, order_id)
        cancel = row.get_by_role("button", name="Cancel 0.3 SOL \u2192 USDC")
        if by_keyboard:
            cancel.press("Enter")
        else:
            cancel.click()
        expect(row.locator(".status")).to_have_text("Cancelled")
    expect(cancel).to_be_hidden()
    expect(said(page)).to_contain_text("0.3 SOL \u2192 USDC cancelled. Nothing was traded.")
    expect(page).not_to_have_url(re.compile("order="))  # to cancel it is not to open it
    if by_keyboard:
        expect(row.get_by_role("link")).to_be_focused()
    assert trader.read(order_id)["status"] == "cancelled"


def test_an_order_that_is_cancelled_too_late_says_so_with_its_swap(page, trader, real_stack):
    with stopped_executions(real_stack):
        order = trader.place(amount="0.4").json()
        page.reload()
        cancel = row_of(page, order["orderId"]).get_by_role("button")
        held = Held(page, f"**/api/orders/{order['orderId']}")
        cancel.click()
        held.first()
        expect(cancel).to_have_attribute("aria-disabled", "true")
    trader.follow(order["streamUrl"])
    held.first().continue_()
    problem = page.locator("#history-problem")
    expect(problem).to_contain_text("0.4 SOL \u2192 USDC: It is too late to cancel")
    expect(row_of(page, order["orderId"]).locator(".status")).to_have_text("Confirmed")
    expect(problem).to_be_visible()
    assert len(held.routes) == 1


def test_the_whole_row_opens_its_order_and_shows_its_price_on_a_phone(page, recent_id, trader):
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    row = row_of(page, recent_id)
    expect(row.locator(".status")).to_have_text("Confirmed")
    price = trader.read(recent_id)["fill"]["executedPrice"]
    expect(row.locator("td").first).to_contain_text(f"at {price[:6]}")
    expect(row.locator("small.narrow")).to_be_visible()
    row.locator(".status").click()
    expect(heading(page)).to_be_focused()
    expect(status(page)).to_have_text("Confirmed")


def test_times_are_local_with_their_zone_and_exact_on_demand(browser, address, recent_id, trader):
    accepted = trader.read(recent_id)["acceptedAt"]
    local = datetime.fromisoformat(accepted).astimezone(ZoneInfo("Asia/Kolkata"))
    with visited(browser, timezone_id="Asia/Kolkata") as page:
        page.goto(f"{address}#order={recent_id}")
        expect(page.locator("#zone")).to_have_text("Times in GMT+5:30")
        at = row_of(page, recent_id).locator("time")
        expect(at).to_contain_text(f"{local:%H:%M:%S}")
        expect(at).to_have_attribute("title", accepted)
        expect(page.locator("#timeline time").first).to_have_attribute("title", accepted)


def test_orders_that_cannot_be_read_are_told_in_one_sentence(page):
    list_also(page, unreadable=["0123abcd-7b1c-4d2e-9f3a-0123456789ab"])
    expect(page.locator("#unreadable")).to_have_text(
        "1 order can't be shown, because a newer release of the engine wrote it "
        "or something damaged it: 0123abcd."
    )
    list_also(page, orders=[], unreadable=["0123abcd-7b1c", "4567ef01-7b1c"])
    expect(page.locator("#unreadable")).to_contain_text("2 orders can't be shown")
    expect(page.locator("#history-note")).to_be_empty()  # "no orders" would not be true
    page.unroute(LISTS)
    page.reload()
    expect(page.locator("#orders tr").first).to_be_visible()
    expect(page.locator("#unreadable")).to_be_hidden()


def test_open_orders_are_in_sight_beside_the_one_that_is_looked_at(browser, address, recent_id):
    with visited(browser, viewport={"width": 1280, "height": 800}) as page:
        page.goto(f"{address}#order={recent_id}")
        expect(status(page)).to_have_text("Confirmed")
        for seen in (row_of(page, recent_id), page.get_by_label("Amount to sell"), heading(page)):
            box = seen.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 800


def test_each_attempt_s_signature_is_copied_whole(page, address, trader, confirmed_id):
    order = trader.read(confirmed_id)
    dropped = "5" * 88
    order["logs"][3:3] = [{**order["logs"][3], "txHash": dropped}]
    page.route(f"**/api/orders/{confirmed_id}", lambda route: route.fulfill(json=order))
    page.goto(f"{address}#order={confirmed_id}")
    copies = page.locator("#timeline").get_by_role("button", name="Copy signature")
    expect(copies).to_have_count(2)
    for copy, signature in zip(copies.all(), (dropped, order["txHash"]), strict=True):
        copy.click()
        expect(copy).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == signature


def test_a_signature_that_the_browser_does_not_let_the_page_copy_is_told(browser, address, confirmed_id):
    with visited(browser) as page:
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('No'));")
        page.goto(f"{address}#order={confirmed_id}")
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(said(page)).to_contain_text("The browser did not let the page copy the signature.")
