"""The answers to requests for quotes, as types."""

from typing import Annotated, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.answers import Reason, Route, Trigger
from chalicelib.api.wire.fields import (
    CLOSED,
    DECIMAL,
    AmountIn,
    AmountOut,
    Bps,
    LimitPrice,
    Success,
    Symbol,
    text,
)


@with_config(CLOSED)
class Quote(TypedDict):
    """A quote: what a swap would give now. Nothing is reserved."""

    success: Success
    tokenIn: Symbol
    tokenOut: Symbol
    amount: AmountIn
    amountOut: AmountOut
    minimumAmountOut: AmountOut
    slippageBps: Bps
    priceImpactBps: Bps
    denied: Annotated[
        NotRequired[Reason], Field(description="Why an order placed now would refuse this route, and fail.")
    ]
    route: Route
    trigger: NotRequired[Trigger]
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    wouldFire: Annotated[
        NotRequired[bool],
        Field(description="Of an order with a price: whether that is met now. Left out if nobody can tell."),
    ]
    reference: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text(
            "Of a stop or a take-profit: the price on which the venues agree, by which it would be judged "
            "now, in its priceIn.",
            "149.6",
        ),
    ]
    executable: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text(
            "Of an order with a price: the price that this quote gives, "
            "in its priceIn, net of all fees. Rounded to "
            "what is worse, so that a limit at this price can be had.",
            "149.6",
        ),
    ]
    distanceBps: Annotated[
        NotRequired[int],
        Field(
            description="Of an order with a price: by how much that is higher than the executable price, or "
            "than the reference; lower is negative.",
            examples=[695],
        ),
    ]
    floorAmountOut: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text("Of an order with a price: the least output that it would take.", "240"),
    ]
    summary: Annotated[NotRequired[str], text("Of an order with a price: what it would do, in a sentence.")]
