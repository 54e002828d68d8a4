import os

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browser import Line, launch, visited
from tests.e2e.conftest import CROWDED, PREFIX, UNLIMITED, running_stack
from tests.e2e.dashboard.sight import fill_amount
from tests.e2e.trader import Trader


@pytest.fixture(scope="package")
def real_stack():
    """One stack with the default delays for all of these tests."""
    with running_stack(f"{PREFIX}{os.getpid()}-dashboard", [*UNLIMITED, *CROWDED]) as real:
        yield real


@pytest.fixture(scope="package")
def trader(real_stack):
    return Trader(real_stack.rest_url)


@pytest.fixture(scope="package")
def line(real_stack):
    engine = Line(real_stack.rest_url)
    yield engine
    engine.close()


@pytest.fixture(scope="package")
def browser(line):
    with sync_playwright() as playwright:
        running = launch(playwright, line)
        yield running
        running.close()


@pytest.fixture(scope="package")
def address(real_stack):
    return f"{real_stack.rest_url}/"


@pytest.fixture
def page(browser, address, line):
    try:
        with visited(browser, permissions=["clipboard-read", "clipboard-write"]) as opened:
            opened.goto(address)
            fill_amount(opened)
            yield opened
    finally:
        line.mend()


@pytest.fixture(scope="package")
def confirmed_id(trader):
    accepted = trader.place().json()
    trader.follow(accepted["streamUrl"])
    return accepted["orderId"]
