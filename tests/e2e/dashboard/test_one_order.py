"""What a person meant once is one order, whatever becomes of clicks and answers."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dashboard.sight import (
    Held,
    fill_amount,
    heading,
    newest,
    place,
    placed_id,
    status,
    stop_clock,
    use_own_clock,
)

pytestmark = pytest.mark.e2e

POSTS = "**/api/orders/execute"
GARBLED: dict[str, dict[str, Any]] = {
    "200 of a proxy": {"status": 200, "body": "<html>", "content_type": "text/html"},
    "202 cut off": {"status": 202, "body": '{"success": true, "orderId": "'},
    "202 without a body": {"status": 202, "body": ""},
    "200 of something else": {"status": 200, "body": "{}"},
    "200 without an order": {"status": 200, "body": '{"success": true}'},
    "408": {"status": 408, "body": ""},
    "500": {"status": 500, "body": "<html>"},
    "507": {"status": 507, "body": ""},
    "524": {"status": 524, "body": ""},
}
REFUSED_FOR_NOW = {
    "TRADING_HALTED": 503,
    "TRADING_REDUCING": 503,
    "BACKLOG_TOO_LONG": 503,
    "RATE_LIMIT_EXCEEDED": 429,
    "GATEWAY_THROTTLED": 429,
}


def keys_of(page: Page) -> list[str]:
    """The keys of all orders that the page sends from now on."""
    keys: list[str] = []
    page.on(
        "request",
        lambda request: (
            keys.append(request.headers["idempotency-key"]) if request.url.endswith("/execute") else None
        ),
    )
    return keys


@pytest.mark.parametrize(
    ("way", "milliseconds"),
    [("click", 20), ("click", 100), ("click", 400), ("click", 1500), ("tap", 100), ("Enter", 100)],
)
def test_a_second_click_tap_or_enter_within_two_seconds_is_the_same_order(page, trader, milliseconds, way):
    before = newest(trader, 1)
    use_own_clock(page)
    keys = keys_of(page)
    button = page.get_by_role("button", name=re.compile("Place order|Placed"))
    place_of_it = button.bounding_box()
    assert place_of_it is not None
    stop_clock(page)

    def act() -> None:
        if way == "Enter":
            page.get_by_label("Amount to sell").press("Enter")
        elif way == "tap":
            button.dispatch_event("click", {"detail": 1})
        else:
            page.mouse.click(place_of_it["x"] + 9, place_of_it["y"] + 9)

    act()
    expect(button).to_have_text("Placed \u2713")
    page.clock.run_for(milliseconds)
    act()
    page.clock.run_for(2_500)
    expect(button).to_have_text("Place order")
    page.clock.resume()
    order_id = placed_id(page)
    expect(status(page)).to_have_text("Confirmed")
    assert newest(trader, 2) == [order_id, *before]
    assert len(keys) == 1


def test_the_same_order_soon_after_is_asked_about_and_another_one_is_not(page):
    use_own_clock(page)
    stop_clock(page)
    keys = keys_of(page)
    place(page)
    first = placed_id(page)
    page.clock.fast_forward(2_500)
    place(page)
    expect(page.locator("#doubts-list")).to_have_text("You have just placed the same order.")
    place(page)  # no answer
    expect(page.locator("#doubts")).to_be_visible()
    assert placed_id(page) == first
    page.get_by_role("button", name="Don't place it").click()
    expect(page.locator("#doubts")).to_be_hidden()
    fill_amount(page, "1.6")
    place(page)
    expect(heading(page)).to_have_text("1.6 SOL \u2192 USDC")
    assert len(set(keys)) == len(keys) == 2


@pytest.mark.parametrize("answer", GARBLED.values(), ids=GARBLED)
def test_an_order_whose_answer_is_garbled_is_sent_again_under_its_key_and_placed_once(page, trader, answer):
    before = newest(trader, 1)
    bodies: list[str | None] = []

    def garble_the_first(route: Route) -> None:
        bodies.append(route.request.post_data)
        if len(bodies) == 1:
            assert route.fetch().status == 202
            route.fulfill(**answer)
        else:
            route.continue_()

    keys = keys_of(page)
    page.route(POSTS, garble_the_first)
    place(page)
    order_id = placed_id(page)
    assert newest(trader, 2) == [order_id, *before]
    assert (keys[0], bodies[0]) == (keys[1], bodies[1])


def test_an_order_whose_answer_is_lost_is_sent_again_under_its_key_and_placed_once(page, trader):
    before = newest(trader, 1)
    keys = keys_of(page)

    def lose_the_first(route: Route) -> None:
        if len(keys) == 1:
            route.fetch()
            route.abort("timedout")
        else:
            route.continue_()

    page.route(POSTS, lose_the_first)
    place(page)
    order_id = placed_id(page)
    assert newest(trader, 2) == [order_id, *before]
    assert keys[0] == keys[1]


def leave_unknown(page: Page) -> None:
    """Let the page send an order until it gives up: it never learns that it was placed."""

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    stop_clock(page)
    page.route(POSTS, swallow)
    place(page)
    for seconds in (1, 2, 4, 8):
        expect(page.locator("#placing-text")).to_contain_text(f"Asking again in {seconds} s.")
        page.clock.fast_forward(1_000 * seconds)
    expect(page.locator("#unknown")).to_contain_text("can't order twice")
    page.unroute(POSTS)


def test_an_unknown_order_outlives_edits_and_a_reload_and_is_settled_with_its_own_key(page, trader):
    before = newest(trader, 1)
    use_own_clock(page)
    keys = keys_of(page)
    leave_unknown(page)
    (key,) = set(keys)
    fill_amount(page, "0.2")
    expect(page.locator("#unknown")).to_contain_text("1.5 SOL \u2192 USDC: it is not known")
    place(page)
    expect(page.locator("#doubts-list")).to_have_text("An order that you sent before may have been placed.")
    page.reload()
    expect(page.get_by_label("Amount to sell")).to_have_value("0.2")
    page.get_by_role("button", name="Send it again").click()
    order_id = placed_id(page)
    expect(page.locator("#unknown")).to_be_hidden()
    assert newest(trader, 2) == [order_id, *before]
    assert set(keys) == {key}


def test_an_unknown_order_that_is_placed_again_unchanged_goes_under_its_own_key(page):
    use_own_clock(page)
    keys = keys_of(page)
    leave_unknown(page)
    place(page)
    placed_id(page)
    assert len(set(keys)) == 1


def test_a_refusal_after_an_unknown_answer_does_not_settle_the_order(page):
    use_own_clock(page)
    keys = keys_of(page)
    leave_unknown(page)
    refusal = {"title": "No", "code": "TRADING_HALTED", "detail": "-"}
    page.route(POSTS, lambda route: route.fulfill(status=503, json=refusal))
    place(page)
    expect(page.locator("#form-error")).to_contain_text("Trading is halted.")
    expect(page.locator("#unknown")).to_contain_text("can't order twice")
    assert len(set(keys)) == 1


def test_an_unknown_order_is_called_safe_to_repeat_only_while_the_api_remembers_its_key(page):
    use_own_clock(page)
    keys = keys_of(page)
    leave_unknown(page)
    page.clock.fast_forward(250_000)
    unknown = page.locator("#unknown")
    expect(unknown).to_contain_text("look for it among the recent orders")
    expect(page.get_by_role("button", name="Send it again")).to_have_count(0)
    place(page)
    expect(page.locator("#doubts-list")).to_have_text("An order that you sent before may have been placed.")
    page.get_by_role("button", name="I have looked: forget it").click()
    expect(unknown).to_be_hidden()
    assert len(set(keys)) == 1


@pytest.mark.parametrize(("code", "number"), REFUSED_FOR_NOW.items())
def test_an_order_that_is_refused_for_now_is_given_back_and_never_placed_by_the_page_itself(
    page, code, number
):
    def refuse(route: Route) -> None:
        headers = {"Retry-After": "20", "Content-Type": "application/problem+json"}
        route.fulfill(status=number, headers=headers, body=json.dumps({"title": "Not now", "code": code}))

    use_own_clock(page)
    keys = keys_of(page)
    page.route(POSTS, refuse)
    place(page)
    expect(page.locator("#form-error")).to_contain_text("Nothing was placed.")
    expect(page.locator("#placing")).to_be_hidden()
    expect(page.locator("#unknown")).to_be_hidden()
    page.unroute(POSTS)
    for _ in range(10):
        page.clock.fast_forward(30_000)
    expect(page.get_by_role("button", name="Place order")).to_have_attribute("aria-disabled", "false")
    assert len(keys) == 1


def test_waiting_to_send_again_can_be_stopped_and_ends_when_the_form_is_edited(page):
    use_own_clock(page)
    stop_clock(page)
    keys = keys_of(page)
    page.route(POSTS, lambda route: route.abort())
    for end in (
        lambda: page.get_by_role("button", name="Stop").click(),
        lambda: fill_amount(page, "0.002"),
    ):
        place(page)
        expect(page.locator("#placing-text")).to_contain_text("Asking again in 1 s.")
        end()
        expect(page.locator("#placing")).to_be_hidden()
        expect(page.locator("#unknown")).to_contain_text("1.5 SOL \u2192 USDC: it is not known")
        sent = len(keys)
        page.clock.fast_forward(30_000)
        expect(page.locator("#unknown")).to_be_visible()
        assert len(keys) == sent


@pytest.mark.parametrize(
    ("number", "place_of_the_sentence", "sentence"),
    [(422, "#form-error", "You may not trade this token."), (500, "#unknown", "it is not known")],
)
def test_what_becomes_of_an_order_is_told_though_the_form_was_edited_meanwhile(
    page, number, place_of_the_sentence, sentence
):
    held = Held(page, POSTS)
    place(page)
    held.first()
    fill_amount(page, "3")
    held.first().fulfill(
        status=number, json={"title": "No", "code": "TOKEN_NOT_ALLOWED" if number == 422 else "X"}
    )
    expect(page.locator(place_of_the_sentence)).to_contain_text(sentence)
    expect(page.get_by_label("Amount to sell")).to_have_value("3")
