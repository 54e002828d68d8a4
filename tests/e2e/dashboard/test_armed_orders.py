"""Orders that wait for a price, on the page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.sight import heading, row_of, said, status

pytestmark = pytest.mark.e2e

LIMIT = {"type": "limit", "limitPrice": "1234.5", "priceIn": "USDC"}
REASON = {"kind": "unavailable", "detail": "d", "retryable": True}


@pytest.fixture
def armed_id(trader):
    """An order that waits for a price far away."""
    return trader.place(**LIMIT, amount="0.7").json()["orderId"]


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
