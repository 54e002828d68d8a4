"""The page of an engine that asks for keys."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.browser import has_no_sideways_scroll, visited
from tests.e2e.conftest import CROWDED, PREFIX, UNLIMITED, running_stack
from tests.e2e.dashboard.sight import (
    JOURNEY,
    fill_amount,
    journey,
    place,
    said,
    status,
    wait_for,
)
from tests.e2e.holding import stopped_executions
from tests.e2e.operating import make_key, operate

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def guarded():
    with running_stack(f"{PREFIX}{os.getpid()}-guarded", [*UNLIMITED, *CROWDED, "AUTH_MODE=keys"]) as stack:
        yield stack


@pytest.fixture(scope="module")
def key(guarded):
    return make_key(guarded, "alice", "trade")["key"]


@pytest.fixture
def page(browser, guarded):
    with visited(browser) as opened:
        opened.goto(f"{guarded.rest_url}/")
        fill_amount(opened)
        yield opened


def use(page, key):
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Use this key").click()


def who(page):
    return page.locator("#account-who")


def test_a_key_is_asked_for_and_an_order_is_placed_and_followed_with_it_past_a_broken_socket(
    page, guarded, key
):
    sockets: list[str] = []
    said_on_the_way: list[str] = []

    def break_the_first(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        if "orderId=" not in socket.url:
            return  # of all orders
        sockets.append(socket.url)

        def pass_down(message: str | bytes) -> None:
            socket.send(message)
            if len(sockets) == 1:
                socket.close(code=1001)
                server.close()

        def pass_up(message: str | bytes) -> None:
            said_on_the_way.append(str(message))
            server.send(message)

        server.on_message(pass_down)
        socket.on_message(pass_up)

    page.route_web_socket("**", break_the_first)
    page.on("request", lambda request: said_on_the_way.append(request.url))
    expect(page.locator("#access-sentence")).to_have_text("The engine asks for an API key.")
    use(page, key)
    expect(page.get_by_role("button", name="Forget API key")).to_be_visible()
    expect(page.locator("#access")).to_be_hidden()
    expect(page.get_by_label("Amount to sell")).to_have_value("1.5")  # a key takes nothing away
    with stopped_executions(guarded):
        place(page)
        expect(said(page)).to_contain_text("The connection was lost.")
        wait_for(page, lambda: len(sockets) > 1)
    expect(status(page)).to_have_text("Confirmed")
    assert journey(page) == JOURNEY
    tickets = [address.partition("ticket=")[2].partition("&")[0] for address in sockets]
    assert len(set(tickets)) == len(tickets) >= 2
    assert all(tickets)
    assert key not in " ".join([page.url, *sockets, *said_on_the_way])
    page.get_by_role("button", name="Forget API key").click()
    expect(page.locator("#access-sentence")).to_have_text("The engine asks for an API key.")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_a_text_that_no_header_can_hold_is_not_kept_as_a_key(page):
    use(page, "oee_1\u2026")
    expect(page.locator("#access-sentence")).to_contain_text("That is no API key")
    assert page.evaluate("sessionStorage.getItem('api-key')") is None


def test_a_key_that_is_not_known_is_told_and_another_one_asked_for(page):
    use(page, f"oee_0123456789ab_{'A' * 43}")
    sentence = "The engine doesn't know this API key, or it was revoked."
    expect(page.locator("#access-sentence")).to_have_text(sentence)
    expect(who(page)).to_have_text("The key 0123456789ab gives you no account here.")
    expect(page.get_by_label("API key")).to_have_attribute("type", "password")
    found = Axe().run(page).response["violations"]
    assert [rule["id"] for rule in found] == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert has_no_sideways_scroll(page)


def test_the_page_says_whose_key_it_has_what_the_key_allows_and_the_account_s_own_limits(page, guarded):
    expect(who(page)).to_have_text("Without a key you have no account here.")
    expect(page.locator("#account-limits")).to_be_empty()
    made = make_key(guarded, "carol", "trade")
    operate(guarded, "limits", "--account", "carol", "--set", "MAX_DAILY_AMOUNTS=SOL=50")
    use(page, made["key"])
    told = f"You are carol, with the key {made['keyId']}. It allows you to place, cancel and see orders."
    expect(who(page)).to_have_text(told)
    limits = page.locator("#account-limits")
    expect(limits).to_contain_text("SOL left today (UTC)50 of 50")
    with stopped_executions(guarded):
        place(page)
        expect(limits).to_contain_text("SOL left today (UTC)48.5 of 50")
        expect(limits).to_contain_text("Open orders1 of 500")
    expect(status(page)).to_have_text("Confirmed")
    expect(limits).to_contain_text("Open orders0 of 500")


def test_a_key_that_may_not_trade_is_told_as_such_and_changed_for_another_one(page, guarded, key):
    reader = make_key(guarded, "alice", "read")["key"]
    use(page, reader)
    expect(who(page)).to_contain_text("It allows you to see orders and quotes.")
    notice = page.get_by_text("Your API key does not allow you to place orders.")
    expect(notice).to_be_visible()
    place(page)
    refused = "Your API key does not allow this. Change it for one that does."
    expect(page.locator("#form-error")).to_have_text(refused)
    page.get_by_role("button", name="Change API key").click()
    expect(page.get_by_label("API key")).to_be_focused()
    use(page, key)
    expect(who(page)).to_contain_text("It allows you to place, cancel and see orders.")
    expect(notice).to_be_hidden()
    place(page)
    expect(status(page)).to_have_text("Confirmed")
