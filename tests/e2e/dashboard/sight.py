"""What a person sees and does on the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

from infra.local.stack import Stack
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


def spent(page: Page) -> Locator:
    """The time in the status that the order is in."""
    return page.locator("#timeline tr").last.locator(".spent span").first


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
        """Wait for the first one; the test's own time-out ends it."""
        while not self.routes:
            self._page.wait_for_timeout(20)
        return self.routes[0]

    def _keep(self, route: Route) -> None:
        self.routes.append(route)


@contextmanager
def stopped_executions(stack: Stack) -> Iterator[None]:
    """Leave orders in their queue."""
    functions = stack.clients().functions
    (source,) = functions.list_event_source_mappings(EventSourceArn=(stack.outputs or {})["OrdersQueueArn"])[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)
