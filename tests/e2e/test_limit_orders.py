"""Limit orders that don't wait for their price, on the running stack."""

from decimal import Decimal

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R23")]

LIMIT = {"type": "limit", "priceIn": "USDC", "timeInForce": "FOK"}
SALE = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.1"}
PURCHASE = {"tokenIn": "USDC", "tokenOut": "SOL", "amount": "15"}


def traded(trader, swap, price):
    """The order as it ended."""
    accepted = trader.place(**LIMIT, **swap, limitPrice=f"{price:.6f}").json()
    trader.follow(accepted["streamUrl"])
    return trader.read(accepted["orderId"])


def asked(trader, swap, price):
    return trader.request("POST", "/api/quotes", json={**LIMIT, **swap, "limitPrice": price}).json()


def usdc_for_one_sol(fill, swap):
    amounts = {swap["tokenIn"]: Decimal(fill["amountIn"]), swap["tokenOut"]: Decimal(fill["amountOut"])}
    return amounts["USDC"] / amounts["SOL"]


@pytest.mark.parametrize(
    ("swap", "worse", "better"), [(SALE, "0.98", "10"), (PURCHASE, "1.02", "0.1")], ids=["sale", "purchase"]
)
def test_a_limit_order_trades_at_its_price_or_better_or_not_at_all(trader, swap, worse, better):
    now = Decimal(asked(trader, swap, "150")["executable"])
    met = traded(trader, swap, now * Decimal(worse))
    assert met["status"] == "confirmed"
    paid, limit = usdc_for_one_sol(met["fill"], swap), Decimal(met["limitPrice"])
    assert paid >= limit if swap is SALE else paid <= limit

    unmet = traded(trader, swap, now * Decimal(better))
    assert (unmet["status"], unmet["error"]["code"]) == ("failed", "ROUTE_BELOW_MINIMUM")
    assert (unmet["attempt"], "txHash" in unmet, "fill" in unmet) == (1, False, False)


def test_a_quote_says_whether_the_price_can_be_had_and_how_far_it_is(trader):
    far = asked(trader, SALE, "1500")
    assert (far["wouldFire"], far["denied"]["code"], far["floorAmountOut"]) == (
        False,
        "ROUTE_BELOW_MINIMUM",
        "150",
    )
    assert far["distanceBps"] > 50_000
    near = asked(trader, SALE, "15")
    assert (near["wouldFire"], "denied" in near) == (True, False)
    assert near["distanceBps"] < 0
