"""What makes no sense, or is too much, is refused and leaves nothing; other accounts see nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from infra.local.waiting import wait_until
from tests.acceptance.market import SteeredMarket, armed, history
from tests.e2e.trader import PATIENCE

pytestmark = pytest.mark.e2e

PAST = "2026-01-01T00:00:00Z"
MOST_TRIED = 2_001
"""Limits of armed orders are at most 2,000."""


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def pointers_of(answer):
    assert code_of(answer) == (400, "REQUEST_INVALID")
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_stop_that_is_met_already_is_refused_unless_it_is_to_fire(sol):
    refused = sol.sell("stop", trigger={"price": sol.at("1.133")})
    assert code_of(refused) == (422, "TRIGGER_ALREADY_MET")
    assert refused.json()["trigger"] == sol.at("1.133")
    seen = history(sol.trader, sol.stop("1.133", ifMet="fire"))
    assert seen[-1]["status"] == "confirmed"


def test_prices_that_are_mistakes_are_refused_by_name(sol):
    trigger = {"price": sol.at("0.8667")}
    assert pointers_of(sol.sell("stop", trigger=trigger, when="rises")) == ["/when"]
    assert pointers_of(sol.sell("stop", trigger=trigger, priceIn=None)) == ["/priceIn"]
    until = {"timeInForce": "GTD", "expiresAt": PAST}
    assert pointers_of(sol.sell("stop", trigger=trigger, **until)) == ["/expiresAt"]
    assert code_of(sol.sell("limit", limitPrice="0.0066")) == (422, "TRIGGER_IMPLAUSIBLE")
    assert code_of(sol.sell("stop", trigger=trigger, limitPrice=sol.at("0.9"))) == (
        422,
        "TRIGGER_BELOW_FLOOR",
    )


@pytest.mark.promise("R12")
def test_an_order_that_waits_is_not_there_for_another_account(sol, parties):
    order_id = sol.stop("0.8667")
    path = f"/api/orders/{order_id}"
    for method, body in {"GET": None, "PATCH": {"slippage": "0.02"}, "DELETE": None}.items():
        assert code_of(parties.stranger.request(method, path, json=body)) == (404, "ORDER_NOT_FOUND")
    order = sol.trader.read(order_id)
    assert (order["status"], order["sequence"]) == ("armed", 1)


def test_a_key_that_comes_again_while_its_order_waits_arms_none_beside_it(sol):
    key, body = f"waits-{datetime.now(UTC).timestamp()}", {"trigger": {"price": sol.at("0.8667")}}
    first = armed(sol.sell("stop", key, **body))
    again = sol.sell("stop", key, **body)
    assert (again.status_code, again.json()["orderId"]) == (200, first)
    assert sol.waiting() == [first]


def arm_until_refused(market: SteeredMarket):
    """Arm orders, ten at a time, until one is refused; returns the ids of the others, and the refusal."""
    with ThreadPoolExecutor(10) as clients:
        made: list[str] = []
        while len(made) < MOST_TRIED:
            answers = list(clients.map(lambda _: market.sell("limit", limitPrice=market.at("2")), range(10)))
            made += [armed(answer) for answer in answers if answer.is_success]
            refused = [answer for answer in answers if not answer.is_success]
            if refused:
                return made, refused[0]
    raise AssertionError("No order was refused")


@pytest.mark.timeout(300)
def test_no_more_orders_wait_than_the_account_may_have_and_none_of_a_dusty_amount(sol):
    made, refused = arm_until_refused(sol)
    told = refused.json()
    assert code_of(refused) == (422, "ARMED_ORDERS_AT_LIMIT")
    assert int(told["used"]) == int(told["limit"]) >= len(made)
    assert sol.cancel(made[0]).status_code == 200
    # What ended is looked for once a second: it may count for a moment more.
    assert wait_until(lambda: sol.sell("limit", limitPrice=sol.at("2")).is_success or None, PATIENCE)

    dusty = sol.sell("limit", limitPrice=sol.at("2"), amount="0.0001")
    assert code_of(dusty) == (422, "ORDER_AMOUNT_BELOW_MINIMUM")
