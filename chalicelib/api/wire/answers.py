"""The answers of the REST API as types: presenters return them, and the documents are made of them."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.codes import reason_codes
from chalicelib.api.wire.fields import (
    CLOSED,
    DECIMAL,
    AmountIn,
    AmountOut,
    Attempt,
    Bps,
    Dex,
    Height,
    LimitPrice,
    Market,
    Minimum,
    OrderId,
    Pool,
    PoolType,
    Price,
    Sequence,
    Signature,
    StreamUrl,
    Success,
    Symbol,
    Timestamp,
    TriggerPrice,
    text,
)
from chalicelib.domain.order import Change, Status
from chalicelib.domain.routing import Outcome
from chalicelib.domain.terms import IfRecovered, TimeInForce
from chalicelib.errors import Kind


@with_config(CLOSED)
class Reason(TypedDict):
    """Why something did not happen."""

    code: Annotated[str, text("Stable, CATEGORY_CONDITION.", enum=reason_codes())]
    kind: Kind
    detail: Annotated[str, text("A sentence for people; its wording may change.")]
    retryable: Annotated[bool, Field(description="Whether the same order may be tried again.")]


@with_config(CLOSED)
class Event(TypedDict):
    """One entry of an order's history. What became known with it stands beside its status."""

    sequence: Sequence
    status: Status
    timestamp: Timestamp
    attempt: Attempt
    dex: NotRequired[Dex]
    pool: NotRequired[Pool]
    quotedAmountOut: NotRequired[AmountOut]
    minimumAmountOut: NotRequired[Minimum]
    txHash: NotRequired[Signature]
    lastValidBlockHeight: NotRequired[Height]
    amountIn: NotRequired[AmountIn]
    amountOut: NotRequired[AmountOut]
    executedPrice: NotRequired[Price]
    change: Annotated[
        NotRequired[Change],
        Field(description="Of an order that waits for its price: what happened to it."),
    ]
    trigger: NotRequired[TriggerPrice]
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    slippageBps: NotRequired[Bps]
    observed: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text("The price by which it fired, in `priceIn`.", "129.7"),
    ]
    looks: Annotated[
        NotRequired[int], Field(ge=1, description="How many looks at prices in a row found it met.")
    ]
    afterSilenceMs: Annotated[
        NotRequired[int],
        Field(ge=0, description="How long nobody could look at prices before, where that was long."),
    ]
    reason: Annotated[
        NotRequired[Reason], Field(description="Why the order is tried again, or waits for its price again.")
    ]
    error: Annotated[NotRequired[Reason], Field(description="Why the order is final without a trade.")]


@with_config(CLOSED)
class PoolReply(TypedDict):
    """The quote of one pool, after its fees; or why it was left out."""

    pool: Pool
    type: PoolType
    amountOut: NotRequired[AmountOut]
    feeIn: NotRequired[AmountIn]
    feeOut: NotRequired[AmountOut]
    priceImpactBps: NotRequired[Bps]
    error: NotRequired[Reason]


@with_config(CLOSED)
class VenueReply(TypedDict):
    """The offer of one venue and its outcome; or why it offered nothing."""

    dex: Dex
    outcome: Outcome
    pool: NotRequired[Pool]
    amountOut: NotRequired[AmountOut]
    priceImpactBps: NotRequired[Bps]
    quotedAt: NotRequired[Timestamp]
    pools: NotRequired[list[PoolReply]]
    error: NotRequired[Reason]


@with_config(CLOSED)
class Route(TypedDict):
    """The winning offer and every answer that it was compared with, best first."""

    dex: Dex
    pool: Pool
    decidedAt: Timestamp
    quotes: list[VenueReply]


@with_config(CLOSED)
class Fill(TypedDict):
    """The amounts that the confirmed transaction moved."""

    amountIn: AmountIn
    amountOut: AmountOut
    executedPrice: Price
    dex: Dex


