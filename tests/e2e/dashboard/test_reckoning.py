"""The page's own reckoning: what is typed, times and refusals. The browser is where its code runs."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

TYPED = {
    "1.5": "1.5",
    "1,5": "1.5",
    " 1,5 ": "1.5",
    ".5": "0.5",
    ",5": "0.5",
    "5.": "5",
    "00.1": "0.1",
    "0,001": "0.001",
    "1,0005": "1.0005",
    "1,000.5": "1000.5",
    "1.000,5": "1000.5",
    "1,000,000": "1000000",
    "1.000.000": "1000000",
    "1 000": "1000",
    "1\u202f000,5": "1000.5",
    "1.000": "1.000",
    "1,000": None,
    "12,345": None,
    "1,5,2": None,
    "1,00,000": None,
    "1.000,5,5": None,
    "1 5": None,
    "1e3": None,
    "+1": None,
    "-1": None,
    "1_000": None,
    "\u0661": None,
    "\uff11": None,
    "NaN": None,
    ",": None,
    "": None,
}
"""What a person may type, and the plain decimal that is meant; none where it is none or not certain."""


def run(page: Page, module: str, script: str, given: Any = None) -> Any:
    """The result of `script`, a function of a module of the page, an instance of its own, and of `given`."""
    return page.evaluate(
        """async ([module, given]) => {
            const m = await import(`${document.baseURI}static/${module}.js?alone`);
            return (SCRIPT)(m, given);
        }""".replace("SCRIPT", script),
        [module, given],
    )


def test_numbers_are_read_as_people_type_them_and_never_guessed(page):
    read = run(page, "typed", "(m, texts) => texts.map(m.typedNumber)", list(TYPED))
    assert dict(zip(TYPED, read, strict=True)) == TYPED


def test_percentages_and_basis_points_are_exact(page):
    percentages = ["0.5", "1", "50", "0.0001", "5.01", "0"]
    fractions = run(page, "decimal", "(m, texts) => texts.map(m.fraction)", percentages)
    assert fractions == ["0.005", "0.01", "0.5", "0.000001", "0.0501", "0"]
    basis_points = run(page, "decimal", "(m, all) => all.map(m.percentOfBps)", [0, 1, 100, 831, 5000])
    assert basis_points == ["0", "0.01", "1", "8.31", "50"]


AHEAD = """(m, [milliseconds, tries]) => {
    const began = Date.now();
    for (let i = 0; i < tries; i += 1) {
        const asked = began + i * 137;
        const header = new Date(asked + 20 + milliseconds).toUTCString();
        m.learn(header, asked, asked + 40);
    }
    return m.engineNow() - Date.now();
}"""
"""Answers that took 40 ms each, of an engine whose clock is so far ahead."""


@pytest.mark.parametrize("milliseconds", [3_600_000, -7_776_000_000, 5_250])
def test_the_engines_clock_is_learnt_from_its_answers_to_within_a_tenth_of_a_second(page, milliseconds):
    told = run(page, "clock", AHEAD, [milliseconds, 20])
    assert abs(told - milliseconds) <= 100


def test_a_clock_that_may_be_right_is_left_alone(page):
    assert run(page, "clock", AHEAD, [0, 20]) == 0
    assert run(page, "clock", "(m) => { m.learn(null, 1, 2); return m.engineNow() - Date.now(); }") == 0


def test_retry_after_is_seconds_or_a_date_by_the_engines_clock(page):
    asked = run(
        page,
        "api",
        """async (m) => {
            const clock = await import(`${document.baseURI}static/clock.js`);
            const ahead = new Date(Math.ceil(clock.engineNow() / 1000) * 1000 + 60_000).toUTCString();
            const past = new Date(0).toUTCString();
            return [ahead, past, "7", "0", "soon", "1.5", null].map(m.secondsAsked);
        }""",
    )
    assert 58 < asked[0] <= 61
    assert asked[1:] == [None, 7, None, None, None, None]


REFUSALS: list[tuple[dict[str, Any], str]] = [
    (
        {"code": "ORDER_AMOUNT_ABOVE_LIMIT", "limit": "10", "requested": "11"},
        "One order may be at most 10; you asked for 11. Nothing was placed.",
    ),
    (
        {"code": "DAILY_AMOUNT_ABOVE_LIMIT", "limit": "10", "used": "9"},
        (
            "You may order 10 of this token a day, and ordered 9 today. Nothing was placed. "
            "The next day begins at midnight UTC."
        ),
    ),
    (
        {"code": "TOKEN_NOT_ALLOWED", "allowed": "SOL, USDC"},
        "You may not trade this token. You may trade SOL, USDC. Nothing was placed.",
    ),
    ({"code": "SOMETHING_NEW", "title": "New", "detail": "Do this."}, "New. Do this."),
    ({"message": "Forbidden"}, "Forbidden"),
    ({}, "The answer can't be read."),
]


def test_refusals_are_told_for_people_and_unknown_ones_in_the_apis_own_words(page):
    told = run(page, "refusals", "(m, all) => all.map((one) => m.refusal(one))", [one for one, _ in REFUSALS])
    assert told == [sentence for _, sentence in REFUSALS]


def test_no_sentence_for_people_speaks_of_the_api(page):
    components = page.request.get(page.evaluate("`${document.baseURI}openapi.json`")).json()["components"]
    codes = set(components["schemas"]["Problem"]["properties"]["code"]["enum"]) - NEVER_MET
    met = [components["examples"][code]["value"] for code in sorted(codes)]
    told = run(page, "refusals", "(m, all) => all.map((one) => m.refusal(one, 7))", met)
    for word in ("GET /", "POST", "Retry-After", "JSON", "header", "Bearer", "limit whole", *OF_PROGRAMS):
        assert not [sentence for sentence in told if word in sentence]


OF_PROGRAMS = ("program", "gateway", "content type", "resource", "method", "record")
NEVER_MET = {
    "BODY_TOO_LARGE",
    "IDEMPOTENCY_KEY_REUSED",
    "ORDERS_FOLLOWED_AT_LIMIT",
    "ORIGIN_REFUSED",
    "SOCKETS_AT_LIMIT",
    "TICKET_REFUSED",
    "TRADING_CONTENDED",
}
"""What the page never asks for, or what it never shows of an answer."""


def test_what_kept_an_order_from_trading_is_told_without_codes(page):
    detail = (
        "No venue can fill this swap. meteora: POOL_ZERO_OUTPUT (It would return nothing); raydium: X_Y (No)"
    )
    told = run(page, "refusals", "(m, text) => m.plainly(text)", detail)
    assert told == "No venue can fill this swap. meteora: It would return nothing; raydium: No"
