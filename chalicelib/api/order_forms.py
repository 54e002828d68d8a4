"""The forms of the bodies that name a swap: orders by their types, and amendments of orders."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

DEFAULT_LIFE = 60
"""Seconds for which an order is valid unless it says otherwise."""

NAMES_A_TOKEN = "token"  # noqa: S105 - of trading, not of secrets
"""The format of a field that names a token: the API's document lists the tokens there."""

DecimalText = Annotated[str, StringConstraints(strict=True, max_length=64)]
AMOUNT = r"^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$"
TokenName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=64),
    Field(description="A token's symbol or its mint address.", json_schema_extra={"format": NAMES_A_TOKEN}),
]

Life = Annotated[
    int,
    Field(
        ge=5,
        le=3600,
        description="The order's life: later nothing is sent, and it expires. One that waits for its price "
        "has so long each time that it fires, and then waits again.",
    ),
]
Slippage = Annotated[
    DecimalText,
    Field(
        description='How far the output may fall below the quote: "0.01" is 1 %. A multiple of 0.0001.',
        json_schema_extra={"pattern": r"^0(\.([0-4][0-9]{0,3}0{0,14}|50{0,17}))?$"},
    ),
]
PriceText = Annotated[
    DecimalText,
    Field(
        description="Whole tokens of priceIn for one whole of the other token. More than 0, at most 18 "
        "significant digits.",
        json_schema_extra={"pattern": AMOUNT},
    ),
]
ExpiresAt = Annotated[
    Annotated[str, StringConstraints(strict=True, max_length=64)] | None,
    Field(
        description="Until when the order waits, with its zone: at least 60 s ahead.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-12-24T00:00:00Z"],
    ),
]
IfMetField = Annotated[
    Literal["fire", "refuse"] | None,
    Field(
        description="What becomes of the order if its price is met when it comes: it fires at once, or is "
        "refused. A limit order fires unless this says otherwise, every other one is refused."
    ),
]
IfFar = Annotated[
    Literal["accept"] | None,
    Field(description="accept: take a price that is so far from the market's that it looks like a mistake."),
]
When = Annotated[
    Literal["rises", "falls"] | None,
    Field(
        description="For a check only: which way the price in priceIn moves until it is met. An order that "
        "waits for the other way is refused."
    ),
]
Waits = Annotated[
    Literal["GTC", "GTD"],
    Field(description="How long it waits for its price: until it is cancelled, or GTD: until expiresAt."),
]


