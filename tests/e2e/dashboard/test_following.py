"""An order that is followed: live, through a lost connection, to its end."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.dashboard.sight import (
    JOURNEY,
    PAGE,
    fill_amount,
    heading,
    journey,
    link,
    place,
    placed_id,
    said,
    status,
    use_own_clock,
    wait_for,
)
from tests.e2e.holding import stopped_executions

pytestmark = pytest.mark.e2e


AGAIN = "(Connected again|Caught up)"
"""By a new socket, or by a read that was there before it."""


def test_an_order_is_placed_and_seen_confirmed_with_its_quotes_and_fill(page, trader):
    place(page)
    expect(status(page)).to_have_text("Confirmed")
    expect(said(page)).to_contain_text("Order confirmed.")
    order = trader.read(placed_id(page))
    expect(page.locator("#outcome")).to_have_text(f"{order['fill']['amountOut']} USDC received for 1.5 SOL")
    assert journey(page) == JOURNEY
    assert all(time.endswith(" s") for time in page.locator("#timeline .spent").all_inner_texts()[:-1])
    venues = page.locator("#order-venues .venue")
    expect(venues).to_have_count(2)
    for venue, quote in zip(venues.all(), order["route"]["quotes"], strict=True):
        expect(venue.locator(".offer")).to_have_text(f"{quote['amountOut']} USDC")
        expect(venue.locator("tbody tr")).to_have_count(len(quote["pools"]))
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(said(page)).to_contain_text("Signature copied.")
    assert page.evaluate("navigator.clipboard.readText()") == order["txHash"]
    expect(page.locator("#engine")).to_contain_text("Backlog of all accounts")


@pytest.mark.promise("R9")
def test_a_cut_line_is_told_and_the_stream_resumes_without_a_gap(page, trader, line, real_stack):
    with stopped_executions(real_stack):
        place(page)
        order_id = placed_id(page)
        expect(link(page)).to_have_text("Live")
        line.cut()
        expect(link(page)).to_contain_text("Connection lost. Trying again in")
        expect(said(page)).to_contain_text("The connection was lost.")
        expect(page.locator("#engine")).to_contain_text("No answer")
    trader.follow(trader.read(order_id)["streamUrl"])  # to its end, past the cut line
    line.mend()
    expect(status(page)).to_have_text("Confirmed")
    expect(said(page)).to_contain_text(re.compile(rf"{AGAIN}\. \d missed events? arrived\."))
    expect(link(page)).to_contain_text(re.compile(AGAIN))
    assert journey(page) == JOURNEY


@pytest.mark.promise("R9")
@pytest.mark.parametrize("lost_status", ["submitted", "confirmed"])
def test_a_message_that_is_lost_on_the_way_is_asked_for_again(page, trader, real_stack, lost_status):
    asked: list[dict[str, Any]] = []
    lost: list[str] = []

    def losing(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        if "orderId=" not in socket.url:
            return  # of all orders

        def pass_down(message: str | bytes) -> None:
            update = json.loads(message)
            if update["type"] == "status_update" and update["status"] == lost_status not in lost:
                lost.append(lost_status)
            else:
                socket.send(message)

        def pass_up(message: str | bytes) -> None:
            asked.append(json.loads(message))
            server.send(message)

        server.on_message(pass_down)
        socket.on_message(pass_up)

    page.route_web_socket("**", losing)
    use_own_clock(page)
    with stopped_executions(real_stack):
        place(page)
        order_id = placed_id(page)
        expect(link(page)).to_have_text("Live")
        pending = trader.read(order_id)
        # What is read lags behind, or it might tell the end before the socket does.
        page.route(f"**/api/orders/{order_id}", lambda route: route.fulfill(json=pending))
    wait_for(page, lambda: lost)
    # No later message shows that the last one is missing: the ping does.
    page.clock.pause_at(page.evaluate("Date.now()") + 31_000)
    expect(status(page)).to_have_text("Confirmed")
    last_known = JOURNEY.index(lost_status.capitalize())
    assert {"action": "subscribe", "orderId": order_id, "after": last_known} in asked
    assert journey(page) == JOURNEY


def test_an_order_that_failed_says_why_and_that_nothing_was_traded_and_is_filled_in_again(page, trader):
    fill_amount(page, "20000")
    page.get_by_label("Slippage").fill("0.5")
    place(page)
    page.get_by_role("button", name="Place anyway").click()
    expect(status(page)).to_have_text("Failed")
    error = trader.read(placed_id(page))["error"]
    assert error["code"] == "PRICE_IMPACT_ABOVE_LIMIT"
    expect(page.locator("#order-error")).to_contain_text("The price would move by more than is allowed.")
    expect(page.locator("#order")).to_contain_text(
        re.compile(f"^(?:(?!{error['code']}).)*{error['code']}((?!{error['code']}).)*$", re.DOTALL)
    )
    expect(page.locator("#outcome")).to_have_text("Nothing was traded 20,000 SOL were not sold")
    fill_amount(page, "1")
    page.get_by_label("Slippage").fill("1")
    page.get_by_role("button", name="Place again").click()
    expect(page.get_by_label("Amount to sell")).to_have_value("20000")
    expect(page.get_by_label("Slippage")).to_have_value("0.5")
    expect(page.get_by_label("Amount to sell")).to_be_focused()


def test_an_order_that_still_waits_is_cancelled(page, trader, real_stack):
    with stopped_executions(real_stack):
        place(page)
        cancel = page.get_by_role("button", name="Cancel order")
        cancel.click()
        expect(status(page)).to_have_text("Cancelled")
    expect(cancel).to_be_hidden()
    expect(heading(page)).to_be_focused()
    expect(page.locator("#outcome")).to_have_text("Nothing was traded 1.5 SOL were not sold")
    assert trader.read(placed_id(page))["status"] == "cancelled"


def test_recent_orders_are_filtered_and_paged_and_lead_to_their_details(page, trader, confirmed_id):
    for _ in range(PAGE):
        assert trader.place().is_success
    rows = page.locator("#orders tr")
    page.reload()
    expect(rows).to_have_count(PAGE)
    expect(rows.filter(has_not=page.locator(".status.confirmed"))).to_have_count(0)
    first_page = rows.locator("a").all_inner_texts()
    page.get_by_role("button", name="Older").click()
    expect(page.locator("#page")).to_have_text("Page 2")
    expect(rows.first).to_be_visible()
    assert not set(first_page) & set(rows.locator("a").all_inner_texts())
    page.get_by_role("button", name="Newer").click()
    expect(rows.locator("a").first).to_have_text(first_page[0])
    page.get_by_label("Status", exact=True).select_option("confirmed")
    expect(rows.filter(has_not=page.locator(".status.confirmed"))).to_have_count(0)
    expect(rows.locator(".status").first).to_have_text("Confirmed")
    rows.locator("a").first.click()
    expect(heading(page)).to_be_focused()
    expect(status(page)).to_have_text("Confirmed")
    expect(rows.locator('a[aria-current="true"]')).to_have_count(1)
    expect(page.locator("#price-chart .dot").first).to_be_attached()
    expect(page.get_by_role("img", name=re.compile(r"^Newest .+ s; .+ orders$"))).to_be_visible()
