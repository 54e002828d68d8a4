"""Asking and placing: quotes, refusals in the API's own words, safe repeats."""

import json
import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dashboard.sight import heading, place, placed_id, said, status
from tests.e2e.trader import Trader

pytestmark = pytest.mark.e2e

BUSY = {
    "title": "The engine is busy",
    "status": 503,
    "detail": "Nothing was created.",
    "code": "BACKLOG_TOO_LONG",
}


def test_quotes_are_shown_before_placing_and_go_when_the_question_changes(page):
    page.get_by_role("button", name="Get quotes").click()
    preview = page.locator("#preview")
    expect(preview.locator(".venue")).to_have_count(2)
    expect(preview.locator(".venue.chosen")).to_have_count(1)
    expect(preview).to_contain_text(re.compile(r"(Meteora|Raydium) (beat|and) "))
    page.get_by_label("Amount to sell").fill("2")
    expect(preview).to_be_hidden()


def test_a_refused_field_shows_the_apis_own_sentence_and_takes_the_focus(page, trader):
    sentence = trader.place(amount="1,5").json()["errors"][0]["detail"]
    amount = page.get_by_label("Amount to sell")
    amount.fill("1,5")
    place(page)
    expect(amount).to_have_accessible_description(f"Amount {sentence}.")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_be_focused()
    expect(said(page)).to_contain_text(sentence)
    amount.fill("1.5")
    place(page)
    expect(status(page)).to_have_text("Confirmed")
    expect(page.locator("#amount-error")).to_be_hidden()


def test_a_refusal_that_is_about_no_field_is_the_apis_own_sentence_too(page, trader, address):
    page.get_by_label("Buy", exact=True).select_option("JUP")
    page.get_by_role("button", name="Get quotes").click()
    asked = {"tokenIn": "SOL", "tokenOut": "JUP", "amount": "1.5"}
    refused = trader.request("POST", "/api/quotes", json=asked).json()
    expect(page.locator("#form-error")).to_have_text(f"{refused['title']}. {refused['detail']}")
    unknown = str(uuid4())
    page.goto(f"{address}#order={unknown}")
    expect(page.locator("#order-problem")).to_have_text(re.compile("^No such order. "))


def test_an_order_is_placed_by_keyboard_alone_with_the_focus_always_visible(page):
    stops = []
    for _ in range(8):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    fields = ["tokenIn", "turn", "tokenOut", "amount", "slippage", "validFor", "submit"]
    assert stops == ["API reference", *fields]
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.25")
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_have_text("0.25 SOL \u2192 USDC")
    expect(status(page)).to_have_text("Confirmed")


def test_a_post_whose_answer_is_lost_is_sent_again_under_its_key_and_orders_once(page, trader):
    keys: list[str] = []

    def lose_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort("timedout")
        else:
            route.continue_()

    before = newest(trader, 1)
    page.route("**/api/orders/execute", lose_first_answer)
    place(page)
    order_id = placed_id(page)
    assert newest(trader, 2) == [order_id, *before]
    place(page)
    expect(page).not_to_have_url(re.compile(order_id))
    assert keys[0] == keys[1] != keys[2]


def newest(trader: Trader, count: int) -> list[str]:
    orders = trader.request("GET", f"/api/orders?limit={count}").json()["orders"]
    return [order["orderId"] for order in orders]


def be_busy_once(page: Page) -> list[Route]:
    """Answer the first post with a Retry-After of 200 seconds; the page's clock is the test's then."""
    posts: list[Route] = []

    def answer(route: Route) -> None:
        posts.append(route)
        if len(posts) > 1:
            return route.continue_()
        headers = {"Retry-After": "200", "Content-Type": "application/problem+json"}
        return route.fulfill(status=503, headers=headers, body=json.dumps(BUSY))

    page.clock.install()
    page.reload()
    page.route("**/api/orders/execute", answer)
    return posts


def test_a_busy_engine_is_asked_again_after_its_retry_after_which_counts_down(page):
    posts = be_busy_once(page)
    place(page)
    notice = page.locator("#placing-text")
    expect(notice).to_have_text(
        re.compile(r"^The engine is busy\. Nothing was created\. Asking again in \d{3}\ss\.$")
    )
    page.clock.fast_forward(140_000)
    expect(notice).to_have_text(re.compile(r"in \d\d\ss\.$"))
    assert len(posts) == 1
    page.clock.fast_forward(60_000)
    expect(status(page)).to_have_text("Confirmed")
    assert len({post.request.headers["idempotency-key"] for post in posts}) == 1


def test_waiting_for_a_busy_engine_can_be_stopped(page):
    posts = be_busy_once(page)
    place(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#form-error")).to_have_text("The engine is busy. Nothing was created.")
    expect(page.get_by_role("button", name="Place order")).to_be_focused()
    page.clock.fast_forward(300_000)
    assert len(posts) == 1


def test_an_edit_while_waiting_ends_the_asking_so_that_only_what_is_shown_is_placed(page):
    posts = be_busy_once(page)
    place(page)
    expect(page.locator("#placing-text")).to_contain_text("Asking again")
    page.locator("#order-form [name=amount]").fill("0.002")
    expect(page.locator("#placing")).to_be_hidden()
    page.clock.fast_forward(300_000)
    assert len(posts) == 1


def test_an_unknown_outcome_is_called_safe_to_repeat_only_while_the_api_remembers_the_key(page):
    page.clock.install()
    page.reload()
    page.route("**/api/orders/execute", lambda route: route.abort())
    place(page)
    error = page.locator("#form-error")
    for _ in range(4):
        expect(page.locator("#placing-text")).to_contain_text("Asking again")
        page.clock.fast_forward(9_000)
    expect(error).to_contain_text("that can't order twice")
    page.clock.fast_forward(250_000)
    expect(error).to_contain_text("look for it among the recent orders")
