"""The state of the engine as types: its load, and the trading switch."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.fields import CLOSED, Market, Success, Timestamp, text


@with_config(CLOSED)
class Watching(TypedDict):
    """Whether the prices of armed orders are watched."""

    state: Annotated[
        Literal["idle", "watching", "stale"],
        Field(
            description="idle: nothing is armed. stale: nobody has seen prices that count for more than "
            "10 s, and nothing fires until somebody does."
        ),
    ]
    lookAgeMs: NotRequired[
        Annotated[
            int,
            Field(ge=0, description="For how long nobody has looked; it is told every 5 s.", examples=[640]),
        ]
    ]


@with_config(CLOSED)
class Health(TypedDict):
    """The engine's load, as it was within the last second."""

    success: Success
    status: Annotated[
        Literal["ok", "degraded"], Field(description="degraded: the load can't be told, and is left out.")
    ]
    market: Market
    trading: NotRequired[
        Annotated[
            Literal["active", "reducing", "halted"],
            Field(description="Whether orders are accepted: only while it is active."),
        ]
    ]
    openOrders: NotRequired[Annotated[int, Field(ge=0, description="Orders that are not final.")]]
    executing: NotRequired[Annotated[int, Field(ge=0, description="About how many executions run now.")]]
    estimatedWaitSeconds: NotRequired[
        Annotated[int, Field(ge=0, description="How long a new order waits until it is executed.")]
    ]
    watching: NotRequired[Watching]


@with_config(CLOSED)
class TradingSwitch(TypedDict):
    """How trading is switched. Who, why and since when are left out until somebody turns it."""

    success: Success
    state: Literal["active", "reducing", "halted"]
    since: NotRequired[Timestamp]
    who: Annotated[NotRequired[str], text("Who turned it: a key's id, or a name.", "key 4f1d0c9be2a7")]
    why: Annotated[NotRequired[str], text("The reason that was given.", "A venue lies.")]
