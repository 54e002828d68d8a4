"""The page stays true and live: without sockets, with late answers, with a clock that is off."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.e2e.browser import visited
from tests.e2e.dashboard.sight import (
    JOURNEY,
    PAGE,
    Held,
    fill_amount,
    heading,
    journey,
    link,
    place,
    placed_id,
    said,
    spent,
    status,
    stop_clock,
    use_own_clock,
    wait_for,
)
from tests.e2e.holding import stopped_executions

pytestmark = pytest.mark.e2e

LISTS = re.compile(r"/api/orders\?limit=10")
IDS = "rows => rows.map(row => row.dataset.orderId)"


def close_at_once(socket: WebSocketRoute) -> None:
    socket.close(code=1011)


def say_nothing(socket: WebSocketRoute) -> None:
    """It opens, and nobody is there."""


@pytest.mark.parametrize("socket", [close_at_once, say_nothing])
def test_without_sockets_an_order_is_followed_to_its_end_all_the_same(page, trader, socket):
    page.route_web_socket("**", socket)
    page.reload()
    place(page)
    expect(status(page)).to_have_text("Confirmed")
    expect(page.get_by_role("button", name="Cancel order")).to_be_hidden()
    order = trader.read(placed_id(page))
    expect(page.locator("#outcome")).to_contain_text(f"{order['fill']['amountOut']} USDC")
    assert journey(page) == JOURNEY
    expect(page.locator("#orders tr").first.locator(".status")).to_have_text("Confirmed")


def test_where_no_ticket_is_to_be_had_an_order_is_followed_too(page):
    page.route("**/api/stream-tickets", lambda route: route.fulfill(status=403, json={"title": "No"}))
    page.reload()
    place(page)
    expect(status(page)).to_have_text("Confirmed")
    assert journey(page) == JOURNEY


def test_while_nothing_gets_through_the_status_is_told_as_old_and_its_clock_stands(page, line, real_stack):
    with stopped_executions(real_stack):
        use_own_clock(page)
        place(page)
        expect(link(page)).to_have_text("Live")
        line.cut()
        expect(link(page)).to_contain_text("Connection lost.")
        page.clock.fast_forward(20_000)
        expect(link(page)).to_contain_text("This is as of")
        before = spent(page).inner_text()
        page.clock.fast_forward(5_000)
        assert spent(page).inner_text() == before
        line.mend()
        page.clock.fast_forward(20_000)
        expect(link(page)).not_to_contain_text("This is as of")


@pytest.mark.parametrize("is_heard_over_sockets", [True, False])
def test_the_end_of_an_order_that_is_not_looked_at_is_told(page, trader, confirmed_id, is_heard_over_sockets):
    if not is_heard_over_sockets:
        page.route_web_socket("**", close_at_once)
    use_own_clock(page)
    expect(page.locator("#orders tr").first).to_be_visible()
    order = trader.place(amount="0.77").json()
    order_id = order["orderId"]
    if not is_heard_over_sockets:
        trader.follow(order["streamUrl"])
        page.clock.fast_forward(10_000)  # the list is read now and then
    note = page.locator(f'#ends a[href="#order={order_id}"]')
    expect(note).to_have_text(re.compile(r"^0\.77 SOL \u2192 USDC confirmed: .+ USDC received\.$"))
    note.click()  # soon: the note goes by itself
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_have_text("0.77 SOL \u2192 USDC")
    expect(said(page)).to_contain_text("0.77 SOL \u2192 USDC confirmed")
    expect(page).to_have_title(re.compile(r"^\u2713 .+ USDC \u2013 Order execution$"))
    expect(page.locator(f'[data-order-id="{order_id}"] .status')).to_have_text("Confirmed")


def test_of_two_orders_placed_in_a_row_the_first_ones_end_is_told_too(page, real_stack):
    with stopped_executions(real_stack):
        place(page)
        first = placed_id(page)
        fill_amount(page, "1.6")
        place(page)
        expect(page).not_to_have_url(re.compile(first))
    expect(page.locator(f'#ends a[href="#order={first}"]')).to_be_visible()
    expect(status(page)).to_have_text("Confirmed")


def test_an_answer_that_comes_late_never_takes_a_row_back(page, trader, real_stack):
    asked: list[Route] = []
    use_own_clock(page)
    with stopped_executions(real_stack):
        place(page)
        row = page.locator(f'[data-order-id="{placed_id(page)}"] .status')
        expect(row).to_have_text("Pending")
        stale = trader.request("GET", "/api/orders?limit=10").json()
    expect(status(page)).to_have_text("Confirmed")

    def answer(route: Route) -> None:
        asked.append(route)
        route.fulfill(json=stale)

    page.route(LISTS, answer)
    page.clock.fast_forward(10_000)
    wait_for(page, lambda: asked)
    page.clock.fast_forward(10_000)
    wait_for(page, lambda: len(asked) > 1)  # so what the first one told is shown
    expect(row).to_have_text("Confirmed")


def fill_pages(trader, count: int) -> None:
    for _ in range(count):
        assert trader.place().is_success


def test_the_page_number_and_the_rows_agree_however_often_one_turns(page, trader):
    fill_pages(trader, 2 * PAGE + 1)
    page.reload()
    rows = page.locator("#orders tr")
    expect(rows).to_have_count(PAGE)
    held = Held(page, re.compile("cursor="))
    older = page.get_by_role("button", name="Older")
    older.click()
    older.click()
    second = held.first().fetch()
    assert len(held.routes) == 1  # the third page is known only when the second one is
    held.first().fulfill(response=second)
    expect(page.locator("#page")).to_have_text("Page 2")
    assert rows.evaluate_all(IDS) == [order["orderId"] for order in second.json()["orders"]]
    wait_for(page, lambda: len(held.routes) > 1)
    third = held.routes[1].fetch()
    held.routes[1].fulfill(response=third)
    expect(page.locator("#page")).to_have_text("Page 3")
    assert rows.evaluate_all(IDS) == [order["orderId"] for order in third.json()["orders"]]


def test_a_page_or_a_filter_that_cannot_be_read_is_not_turned_to(page, trader):
    fill_pages(trader, PAGE + 1)
    use_own_clock(page)
    expect(page.locator("#orders tr")).to_have_count(PAGE)
    stop_clock(page)  # the next reading takes the note away
    page.route(re.compile("cursor=|status=failed"), lambda route: route.abort())
    page.get_by_role("button", name="Older").click()
    note = page.locator("#history-note")
    expect(note).to_have_text("The engine did not answer.")
    expect(page.locator("#page")).to_have_text("Page 1")
    page.get_by_label("Status", exact=True).select_option("failed")
    expect(page.get_by_label("Status", exact=True)).to_have_value("")
    expect(page.locator("#orders tr")).to_have_count(PAGE)


def test_charts_show_what_was_confirmed_whatever_the_list_is_filtered_by(page, trader, confirmed_id):
    page.reload()
    newest = page.locator("#price-newest")
    expect(newest).not_to_be_empty()
    page.get_by_label("Status", exact=True).select_option("cancelled")
    order = trader.place().json()
    trader.follow(order["streamUrl"])
    price = Decimal(trader.read(order["orderId"])["fill"]["executedPrice"])
    expect(newest).to_have_text(str(price.quantize(Decimal("0.0001"), ROUND_HALF_UP)))


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=-90), timedelta(seconds=40)])
def test_a_computer_whose_clock_is_off_shows_the_time_in_a_status_by_the_engines_clock(
    browser, address, line, trader, real_stack, ahead
):
    with stopped_executions(real_stack), visited(browser) as page:
        order_id = trader.place().json()["orderId"]
        page.clock.install(time=datetime.now(UTC) + ahead)
        page.goto(f"{address}#order={order_id}")
        expect(status(page)).to_have_text("Pending")
        expect(spent(page)).to_have_text(re.compile(r"^\d\d?\.\d+ s$"))
        first = float(spent(page).inner_text().removesuffix(" s"))
        assert first < 30
        trader.request("DELETE", f"/api/orders/{order_id}")


def test_while_no_order_is_open_the_account_s_socket_is_pinged_every_five_minutes(page):
    pings: list[str] = []

    def answering(socket):
        def answer(text):
            pings.append(text)
            socket.send('{"v": 1, "type": "pong"}')

        socket.on_message(answer)

    page.route("**/api/orders?limit=10", lambda route: route.fulfill(json={"orders": []}))
    page.route_web_socket("**", answering)
    use_own_clock(page)
    page.clock.run_for(3_000)  # the first word
    wait_for(page, lambda: len(pings) == 1)
    page.clock.run_for(290_000)
    assert len(pings) == 1
    page.clock.run_for(40_000)
    wait_for(page, lambda: len(pings) == 2)
