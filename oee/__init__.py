"""A client of the order execution engine's public API; `python -m oee` is its command line.

>>> from oee import Client
>>> with Client("https://api.example/dev") as client:
...     placed = client.place("SOL", "USDC", "1.5", slippage="0.01")
...     for event in client.watch(placed):
...         print(event.status, event.executed_price)

It blocks: an asynchronous face would double it, and a thread does as well for what waits this much.
"""

from oee.client import Client
from oee.engine_records import Account, Health, Token
from oee.errors import Failed, OeeError, Refused, Unreachable, Unreadable
from oee.orders import LimitOrder, MarketOrder, NewOrder, StopOrder, TakeProfitOrder
from oee.patience import Patience
from oee.records import (
    FINAL,
    Accepted,
    Cancelled,
    Event,
    Fill,
    Order,
    OrderPage,
    OrderStatus,
    Placed,
    PoolQuote,
    Quote,
    Reason,
    Route,
    Trigger,
    VenueQuote,
)

__all__ = [
    "FINAL",
    "Accepted",
    "Account",
    "Cancelled",
    "Client",
    "Event",
    "Failed",
    "Fill",
    "Health",
    "LimitOrder",
    "MarketOrder",
    "NewOrder",
    "OeeError",
    "Order",
    "OrderPage",
    "OrderStatus",
    "Patience",
    "Placed",
    "PoolQuote",
    "Quote",
    "Reason",
    "Refused",
    "Route",
    "StopOrder",
    "TakeProfitOrder",
    "Token",
    "Trigger",
    "Unreachable",
    "Unreadable",
    "VenueQuote",
]
