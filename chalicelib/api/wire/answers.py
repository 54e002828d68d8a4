"""The answers of the REST API as types: presenters return them, and the documents are made of them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.codes import reason_codes
from chalicelib.domain.order import Status
from chalicelib.domain.routing import Outcome
from chalicelib.domain.terms import TimeInForce
from chalicelib.errors import Kind

CLOSED = ConfigDict(extra="forbid", strict=True)
"""An answer has what its type has and nothing else. The documents leave that out: changes are additive."""

DECIMAL = r"^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$"


def text(description: str, *examples: str, **schema: Any) -> Any:
    """Return the schema of a text for the documents."""
    return Field(description=description, examples=list(examples) or None, json_schema_extra=schema or None)


OrderId = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    text("The order's id.", "0b8f6a52-1f0c-4c6b-9d0e-7a3c5b1d2e4f", format="uuid"),
]
Timestamp = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"),
    text("A time in UTC, to the millisecond.", "2026-11-22T12:00:00.000Z", format="date-time"),
]
AmountIn = Annotated[str, Field(pattern=DECIMAL), text("Whole tokens of tokenIn, exactly.", "1.5")]
AmountOut = Annotated[str, Field(pattern=DECIMAL), text("Whole tokens of tokenOut, exactly.", "224.4")]
Minimum = Annotated[
    str,
    Field(pattern=DECIMAL),
    text(
        "The least output: what the order demands, or what slippage leaves of its first quote, whichever is "
        "more. Never lowered.",
        "222.156",
    ),
]
Price = Annotated[
    str,
    Field(pattern=DECIMAL),
    text("Whole tokenOut per whole tokenIn, to 18 significant digits.", "149.6"),
]
LimitPrice = Annotated[
    str,
    Field(pattern=DECIMAL),
    text("The worst price of a limit order: whole `priceIn` for one whole of the other token.", "160"),
]
Height = Annotated[
    str, Field(pattern=r"^[0-9]+$"), text("The last block in which the transaction can land.", "298000150")
]
Signature = Annotated[str, text("The transaction's signature, known before it is first sent.")]
Dex = Annotated[str, text("The venue.", "raydium", "meteora")]
Pool = Annotated[str, text("The pool.")]
PoolType = Annotated[str, text("The pool's program.", "raydium_cpmm", "meteora_dlmm")]
Market = Annotated[
    str,
    text(
        "What orders are traded on; on `paper`, and on `shadow` with its live prices, no transaction reaches "
        "Solana and no money moves.",
        "paper",
    ),
]
Symbol = Annotated[str, text("The token's symbol.", "SOL", "USDC")]
StreamUrl = Annotated[
    str,
    Field(pattern=r"^wss?://"),
    text("Where to follow: connect and say nothing.", "wss://example.com/dev?orderId=…"),
]
Bps = Annotated[int, Field(ge=0, description="Basis points: 100 are 1 %.", examples=[100])]
Sequence = Annotated[
    int, Field(ge=1, description="Position in the order's history, without gaps.", examples=[4])
]
Attempt = Annotated[int, Field(ge=0, le=4, description="Tries to trade so far; at most four.", examples=[1])]
Success = Annotated[Literal[True], Field(description="Always true; a problem says false.")]


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
    reason: Annotated[NotRequired[Reason], Field(description="Why the order is tried again.")]
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


@with_config(CLOSED)
class AcceptedOrder(TypedDict):
    """An order that is durable, and where to follow it."""

    success: Success
    orderId: OrderId
    status: Status
    streamUrl: StreamUrl
    market: Market
    summary: Annotated[
        NotRequired[str],
        text("What the order does, in a sentence; of orders with a price.", "Swaps 1.5 SOL at once, …"),
    ]


@with_config(CLOSED)
class Order(AcceptedOrder):
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
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    timeInForce: NotRequired[TimeInForce]
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
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    wouldFire: Annotated[
        NotRequired[bool], Field(description="Of a limit order: whether it would trade now.")
    ]
    executable: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text(
            "Of a limit order: the price that this quote gives, in its priceIn, net of all fees. Rounded to "
            "what is worse, so that a limit at this price can be had.",
            "149.6",
        ),
    ]
    distanceBps: Annotated[
        NotRequired[int],
        Field(
            description="Of a limit order: by how much of the executable price its own is higher; lower is "
            "negative.",
            examples=[695],
        ),
    ]
    floorAmountOut: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text("Of a limit order: the least output that is not worse than its price.", "240"),
    ]
    summary: Annotated[NotRequired[str], text("Of a limit order: what it would do, in a sentence.")]