class Form(BaseModel):
    """A JSON object that has these fields and no other ones."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SwapRequest(Form):
    """A swap: exactly `amount` of tokenIn into tokenOut."""

    tokenIn: TokenName  # noqa: N815 - the wire's name
    tokenOut: TokenName  # noqa: N815 - the wire's name
    amount: Annotated[
        DecimalText,
        Field(
            description="Whole tokens of tokenIn: more than 0, no more decimal places than the token has.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ]
    slippage: Slippage = "0.01"


class MarketOrderRequest(SwapRequest):
    """A market order: swap exactly `amount` of tokenIn into tokenOut, at once and at the best offer."""

    type: Literal["market"]
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name
    minimumAmountOut: Annotated[  # noqa: N815 - the wire's name
        DecimalText | None,
        Field(
            description="The least output that is accepted, in whole tokens of tokenOut, like the "
            "minimumAmountOut of the quote that was shown. The order's minimum is this or what the slippage "
            "gives, whichever is more.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ] = None


class LimitOrderRequest(SwapRequest):
    """A limit order: swap at its price or a better one, net of all fees; when it can be had, or at once."""

    type: Literal["limit"]
    limitPrice: Annotated[  # noqa: N815 - the wire's name
        PriceText,
        Field(
            description="The worst price that is accepted: whole tokens of priceIn for one whole of the "
            "other token. More than 0, at most 18 significant digits."
        ),
    ]
    priceIn: TokenName  # noqa: N815 - the wire's name
    timeInForce: Annotated[  # noqa: N815 - the wire's name
        Literal["GTC", "GTD", "FOK", "IOC"],
        Field(
            description="How long it waits for its price: until it is cancelled, GTD: until expiresAt, or "
            "FOK and IOC: not at all. Then there is one attempt, and a swap is all or nothing, so that both "
            "mean the same."
        ),
    ] = "GTC"
    expiresAt: ExpiresAt = None  # noqa: N815 - the wire's name
    ifMet: IfMetField = None  # noqa: N815 - the wire's name
    ifFar: IfFar = None  # noqa: N815 - the wire's name
    when: When = None
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name


class TriggerRequest(Form):
    """What an order waits for."""

    price: PriceText


class StopOrderRequest(SwapRequest):
    """A stop order: swap at the market when the price is at the trigger or worse, or at its limitPrice."""

    type: Literal["stop"]
    trigger: TriggerRequest
    limitPrice: Annotated[  # noqa: N815 - the wire's name
        PriceText | None,
        Field(
            description="The worst price that is accepted when it has fired: at the trigger or worse. "
            "Without it, what the market gives."
        ),
    ] = None
    priceIn: TokenName  # noqa: N815 - the wire's name
    timeInForce: Waits = "GTC"  # noqa: N815 - the wire's name
    expiresAt: ExpiresAt = None  # noqa: N815 - the wire's name
    ifMet: IfMetField = None  # noqa: N815 - the wire's name
    ifFar: IfFar = None  # noqa: N815 - the wire's name
    when: When = None
    ifRecovered: Annotated[  # noqa: N815 - the wire's name
        Literal["hold", "trade"],
        Field(
            description="What it does when it has fired, and the best offer is better than its trigger: it "
            "waits again, or trades all the same."
        ),
    ] = "hold"
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name


class TakeProfitOrderRequest(SwapRequest):
    """A take-profit order: swap at the market when the price is at the trigger or better."""

    type: Literal["takeProfit"]
    trigger: TriggerRequest
    priceIn: TokenName  # noqa: N815 - the wire's name
    timeInForce: Waits = "GTC"  # noqa: N815 - the wire's name
    expiresAt: ExpiresAt = None  # noqa: N815 - the wire's name
    ifMet: IfMetField = None  # noqa: N815 - the wire's name
    ifFar: IfFar = None  # noqa: N815 - the wire's name
    when: When = None
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name


class OrderOfUnknownType(MarketOrderRequest):
    """Any order, for the sentence about its type: no field of any type is told to be unknown."""

    type: Literal["market", "limit", "stop", "takeProfit"]  # type: ignore[assignment] # for its sentence
    limitPrice: Any = None  # noqa: N815 - the wire's name
    trigger: Any = None
    priceIn: Any = None  # noqa: N815 - the wire's name
    timeInForce: Any = None  # noqa: N815 - the wire's name
    expiresAt: Any = None  # noqa: N815 - the wire's name
    ifMet: Any = None  # noqa: N815 - the wire's name
    ifFar: Any = None  # noqa: N815 - the wire's name
    when: Any = None
    ifRecovered: Any = None  # noqa: N815 - the wire's name


class AmendmentRequest(Form):
    """What is to change of an order that waits for its price: one of these, or several."""

    trigger: Annotated[
        TriggerRequest | None, Field(description="Of a stop or a take-profit, in the order's priceIn.")
    ] = None
    limitPrice: Annotated[  # noqa: N815 - the wire's name
        PriceText | None, Field(description="Of a limit order or a stop, in the order's priceIn.")
    ] = None
    expiresAt: ExpiresAt = None  # noqa: N815 - the wire's name
    slippage: Slippage | None = None


ORDERS: Mapping[str, type[SwapRequest]] = {
    "market": MarketOrderRequest,
    "limit": LimitOrderRequest,
    "stop": StopOrderRequest,
    "takeProfit": TakeProfitOrderRequest,
}
"""The form of an order by its type."""

PRICED = (LimitOrderRequest, StopOrderRequest, TakeProfitOrderRequest)
"""The forms of orders that name a price."""


def form_of_order(fields: Mapping[str, Any]) -> type[SwapRequest]:
    """Return the form of an order of the type that these fields name."""
    kind = fields.get("type")
    return ORDERS.get(kind, OrderOfUnknownType) if isinstance(kind, str) else OrderOfUnknownType
