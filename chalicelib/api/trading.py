"""The trading switch over HTTP."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.api.bodies import parse_body
from chalicelib.api.events import timestamp
from chalicelib.domain.access import Caller
from chalicelib.domain.lines import LINE
from chalicelib.domain.trading import Trading, TradingState

if TYPE_CHECKING:
    from chalicelib.api.wire import engine


class TradingRequest(BaseModel):
    """The new state of the switch, and why it is turned."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: Annotated[
        Literal["active", "reducing", "halted"],
        Field(description="reducing: what was sent is resolved, and nothing new begins."),
    ]
    why: Annotated[
        str,
        StringConstraints(strict=True, min_length=1, max_length=200, pattern=LINE),
        Field(description="The reason, kept beside it: one line."),
    ]


def parse_trading(body: bytes) -> tuple[TradingState, str]:
    """Return the requested state of the switch, and why. Raises BodyTooLarge, InvalidRequest."""
    request = parse_body(TradingRequest, body)
    return TradingState(request.state), request.why


def actor_of(caller: Caller) -> str:
    """Return the name that is stored with a change of the trading switch: the caller's key, or nobody's."""
    return f"key {caller.key_id}" if caller.key_id else "anybody, for keys are not asked for"


def present_trading(stands: Trading) -> "engine.TradingSwitch":
    """Return the body of GET and PUT /api/admin/trading: who, why and since when once it was turned."""
    answer: engine.TradingSwitch = {"success": True, "state": stands.state.value}
    if stands.version:
        answer |= {"since": timestamp(stands.at), "who": stands.who, "why": stands.why}
    return answer
