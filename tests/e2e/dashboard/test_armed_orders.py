"""Orders that wait for a price, on the page."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser import has_no_sideways_scroll, squeezed, standing_out
from tests.e2e.dashboard.sight import Held, click_twice, heading, row_of, said, status
from tests.e2e.dashboard.test_page import LONGEST, violations

pytestmark = pytest.mark.e2e

LIMIT = {"type": "limit", "limitPrice": "1234.5", "priceIn": "USDC"}
REASON = {"kind": "unavailable", "detail": "d", "retryable": True}


@pytest.fixture
def armed_id(trader):
    """An order that waits for a price far away; no test leaves one behind that others would see."""
    yield trader.place(**LIMIT, amount="0.7").json()["orderId"]
    trader.request("DELETE", "/api/orders?status=armed")


def show_with(page: Page, address: str, order: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """Show an order as if these events had followed its first one."""
    began = datetime.fromisoformat(order["acceptedAt"])
    logs = [
        {
            "sequence": n,
            "timestamp": f"{(began + timedelta(hours=n)).astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "attempt": 0,
            **event,
        }
        for n, event in enumerate(events, 2)
    ]
    last = {name: logs[-1][name] for name in ("sequence", "status", "attempt")}
    told = {**order, **last, "logs": [*order["logs"], *logs]}
    page.route(f"**/api/orders/{order['orderId']}", lambda route: route.fulfill(json=told))
    page.goto(f"{address}#order={order['orderId']}")
    page.reload()


def test_an_order_that_waits_is_shown_as_open_with_what_it_does_and_is_cancelled(
    page, trader, address, armed_id
):
    page.goto(f"{address}#order={armed_id}")
    page.reload()
    expect(heading(page)).to_contain_text("0.7 SOL")
    expect(status(page)).to_have_text("Armed")
    expect(page.locator("#outcome")).to_contain_text(
        "Waits for its price Sells 0.7 SOL for at least 864.15 USDC"
    )
    expect(page.locator("#order-facts")).to_contain_text("1,234.5 USDC for one SOL")
    expect(page.locator("#order-facts")).to_contain_text("not yet")
    expect(page.locator("#timeline")).to_contain_text("Waits for its price")
    expect(row_of(page, armed_id).locator(".status")).to_have_text("Armed")
    page.get_by_label("Status", exact=True).select_option("armed")
    expect(row_of(page, armed_id)).to_be_visible()
    page.get_by_role("button", name="Cancel order").click()
    expect(status(page)).to_have_text("Cancelled")
    assert trader.read(armed_id)["status"] == "cancelled"


def test_what_happened_to_an_order_that_waits_is_told_in_words(page, trader, address, armed_id):
    fired = {"trigger": "130", "observed": "129.7", "priceIn": "USDC", "looks": 2, "afterSilenceMs": 20_000}
    events: list[dict[str, Any]] = [
        {"status": "armed", "change": "amended", "trigger": "130", "priceIn": "USDC", "slippageBps": 150},
        {"status": "pending", "change": "fired", **fired},
        {"status": "routing", "attempt": 1},
        {"status": "armed", "change": "returned", "reason": REASON | {"code": "TRIGGER_DISPROVED"}},
        {"status": "pending", "change": "fired", **fired, "attempt": 1},
        {"status": "routing", "attempt": 2},
        {"status": "routing", "attempt": 3},
    ]
    show_with(page, address, trader.read(armed_id), events)
    rows = page.locator("#timeline tr")
    expect(rows).to_have_count(len(events) + 1)
    for row, words in {
        1: ["Amended", "Trigger 130 USDC for one SOL", "Slippage 1.5 %"],
        2: ["Fired", "The market stood at 129.7 USDC for one SOL, in 2 looks in a row", "for 20.0 s before"],
        4: ["Waits again", "The market was not at the trigger any more"],
        7: ["Attempt 2 of 4"],
    }.items():
        for told in words:
            expect(rows.nth(row)).to_contain_text(told)
    expect(rows.nth(3).locator(".spent span").first).to_have_text("1 h 0 min")
    expect(rows.nth(6)).not_to_contain_text("Attempt")
    expect(page.locator("#order-facts")).to_contain_text("2 of 4")
    expect(said(page)).not_to_contain_text("undefined")


@pytest.fixture
def armed_row(page, armed_id):
    """The order's row in the table of those that wait."""
    page.reload()
    row = page.locator(f'[data-armed-id="{armed_id}"]')
    expect(row).to_contain_text("above the market")
    return row


def act(row: Locator, name: str) -> Locator:
    return row.get_by_role("button", name=f"{name} 0.7 SOL")


