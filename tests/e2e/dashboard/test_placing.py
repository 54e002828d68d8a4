"""Asking and placing: quotes, what is typed, refusals, the keyboard."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.dashboard.sight import heading, place, said, status

pytestmark = pytest.mark.e2e


def test_quotes_are_shown_before_placing_and_go_when_the_question_changes(page):
    page.get_by_role("button", name="Get quotes").click()
    preview = page.locator("#preview")
    expect(preview.locator(".venue")).to_have_count(2)
    expect(preview.locator(".venue.chosen")).to_have_count(1)
    expect(preview).to_contain_text(re.compile(r"(Meteora|Raydium) (beat|and) "))
    page.get_by_label("Amount to sell").fill("2")
    expect(preview).to_be_hidden()


def test_what_cannot_be_read_is_told_by_its_field_which_takes_the_focus(page):
    amount = page.get_by_label("Amount to sell")
    amount.fill("1,000")
    place(page)
    expect(amount).to_have_accessible_description("This can be read as 1000 or as 1.000: write one of them.")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_be_focused()
    expect(said(page)).to_contain_text("This can be read as 1000")
    amount.fill("1,5")
    expect(page.locator("#amount-error")).to_be_hidden()
    place(page)
    expect(heading(page)).to_have_text("1.5 SOL \u2192 USDC")
    expect(amount).to_have_value("1.5")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("Amount to sell", "", "Enter an amount, like 1.5."),
        ("Amount to sell", "0,0", "Enter an amount above zero."),
        ("Amount to sell", "0.0000000001", "SOL has at most 9 places after the point."),
        ("Slippage", "1 %", "Enter a percentage, like 0.5."),
        ("Slippage", "50.01", "Slippage may be at most 50 %."),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_is_asked(page, field, text, sentence):
    asked: list[str] = []
    expect(page.get_by_label("Sell", exact=True).locator("option")).not_to_have_count(1)
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.get_by_label(field).fill(text)
    place(page)
    expect(page.get_by_label(field)).to_have_accessible_description(sentence)
    page.get_by_role("button", name="Get quotes").click()
    assert not [request for request in asked if request.startswith("POST") and "tickets" not in request]


def test_an_api_s_own_sentence_about_a_field_stands_by_it(page):
    def refuse(route: Route) -> None:
        errors = [{"pointer": "/amount", "detail": "is no good"}]
        route.fulfill(status=400, json={"title": "No", "code": "REQUEST_INVALID", "errors": errors})

    page.route("**/api/quotes", refuse)
    place(page)
    expect(page.get_by_label("Amount to sell")).to_have_accessible_description("Amount is no good.")
    expect(page).not_to_have_url(re.compile("order="))


def test_an_api_s_own_sentence_about_what_is_no_field_of_the_form_names_it_as_people_do(page):
    def refuse(route: Route) -> None:
        errors = [
            {"pointer": "/validForSeconds", "detail": "must be between 5 and 3600"},
            {"pointer": "/minimumAmountOut", "detail": "is no good"},
            {"pointer": "", "detail": "must be whole"},
        ]
        route.fulfill(status=400, json={"title": "No", "code": "REQUEST_INVALID", "errors": errors})

    page.route("**/api/quotes", refuse)
    place(page)
    expect(page.locator("#form-error")).to_have_text(
        "Something in the form is not right. Valid for must be between 5 and 3600. "
        "The minimum of the quote is no good. The order must be whole."
    )


def test_a_refusal_is_told_for_people_with_its_numbers(page, address):
    def refuse(route: Route) -> None:
        problem = {"title": "Too large", "detail": "-", "code": "ORDER_AMOUNT_ABOVE_LIMIT"}
        route.fulfill(status=422, json={**problem, "limit": "10", "requested": "11"})

    page.route("**/api/orders/execute", refuse)
    place(page)
    expect(page.locator("#form-error")).to_have_text(
        "One order may be at most 10; you asked for 11. Nothing was placed."
    )
    page.goto(f"{address}#order={uuid4()}")
    expect(page.locator("#order-problem")).to_have_text("There is no such order in your account.")


def test_an_order_is_placed_by_keyboard_alone_with_the_focus_always_visible(page):
    stops = []
    page.reload()
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    fields = [
        "type",
        "tokenIn",
        "turn",
        "tokenOut",
        "amount",
        "slippage",
        "0.1 %",
        "0.5 %",
        "1 %",
        "validFor",
        "submit",
    ]
    assert stops == ["API reference", *fields]
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.25")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("0.25 SOL \u2192 USDC")
    expect(page.get_by_label("Amount to sell")).to_be_focused()  # for the next one
    expect(status(page)).to_have_text("Confirmed")
