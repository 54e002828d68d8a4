"""Of firing, cancel and amend one wins, and every answer says how the order stands."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.market import history, is_final, is_fired

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R21")]

CANCELLED = 50
AFTER = ["placed", "fired", "routing", "building", "submitted"]
"""The event after which an order is cancelled: the first orders after the first, and so on."""


def amend(market, order_id, headers=None, **changes):
    return market.trader.request("PATCH", f"/api/orders/{order_id}", json=changes, headers=headers)


def test_an_amended_stop_waits_for_its_new_trigger_and_a_refused_amendment_changes_nothing(sol):
    order_id = sol.stop("0.8667")
    new = {"price": sol.at("0.8")}
    amended = amend(sol, order_id, trigger=new)
    assert (amended.status_code, amended.json()["trigger"]["price"]) == (200, new["price"])
    sol.move_and_see("0.85")
    sol.wait_for_looks(3)
    before = sol.trader.read(order_id)
    assert (before["status"], before["firings"], before["amendments"]) == ("armed", 0, 1)

    changed = amend(sol, order_id, {"If-Match": '"1"'}, trigger={"price": sol.at("0.79")})
    assert (changed.status_code, changed.json()["code"]) == (412, "ORDER_CHANGED")
    assert changed.json()["sequence"] == before["sequence"]
    met = amend(sol, order_id, trigger={"price": sol.at("1.1333")})
    assert (met.status_code, met.json()["code"]) == (422, "TRIGGER_ALREADY_MET")
    assert sol.trader.read(order_id) == before

    sol.move("0.78")
    history(sol.trader, order_id, until=is_fired)
    late = amend(sol, order_id, trigger=new)
    assert (late.status_code, late.json()["code"]) == (409, "ORDER_NOT_AMENDABLE")
    assert late.json()["orderStatus"] in {"pending", "routing", "building", "submitted", "confirmed"}


def cancel_after(market, order_id, moment):
    """Cancel the order when it tells this event; returns the answer, and the order as it ended."""
    answers = []

    def follow_to_its_end(event):
        if moment in {event.get("change"), event["status"]}:
            answers.append(market.cancel(order_id))
        return is_final(event)

    history(market.trader, order_id, until=follow_to_its_end)
    return answers[0], market.trader.read(order_id)


@pytest.mark.timeout(300)
def test_fifty_cancels_while_orders_fire_each_say_what_became_of_the_order(sol):
    moments = [AFTER[number % len(AFTER)] for number in range(CANCELLED)]
    with ThreadPoolExecutor(CANCELLED) as clients:
        placed = list(clients.map(lambda _: sol.limit("1.01"), moments))
        sol.move("1.05")
        ended = list(clients.map(lambda one: cancel_after(sol, *one), zip(placed, moments, strict=True)))
    for answer, order in ended:
        if answer.status_code == 200:
            assert (order["status"], "fill" in order) == ("cancelled", False)
        else:
            assert (answer.status_code, order["status"]) == (409, "confirmed")
            assert answer.json()["orderStatus"] in {"submitted", "confirmed"}
    assert {order["status"] for _, order in ended} == {"cancelled", "confirmed"}