def test_an_order_that_waits_is_amended_in_its_row_by_keyboard(page, trader, armed_id, armed_row):
    expect(armed_row).to_contain_text("Limit 1,234.5 USDC for one SOL")
    expect(armed_row).to_contain_text("not yet")
    act(armed_row, "Amend").press("Enter")
    limit = page.get_by_label("Limit, in USDC")
    expect(limit).to_be_focused()
    limit.fill("nothing")
    limit.press("Enter")
    expect(page.locator(".amend")).to_contain_text("Enter a price, like 130.5.")
    limit.fill("1300,25")
    bodies: list[Any] = []
    page.on(
        "request", lambda sent: bodies.append(json.loads(sent.post_data)) if sent.method == "PATCH" else None
    )
    limit.press("Enter")
    expect(armed_row).to_contain_text("Limit 1,300.25 USDC for one SOL")
    expect(act(armed_row, "Amend")).to_be_focused()
    expect(said(page)).to_contain_text("0.7 SOL \u2192 USDC amended.")
    assert bodies == [{"limitPrice": "1300.25"}]
    assert trader.read(armed_id)["limitPrice"] == "1300.25"


def test_what_was_changed_elsewhere_is_shown_before_it_is_amended_again(page, trader, armed_id, armed_row):
    act(armed_row, "Amend").click()
    page.get_by_label("Slippage, in percent").nth(1).fill("2")
    elsewhere = trader.request("PATCH", f"/api/orders/{armed_id}", json={"limitPrice": "1400"})
    assert elsewhere.is_success
    save = page.get_by_role("button", name="Save changes")
    save.click()
    expect(page.locator(".amend")).to_contain_text("The order was changed meanwhile")
    expect(page.get_by_label("Limit, in USDC")).to_have_value("1400")
    assert trader.read(armed_id)["slippageBps"] == 100
    save.click()
    expect(page.locator(".amend")).to_be_hidden()
    amended = trader.read(armed_id)
    assert (amended["slippageBps"], amended["limitPrice"]) == (200, "1400")


def test_an_order_that_ended_meanwhile_is_not_amended_and_says_so(page, trader, armed_id, armed_row):
    act(armed_row, "Amend").click()
    page.get_by_label("Limit, in USDC").fill("1300")
    Held(page, re.compile("status=armed"))  # the page has not heard of it yet
    assert trader.request("DELETE", f"/api/orders/{armed_id}").is_success
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#armed-problem")).to_contain_text("It doesn't wait any more: it is cancelled.")
    expect(page.locator(".amend")).to_be_hidden()


def test_two_quick_clicks_cancel_one_order_that_waits(page, trader, armed_id, armed_row):
    other = trader.place(**LIMIT, amount="0.8").json()["orderId"]
    page.reload()
    for number in range(2):  # nothing moves any more under the pointer
        expect(page.locator("#armed-orders tr").nth(number)).to_contain_text("above the market")
    click_twice(page, act(armed_row, "Cancel"), 250)
    expect(page.locator("#armed-orders tr")).to_have_count(1)
    assert [trader.read(each)["status"] for each in (armed_id, other)] == ["cancelled", "armed"]


def test_thirty_orders_that_wait_fit_every_screen_and_it_is_told_when_nobody_watches(
    page, trader, address, armed_id
):
    order = trader.read(armed_id)
    long = {"amount": LONGEST, "limitPrice": LONGEST, "firings": 7}
    reason = {**REASON, "code": "SOMETHING_NEW", "detail": "Something went wrong at length. " * 3}
    stop = {"type": "stop", "trigger": {"price": LONGEST}, "lastReturn": reason}
    rows = [{**order, **long, **(stop if n % 2 else {}), "orderId": f"{n:08}"} for n in range(30)]
    listed = {"success": True, "orders": rows, "nextCursor": None}

    def unwatched(route: Route) -> None:
        watching = {"state": "stale", "lookAgeMs": 21_000}
        route.fulfill(json={**route.fetch().json(), "watching": watching})

    page.route(re.compile(r"status=armed"), lambda route: route.fulfill(json=listed))
    page.route("**/api/health", unwatched)
    page.reload()
    expect(page.locator("#armed-orders tr")).to_have_count(len(rows))
    expect(page.locator("#unwatched")).to_contain_text("The last look was 21.0 s ago.")
    expect(said(page)).to_contain_text("Nobody watches prices")
    page.locator("#armed-orders [data-act=amend]").nth(1).click()
    for width in (320, 390, 768, 1024, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert standing_out(page) == [], width
        assert squeezed(page) == [], width
        assert has_no_sideways_scroll(page)
    assert violations(page, {}) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, {"runOnly": ["color-contrast"]}) == []
