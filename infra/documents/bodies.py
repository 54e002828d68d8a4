"""The bodies of requests that may have one of several forms, as one schema each."""

from typing import Annotated

from pydantic import Field, RootModel

from chalicelib.api.order_forms import (
    LimitOrderRequest,
    MarketOrderRequest,
    StopOrderRequest,
    SwapRequest,
    TakeProfitOrderRequest,
)

AnyOrder = Annotated[
    MarketOrderRequest | LimitOrderRequest | StopOrderRequest | TakeProfitOrderRequest,
    Field(discriminator="type"),
]


class OrderRequest(RootModel[AnyOrder]):
    """An order, by its type."""


class QuoteRequest(RootModel[SwapRequest | AnyOrder]):
    """A swap, or an order as it would be placed."""
