"""The API reference in a real browser, on the running stack."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.browser import Line, has_no_sideways_scroll, launch

pytestmark = pytest.mark.e2e


@pytest.fixture
def browser(stack):
    line = Line(stack.rest_url)
    with sync_playwright() as playwright, launch(playwright, line) as opened:
        yield opened
    line.close()


@pytest.mark.parametrize("width", [360, 1500])
def test_the_reference_is_drawn_whole_from_the_engine_alone(browser, stack, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    answers: list[str] = []
    errors: list[object] = []
    page.on("response", lambda response: answers.append(response.url))
    page.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108 - playwright can't mark a builtin
    page.goto(f"{stack.rest_url}/docs", wait_until="commit")
    expect(page.get_by_role("heading", name="The stream")).to_be_visible()
    for operation in ("Accept a swap order", "Cancel an order while nothing was sent", "Quote a swap"):
        expect(page.get_by_role("heading", name=operation).first).to_be_attached()
    assert has_no_sideways_scroll(page)
    assert errors == []
    assert {url.removeprefix(stack.rest_url).split("/")[1] for url in answers} <= {
        "docs", "static", "openapi.json", "redoc.standalone.js",
    }  # fmt: skip


def test_the_stage_without_its_slash_leads_to_the_dashboard(browser, stack):
    page = browser.new_page()
    page.goto(f"{stack.rest_url}?from=here#order=1", wait_until="commit")
    expect(page).to_have_url(f"{stack.rest_url}/?from=here#order=1")
    expect(page.get_by_role("heading", name="Place an order")).to_be_visible()
    assert page.evaluate("document.styleSheets.length") > 0
