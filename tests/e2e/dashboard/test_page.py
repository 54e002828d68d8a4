"""The page itself: for everyone, on every screen, exact."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from chalicelib.domain.amounts import format_decimal
from tests.e2e.browser import has_no_sideways_scroll, visited
from tests.e2e.dashboard.sight import fill_amount, place, status

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_scan_finds_nothing(browser, address, confirmed_id, scheme):
    with visited(browser, color_scheme=scheme) as page:
        page.goto(address)
        expect(page.locator("#orders tr").first).to_be_visible()
        assert violations(page) == []
        fill_amount(page, "10000")
        page.get_by_role("button", name="Get quotes").click()
        expect(page.locator("#preview")).to_be_visible()
        assert violations(page) == []
        page.goto(f"{address}#order={confirmed_id}")
        expect(status(page)).to_have_text("Confirmed")
        place(page)
        expect(page.get_by_role("button", name="Place anyway")).to_be_visible()
        assert violations(page) == []
        page.get_by_label("Slippage").fill("51")
        place(page)
        expect(page.locator("#slippage-error")).to_be_visible()
        assert violations(page) == []


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_the_page_never_scrolls_sideways(browser, address, trader, confirmed_id, width):
    long = trader.place(tokenIn="BONK", tokenOut="SOL", amount="99999999999.99999").json()
    with visited(browser, viewport={"width": width, "height": 800}) as page:
        page.goto(address)
        expect(page.locator("#orders tr").first).to_be_visible()
        assert has_no_sideways_scroll(page)
        page.goto(f"{address}#order={long['orderId']}")
        expect(status(page)).to_have_text("Failed")
        assert has_no_sideways_scroll(page)
        page.goto(f"{address}#order={confirmed_id}")
        expect(status(page)).to_have_text("Confirmed")
        fill_amount(page)
        page.get_by_role("button", name="Get quotes").click()
        expect(page.locator("#preview")).to_be_visible()
        assert has_no_sideways_scroll(page)
