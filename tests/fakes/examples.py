"""Example orders to start a test from."""

from decimal import Decimal

from chalicelib.api.expiries import Expiries
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.new_order import IfMet, NewOrder, Waiting
from chalicelib.domain.order import Order
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import (
    IfRecovered,
    LimitTerms,
    MarketTerms,
    StopTerms,
    TakeProfitTerms,
    Terms,
    TimeInForce,
)
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.transitions import accept

ORDER_ID = "00000000-0000-4000-8000-000000000001"

NOON = 1_795_348_800_000
"""2026-11-22T12:00:00Z."""

EXPIRIES = Expiries(NOON, 90)
"""When orders that wait, and come at noon, may end."""


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


A_STOP = StopTerms(100, NamedPrice(Decimal(130), USDC), TimeInForce.GTC, IfRecovered.HOLD)
"""Sell when one SOL is worth 130 USDC or less."""

A_TAKE_PROFIT = TakeProfitTerms(100, NamedPrice(Decimal(180), USDC), TimeInForce.GTC)
"""Sell when one SOL is worth 180 USDC or more."""

A_WAITING_LIMIT = LimitTerms(100, NamedPrice(Decimal(160), USDC), TimeInForce.GTC)
"""160 USDC for one SOL, when it can be had."""


def a_waiting_order(
    order_id: str = ORDER_ID,
    at: int = 1_000,
    terms: Terms = A_WAITING_LIMIT,
    until: int = 100_000_000,
    **changes: object,
) -> Order:
    """An armed order, good until a time (ms)."""
    waiting = Waiting(until, IfMet.FIRE)
    return an_order(order_id, at, terms=terms, waiting=waiting, **changes)


def an_order(order_id: str = ORDER_ID, at: int = 1_000, **changes: object) -> Order:
    """A pending order made of `a_new_order`."""
    return accept(a_new_order(**changes), order_id, Stamp(at, f"write-1-of-{order_id}"))
