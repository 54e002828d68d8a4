"""Example orders to start a test from."""

from decimal import Decimal

from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import LimitTerms, MarketTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.transitions import NewOrder, accept

ORDER_ID = "00000000-0000-4000-8000-000000000001"


def a_new_order(**changes: object) -> NewOrder:
    """1.5 SOL into USDC at 1 % slippage, valid for a minute."""
    values = {
        "account": "open",
        "token_in": SOL,
        "token_out": USDC,
        "amount_in": 1_500_000_000,
        "terms": MarketTerms(100),
        "valid_for_seconds": 60,
        **changes,
    }
    return NewOrder(**values)  # type: ignore[arg-type] # a test names only what it changes


A_LIMIT = LimitTerms(100, NamedPrice(Decimal("149.5"), USDC), TimeInForce.FOK)
"""149.5 USDC for one SOL, at once or not at all."""


def an_order(order_id: str = ORDER_ID, at: int = 1_000, **changes: object) -> Order:
    """A pending order made of `a_new_order`."""
    return accept(a_new_order(**changes), order_id, Stamp(at, f"write-1-of-{order_id}"))
