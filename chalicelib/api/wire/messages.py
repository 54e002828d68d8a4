"""The messages over a socket, in both directions, as types."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.answers import Event
from chalicelib.api.wire.codes import problem_codes
from chalicelib.api.wire.fields import CLOSED, Market, OrderId, Sequence, StreamUrl, Success, Timestamp, text
from chalicelib.domain.order import Status

Schema = Annotated[Literal[1], Field(description="Version of the message's form; changes are additive.")]
After = Annotated[
    int, Field(ge=0, lt=10_000, description="The sequence of the last event that you have; 0 for none.")
]


@with_config(CLOSED)
class StreamTicket(TypedDict):
    """An address that opens one socket, for a minute."""

    success: Success
    streamUrl: StreamUrl
    expiresAt: Timestamp


@with_config(CLOSED)
class Subscribe(TypedDict):
    """Follow an order, or what is missing of it, on an open socket."""

    action: Literal["subscribe"]
    orderId: OrderId
    after: NotRequired[After]


@with_config(CLOSED)
class Ping(TypedDict):
    """Ask where the followed orders stand, each 30 s: what was missed comes again."""

    action: Literal["ping"]


@with_config(CLOSED)
class Backfill(TypedDict):
    """The first message: every event so far above `after`."""

    v: Schema
    type: Literal["backfill"]
    orderId: OrderId
    sequence: Sequence
    status: Status
    market: Market
    logs: list[Event]


@with_config(CLOSED)
class StatusUpdate(Event):
    """One more event of the order."""

    v: Schema
    type: Literal["status_update"]
    orderId: OrderId  # noqa: N815 - the wire's name


@with_config(CLOSED)
class Pong(TypedDict):
    """The state of an order: a sequence above your last means that events were missed and come again."""

    v: Schema
    type: Literal["pong"]
    orderId: OrderId
    sequence: Sequence
    status: Status


@with_config(CLOSED)
class AccountPong(TypedDict):
    """The answer to a ping over a socket of all orders; what it missed comes again."""

    v: Schema
    type: Literal["pong"]


@with_config(CLOSED)
class Refusal(TypedDict):
    """A message of yours that can't be served; the socket stays open."""

    v: Schema
    type: Literal["error"]
    code: Annotated[str, text("Stable; decide by this.", enum=problem_codes())]
    detail: Annotated[str, text("What to do, in a sentence.")]