class _StoredOrder(TypedDict):
    success: Success
    orderId: OrderId
    status: Status
    streamUrl: StreamUrl
    market: Market
    summary: Annotated[
        NotRequired[str],
        text(
            "What the order does, in a sentence; of orders with a price.",
            "Sells 1.5 SOL at the market when 1 SOL is worth 130 USDC or less, until 24 December 2026, "
            "00:00 UTC.",
        ),
    ]


@with_config(CLOSED)
class AcceptedOrder(_StoredOrder):
    """An order that is durable, and where to follow it."""

    expiresAt: Annotated[
        NotRequired[Timestamp], Field(description="Until when it waits for its price; of orders that do.")
    ]


@with_config(CLOSED)
class Trigger(TypedDict):
    """What an order waits for."""

    price: TriggerPrice


@with_config(CLOSED)
class Order(_StoredOrder):
    """An order with its route, fill and history."""

    type: Literal["market", "limit", "stop", "takeProfit"]
    tokenIn: Symbol
    tokenOut: Symbol
    amount: AmountIn
    slippageBps: Bps
    acceptedAt: Timestamp
    expiresAt: Timestamp
    attempt: Attempt
    sequence: Sequence
    logs: Annotated[list[Event], Field(description="The whole history, oldest first.")]
    idempotencyKey: Annotated[
        NotRequired[str], text("The Idempotency-Key that it was placed with, if any.", "my-order-1")
    ]
    trigger: NotRequired[Trigger]
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    timeInForce: NotRequired[TimeInForce]
    ifRecovered: Annotated[
        NotRequired[IfRecovered],
        Field(
            description="Of a stop: whether it waits again or trades when it has fired, and the best offer "
            "is better than its trigger."
        ),
    ]
    goodTill: Annotated[
        NotRequired[Timestamp], Field(description="Until when it waits for its price; of orders that do.")
    ]
    firings: Annotated[
        NotRequired[int], Field(ge=0, description="How often it fired; of orders that wait.", examples=[1])
    ]
    amendments: Annotated[
        NotRequired[int],
        Field(ge=0, description="How often it was amended; of orders that wait.", examples=[0]),
    ]
    lastReturn: Annotated[
        NotRequired[Reason], Field(description="Why an armed order that had fired waits for its price again.")
    ]
    minimumAmountOut: NotRequired[Minimum]
    route: NotRequired[Route]
    txHash: NotRequired[Signature]
    lastValidBlockHeight: NotRequired[Height]
    fill: NotRequired[Fill]
    error: Annotated[NotRequired[Reason], Field(description="Why the order is final without a trade.")]


@with_config(CLOSED)
class CancelledOrder(TypedDict):
    """An order that will not trade any more."""

    success: Success
    orderId: OrderId
    status: Status


@with_config(CLOSED)
class StandingOrder(TypedDict):
    """An order that was not cancelled, and how it stands."""

    orderId: OrderId
    status: Status


@with_config(CLOSED)
class CancelledOrders(TypedDict):
    """Which orders will not trade any more, and which were not cancelled."""

    success: Success
    cancelled: list[OrderId]
    notCancelled: Annotated[
        list[StandingOrder],
        Field(description="Orders of which something was sent, or that ended by themselves meanwhile."),
    ]
    unreadable: Annotated[
        NotRequired[list[OrderId]],
        Field(description="Ids of open orders that can't be read now, and were left alone."),
    ]
    nextCursor: Annotated[
        str | None, Field(description="Give it as cursor to cancel the next ones; null when these were all.")
    ]


@with_config(CLOSED)
class OrderPage(TypedDict):
    """Orders, newest first."""

    success: Success
    orders: list[Order]
    unreadable: Annotated[
        NotRequired[list[OrderId]],
        Field(description="Ids of this page's orders that can't be read now; missing if all can be."),
    ]
    nextCursor: Annotated[
        str | None, Field(description="Give it as cursor to read the next page; null on the last one.")
    ]
