"""What a person sees and does on the page."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser import PATIENCE
from tests.e2e.trader import Trader

JOURNEY = ["Pending", "Routing", "Building", "Submitted", "Confirmed"]
"""The statuses of an order that is confirmed, as the page words them."""

PAGE = 10
"""Orders on a page of the recent ones."""


def fill_amount(page: Page, amount: str = "1.5") -> None:
    page.get_by_label("Amount to sell").fill(amount)


def place(page: Page) -> None:
    page.get_by_role("button", name="Place order").click()


def placed_id(page: Page) -> str:
    expect(page).to_have_url(re.compile("#order="))
    return page.url.rpartition("=")[2]


def click_twice(page: Page, control: Locator, milliseconds: int) -> None:
    """Click on a control, and in the same place again after such a while: to a browser a double click."""
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        if count == 1:
            page.wait_for_timeout(milliseconds)


def heading(page: Page) -> Locator:
    return page.locator("#order-heading")


def status(page: Page) -> Locator:
    return page.locator("#order-status")


def link(page: Page) -> Locator:
    return page.locator("#link")


def said(page: Page) -> Locator:
    """What a screen reader is told."""
    return page.get_by_role("log")


def row_of(page: Page, order_id: str) -> Locator:
    """An order among the recent ones."""
    return page.locator(f'[data-order-id="{order_id}"]')


def journey(page: Page) -> list[str]:
    names: list[str] = page.locator("#timeline th").evaluate_all("cells => cells.map(c => c.firstChild.data)")
    return names


def spent(page: Page) -> Locator:
    """The time in the status that the order is in."""
    return page.locator("#timeline tr").last.locator(".spent span").first


def use_own_clock(page: Page) -> None:
    """Load the page anew with a clock that the test can move."""
    page.clock.install()
    page.reload()


def stop_clock(page: Page) -> None:
    """Let the page's own clock stand: nothing is asked anew, counts down or goes until the test moves it."""
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)


def wait_for(page: Page, holds: Callable[[], object]) -> None:
    """Wait while messages and requests come and go, as long as for anything that the page shows."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def newest(trader: Trader, count: int) -> list[str]:
    """The ids of the account's newest orders."""
    orders = trader.request("GET", f"/api/orders?limit={count}").json()["orders"]
    return [order["orderId"] for order in orders]


class Held:
    """Requests of these addresses, from now on: none of them is answered by itself."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self._page = page
        self.routes: list[Route] = []
        page.route(address, self._keep)

    def first(self) -> Route:
        """Wait for the first one."""
        wait_for(self._page, lambda: self.routes)
        return self.routes[0]

    def _keep(self, route: Route) -> None:
        self.routes.append(route)
