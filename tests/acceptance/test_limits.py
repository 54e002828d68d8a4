"""Limit orders fire at their price or better, and give what it asks for to the base unit."""

from decimal import ROUND_CEILING, Decimal

import pytest

from tests.acceptance.market import armed, history, journey
from tests.e2e.trader import JOURNEY

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R23")]

FIRED_JOURNEY = ["placed", "fired", "routing", "building", "submitted", "confirmed"]
SMALLEST = {"SOL": Decimal("0.000000001"), "USDC": Decimal("0.000001")}
"""One base unit of each token."""


def test_a_market_order_knows_nothing_of_waiting(sol):
    accepted = sol.trader.place()
    assert accepted.status_code == 202
    assert set(accepted.json()) == {"success", "orderId", "status", "streamUrl", "market"}
    order_id = accepted.json()["orderId"]
    seen = history(sol.trader, order_id)
    assert [event["status"] for event in seen] == JOURNEY
    shown = sol.trader.request("GET", f"/api/orders/{order_id}").json()
    assert set(shown) == {
        *("success", "orderId", "status", "streamUrl", "market", "type", "tokenIn", "tokenOut", "amount"),
        *("slippageBps", "acceptedAt", "expiresAt", "attempt", "sequence", "logs", "minimumAmountOut"),
        *("route", "txHash", "lastValidBlockHeight", "fill"),
    }
    assert shown["logs"] == seen
    assert not any("change" in event for event in seen)


def test_a_sale_waits_until_the_price_has_risen_and_gives_at_least_what_it_asks_for(sol):
    order_id = sol.limit("1.0667")
    sol.move("1.08", overMs=4000)
    seen = history(sol.trader, order_id)
    assert journey(seen) == FIRED_JOURNEY
    fill, limit = sol.trader.read(order_id)["fill"], Decimal(sol.at("1.0667"))
    assert Decimal(fill["executedPrice"]) >= limit
    least = (limit * Decimal(sol.amount)).quantize(SMALLEST["USDC"], ROUND_CEILING)
    assert Decimal(fill["amountOut"]) >= least


@pytest.mark.promise("R26")
def test_a_price_that_gaps_past_the_limit_fills_at_what_the_market_pays(sol):
    order_id = sol.limit("1.0667")
    sol.move("1.08")
    assert journey(history(sol.trader, order_id)) == FIRED_JOURNEY
    assert Decimal(sol.trader.read(order_id)["fill"]["executedPrice"]) > Decimal(sol.at("1.073"))


def test_a_purchase_at_a_price_in_what_is_paid_gets_the_amount_that_it_asks_for_rounded_up(sol):
    limit = sol.at("0.9333")
    purchase = {"tokenIn": "USDC", "tokenOut": "SOL", "amount": "210", "priceIn": "USDC"}
    order_id = armed(sol.trader.place(type="limit", limitPrice=limit, **purchase))
    sol.move("0.92")
    assert journey(history(sol.trader, order_id)) == FIRED_JOURNEY
    least = (Decimal(210) / Decimal(limit)).quantize(SMALLEST["SOL"], ROUND_CEILING)
    order = sol.trader.read(order_id)
    assert Decimal(order["logs"][0]["minimumAmountOut"]) == least
    assert Decimal(order["fill"]["amountOut"]) >= least


def test_a_limit_that_is_met_already_fires_at_once_unless_it_is_to_be_refused(sol):
    assert journey(history(sol.trader, sol.limit("0.9333"))) == FIRED_JOURNEY
    newest = sol.trader.request("GET", "/api/orders?limit=1").json()["orders"]
    refused = sol.sell("limit", limitPrice=sol.at("0.9333"), ifMet="refuse")
    assert (refused.status_code, refused.json()["code"]) == (422, "TRIGGER_ALREADY_MET")
    assert sol.trader.request("GET", "/api/orders?limit=1").json()["orders"] == newest


def test_a_limit_that_is_filled_at_once_or_not_at_all_never_waits(sol):
    accepted = sol.sell("limit", limitPrice=sol.at("1.0667"), timeInForce="FOK")
    assert (accepted.status_code, accepted.json()["status"]) == (202, "pending")
    seen = history(sol.trader, accepted.json()["orderId"])
    assert [event["status"] for event in seen] == ["pending", "routing", "failed"]
    assert seen[-1]["error"]["code"] == "ROUTE_BELOW_MINIMUM"
