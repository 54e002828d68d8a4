"""The trading switch over HTTP."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.api.requests import parse_body
from chalicelib.domain.access import Caller
from chalicelib.domain.trading import Trading, TradingState
from chalicelib.services.stream_messages import timestamp


class TradingRequest(BaseModel):
    """How the switch is to stand, and why."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: Annotated[
        Literal["active", "reducing", "halted"],
        Field(description="reducing: what was sent is resolved, and nothing new begins."),
    ]
    why: Annotated[
        str,
        StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
        Field(description="The reason, kept beside it: one line."),
    ]


def parse_trading(body: bytes) -> tuple[TradingState, str]:
    """Read how the switch is to stand, and why. Raises BodyTooLarge, InvalidRequest."""
    request = parse_body(TradingRequest, body)
    return TradingState(request.state), request.why


def actor_of(caller: Caller) -> str:
    """Who turns the switch, as it is written down beside it."""
    return f"key {caller.key_id}" if caller.key_id else "anybody, for keys are not asked for"


def trading_record(stands: Trading) -> dict[str, Any]:
    """How the switch stands; since when, by whom and why, unless nobody has turned it."""
    turned = {"since": timestamp(stands.at), "who": stands.who, "why": stands.why} if stands.version else {}
    return {"state": stands.state.value, **turned}


def present_trading(stands: Trading) -> dict[str, Any]:
    """The answer to who asks how the switch stands, or turned it."""
    return {"success": True, **trading_record(stands)}
