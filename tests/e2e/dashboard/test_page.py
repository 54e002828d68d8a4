"""The page itself: for everyone, on every screen, exact."""

import json
import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from chalicelib.domain.amounts import format_decimal
from tests.e2e.browser import has_no_sideways_scroll, squeezed, standing_out, visited
from tests.e2e.dashboard.sight import fill_amount, heading, place, status

pytestmark = pytest.mark.e2e

SHORTENED = {
    "0.000000001": "0.000000001",
    "0.1": "0.1",
    "1.0005": "1.001",
    "149.959917333333333": "150.0",
    "10545905.56817": "10545906",
    "18446744073709551615": "18446744073709551615",
}
"""Amounts, and each to four significant digits without giving up whole places."""

STATUSES = [
    "armed",
    "pending",
    "routing",
    "building",
    "submitted",
    "confirmed",
    "failed",
    "expired",
    "cancelled",
]
LONGEST = "1234567890.123456789"
LIMITED = {
    "account": "an-account-with-a-long-name",
    "keyId": "0123456789ab",
    "scopes": ["read", "admin"],
    "tokens": [
        {"symbol": symbol, "limitPerOrder": LONGEST, "limitPerDay": LONGEST, "remainingToday": left}
        for symbol, left in {"SOL": LONGEST, "USDC": "0"}.items()
    ],
}
"""Who one is, at length."""

REACHABLE = """[...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")].filter(
    (control) => control.checkVisibility())"""
"""What a keyboard can come to, in the order of reading."""


def test_the_pages_own_reckoning_is_exact(page):
    pairs = list(product(SHORTENED, repeat=2))
    reckoned = page.evaluate(
        """async pairs => {
            const { aligned, bpsAbove, compare, grouped, percent, significant, subtract } =
                await import(`${document.baseURI}static/decimal.js`);
            return pairs.map(([a, b]) => [
                subtract(a, b), bpsAbove(a, b), compare(a, b), percent(a), significant(a, 4),
                grouped(subtract(a, b)), aligned([a, b]),
            ]);
        }""",
        pairs,
    )
    with localcontext(Context(prec=80, rounding=ROUND_HALF_UP)):
        for (a, b), shown in zip(pairs, reckoned, strict=True):
            x, y = Decimal(a), Decimal(b)
            places = max(len(text.partition(".")[2]) for text in (a, b))
            assert shown == [
                plain(x - y),
                plain(((x - y) * 10_000 / y).quantize(Decimal("0.01"))),
                x.compare(y),
                plain(x * 100),
                SHORTENED[a],
                f"{Decimal(plain(x - y)):,}".replace("-", "\u2212"),
                [f"{x:.{places}f}", f"{y:.{places}f}"],
            ]


def plain(value: Decimal) -> str:
    return format_decimal(value + 0)


@pytest.fixture
def strained_page(page, address, trader, confirmed_id):
    """The page with all that takes room at once: the longest amounts, failures told at length, a question."""
    order = strained(trader.read(confirmed_id))
    rows = [{**order, "orderId": f"{n:08}", "status": status} for n, status in enumerate(STATUSES)]
    listed = {"success": True, "orders": rows, "unreadable": ["0123abcd-7b1c"], "nextCursor": "more"}
    page.route(re.compile(r"limit=10$"), lambda route: route.fulfill(json=listed))
    page.route(f"**/api/orders/{confirmed_id}", lambda route: route.fulfill(json=order))
    page.route("**/api/me", lambda route: route.fulfill(json=route.fetch().json() | LIMITED))
    page.goto(f"{address}#order={confirmed_id}")
    page.reload()
    expect(page.locator("#account-who")).to_contain_text(LIMITED["account"])
    page.locator(".account button").evaluate_all("buttons => buttons.forEach((b) => { b.hidden = false; })")
    expect(page.locator("#orders tr")).to_have_count(len(rows))
    expect(page.locator("#order-error")).to_be_visible()
    fill_amount(page, "20000")
    page.get_by_label("Slippage").fill("50")
    place(page)
    expect(page.get_by_role("button", name="Place anyway")).to_be_visible()
    return page


