"""The answers about a market that was moved on purpose, as types."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.fields import CLOSED, DECIMAL, Dex, Success, Symbol, Timestamp, text

Summary = Annotated[str, text("What happens, and until when, in a sentence.")]


@with_config(CLOSED)
class MovedPrice(TypedDict):
    """The move of a price. A wick has leavesAt and backAt."""

    success: Success
    pair: list[Symbol]
    level: Annotated[
        str,
        Field(pattern=DECIMAL),
        text("The first token's price in the second, as a multiple of what it would be.", "0.95"),
    ]
    venues: list[Dex]
    reachedAt: Timestamp
    leavesAt: NotRequired[Timestamp]
    backAt: NotRequired[Timestamp]
    summary: Summary


@with_config(CLOSED)
class ChangedFeeds(TypedDict):
    """The state of feeds. Without `until` it stays until it is changed again."""

    success: Success
    state: Literal["ok", "stale", "down", "lying"]
    pairs: list[list[Symbol]]
    venues: list[Dex]
    until: NotRequired[Timestamp]
    summary: Summary
