"""The bodies of requests that may have one of several forms, as one schema each."""

from typing import Annotated

from pydantic import Field, RootModel

from chalicelib.api.requests import LimitOrderRequest, MarketOrderRequest, SwapRequest


class OrderRequest(RootModel[Annotated[MarketOrderRequest | LimitOrderRequest, Field(discriminator="type")]]):
    """An order, by its type."""


class QuoteRequest(RootModel[SwapRequest | MarketOrderRequest | LimitOrderRequest]):
    """A swap, or an order as it would be placed."""