def strained(order: dict[str, Any]) -> dict[str, Any]:
    amounts = r'"(amount|amountIn|amountOut|minimumAmountOut|quotedAmountOut|feeIn|feeOut)": "[^"]*"'
    longer: dict[str, Any] = json.loads(re.sub(amounts, rf'"\1": "{LONGEST}"', json.dumps(order)))
    longer["fill"]["executedPrice"] = "0.000000141728512345"
    detail = f"Something went wrong at length with {LONGEST} of the pool {'Pape' * 11}. " * 2
    longer["error"] = longer["logs"][-1]["reason"] = {"code": "SOMETHING_NEW_OF_THE_POOL", "detail": detail}
    return longer


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_scan_finds_nothing(browser, address, confirmed_id, scheme):
    # But for its contrast, a page is the same in the dark.
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    with visited(browser, color_scheme=scheme) as page:
        page.goto(address)
        expect(page.locator("#orders tr").first).to_be_visible()
        assert violations(page, only) == []
        fill_amount(page, "10000")
        page.get_by_role("button", name="Get quotes").click()
        expect(page.locator("#preview")).to_be_visible()
        assert violations(page, only) == []
        page.goto(f"{address}#order={confirmed_id}")
        expect(status(page)).to_have_text("Confirmed")
        place(page)
        expect(page.get_by_role("button", name="Place anyway")).to_be_visible()
        assert violations(page, only) == []
        page.get_by_label("Slippage").fill("51")
        place(page)
        expect(page.locator("#slippage-error")).to_be_visible()
        assert violations(page, only) == []


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def test_a_page_that_shows_much_is_accessible_too_on_a_phone_and_in_the_dark(strained_page):
    strained_page.set_viewport_size({"width": 320, "height": 700})
    assert violations(strained_page, {}) == []
    strained_page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert violations(strained_page, {"runOnly": ["color-contrast"]}) == []
    moving = strained_page.locator("#timeline .bar").first
    assert moving.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"


DRESS = """([percent, text]) => {
    document.documentElement.style.fontSize = percent;
    Object.assign(document.body.style, text);
}"""
TEXTS = {
    "as it is": {},
    "wide": {"fontFamily": "DejaVu Sans, Verdana, sans-serif"},
    "narrow": {"fontFamily": "Roboto, Liberation Sans, Arial, sans-serif"},
    "serifs": {"fontFamily": "DejaVu Serif, serif"},
    "of one width": {"fontFamily": "DejaVu Sans Mono, monospace"},
    "spaced": {"letterSpacing": "0.12em", "wordSpacing": "0.16em", "lineHeight": "1.5"},
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_stands_out_of_its_card_or_scrolls_sideways(strained_page, text):
    for percent, widths in {"100%": [320, 360, 768, 1024, 1280, 1600], "200%": [320, 360, 640, 1280]}.items():
        strained_page.evaluate(DRESS, [percent, text])
        for width in widths:
            strained_page.set_viewport_size({"width": width, "height": 800})
            assert standing_out(strained_page) == [], (percent, width)
            assert squeezed(strained_page) == [], (percent, width)
            assert has_no_sideways_scroll(strained_page)
    strained_page.set_viewport_size({"width": 320, "height": 800})
    heading(strained_page).evaluate("heading => { heading.style.whiteSpace = 'nowrap'; }")
    assert standing_out(strained_page)
    assert not has_no_sideways_scroll(strained_page)
    strained_page.locator("#unreadable").evaluate("note => { note.style.inlineSize = '2em'; }")
    assert squeezed(strained_page)


def test_the_keyboard_reaches_all_that_can_be_done_in_the_order_of_reading(strained_page):
    count = strained_page.evaluate(f"{REACHABLE}.length")
    assert count > 30
    strained_page.evaluate(f"{REACHABLE}[0].focus()")
    for expected in range(1, count):
        strained_page.keyboard.press("Tab")
        assert strained_page.evaluate(f"{REACHABLE}.indexOf(document.activeElement)") == expected
        assert strained_page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
