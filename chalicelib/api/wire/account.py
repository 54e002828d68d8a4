"""The caller's account as a type."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.fields import CLOSED, DECIMAL, Market, Success, Symbol, text

Scope = Literal["trade", "read", "admin"]


@with_config(CLOSED)
class RateUse(TypedDict):
    """The orders of this minute."""

    limit: Annotated[int, Field(ge=1, description="Orders that the account may place a minute.")]
    used: Annotated[int, Field(ge=0)]
    remaining: Annotated[int, Field(ge=0)]
    resetSeconds: Annotated[int, Field(ge=1, description="Seconds until the next minute begins.")]


@with_config(CLOSED)
class OpenUse(TypedDict):
    """The orders that count as open."""

    limit: Annotated[int, Field(ge=1, description="Orders that the account may have open.")]
    used: Annotated[int, Field(ge=0, description="Orders that are open now.")]


@with_config(CLOSED)
class ArmedUse(TypedDict):
    """The orders that wait for a price."""

    limit: Annotated[int, Field(ge=1, description="Orders that the account may have armed.")]


@with_config(CLOSED)
class TokenLimits(TypedDict):
    """A token that the account may trade, with its limits as tokenIn. A limit that isn't there is none."""

    symbol: Symbol
    usedToday: Annotated[
        str,
        Field(pattern=DECIMAL),
        text("Whole tokens that orders accepted since midnight UTC swap, filled or not.", "4.5"),
    ]
    limitPerOrder: Annotated[
        NotRequired[str], Field(pattern=DECIMAL), text("The most that one order may swap.", "10")
    ]
    limitPerDay: Annotated[
        NotRequired[str], Field(pattern=DECIMAL), text("The most that orders may swap in a day (UTC).", "50")
    ]
    remainingToday: Annotated[
        NotRequired[str], Field(pattern=DECIMAL), text("What is left of that today.", "45.5")
    ]
    minimumTriggered: Annotated[
        NotRequired[str], Field(pattern=DECIMAL), text("The least that a triggered order may swap.", "0.01")
    ]
    limitArmed: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text("The most that all armed orders may swap together.", "25"),
    ]


@with_config(CLOSED)
class Account(TypedDict):
    """The caller: its account, what its key allows, and how much of the account's limits is used."""

    success: Success
    account: Annotated[str, text("The account's name.", "alice")]
    keyId: Annotated[
        NotRequired[str],
        text("The id of the key that was used; left out where no keys are asked for.", "4f1d0c9be2a7"),
    ]
    scopes: Annotated[list[Scope], Field(description="What the key allows; `trade` implies `read`.")]
    market: Market
    trading: Annotated[
        Literal["active", "reducing", "halted"],
        Field(description="Whether orders are accepted: only while it is active."),
    ]
    ordersThisMinute: RateUse
    openOrders: OpenUse
    armedOrders: ArmedUse
    tokens: list[TokenLimits]
