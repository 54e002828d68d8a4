"""What a person sees and does on the page."""

import re

from playwright.sync_api import Locator, Page, expect


def place(page: Page) -> None:
    page.get_by_role("button", name="Place order").click()


def placed_id(page: Page) -> str:
    expect(page).to_have_url(re.compile("#order="))
    return page.url.rpartition("=")[2]


def heading(page: Page) -> Locator:
    return page.locator("#order-heading")


def status(page: Page) -> Locator:
    return page.locator("#order-status")


def link(page: Page) -> Locator:
    return page.locator("#link")


def said(page: Page) -> Locator:
    """What a screen reader is told."""
    return page.get_by_role("log")


def journey(page: Page) -> list[str]:
    names: list[str] = page.locator("#timeline th").evaluate_all("cells => cells.map(c => c.firstChild.data)")
    return names
