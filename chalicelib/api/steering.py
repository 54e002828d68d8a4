"""The controls of a market that may be moved on purpose, over HTTP."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.api.bodies import parse_body
from chalicelib.api.events import timestamp
from chalicelib.api.identifiers import known_token
from chalicelib.api.order_forms import DecimalText, TokenName
from chalicelib.domain.amounts import format_decimal, format_percent, parse_decimal
from chalicelib.domain.steering import (
    GREATEST_LEVEL,
    GREATEST_LIE_BPS,
    LEAST_LEVEL,
    LEAST_LIE_BPS,
    LONGEST_MS,
    PAR,
    ChangedFeeds,
    FeedChange,
    FeedState,
    Move,
    MovedPrice,
)
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    from chalicelib.api.wire import steering as wire

Pair = tuple[Token, Token]

PairNames = Annotated[list[TokenName], Field(min_length=2, max_length=2)]
VenueName = Annotated[
    Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)] | None,
    Field(description="At this venue alone; without it, at all.", examples=["raydium"]),
]


class MarketRequest(BaseModel):
    """A move of a pair's price, for good or for a while."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    pair: Annotated[PairNames, Field(description="The token whose price moves, and the one it is told in.")]
    level: Annotated[
        DecimalText,
        Field(
            description='A multiple of what the price would be: "0.95" is 5 % less. From 0.01 to 100.',
            json_schema_extra={"pattern": r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?$"},
        ),
    ]
    overMs: Annotated[  # noqa: N815 - the wire's name
        int, Field(ge=0, le=LONGEST_MS, description="How long it takes to get there, evenly; 0 is a jump.")
    ] = 0
    forMs: Annotated[  # noqa: N815 - the wire's name
        Annotated[int, Field(ge=1, le=LONGEST_MS)] | None,
        Field(description="How long it stays before it goes back the same way; without it, for good."),
    ] = None
    venue: VenueName = None


class FeedRequest(BaseModel):
    """A state of what a venue's quotes read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: Annotated[
        Literal["ok", "stale", "down", "lying"],
        Field(
            description="stale: quotes go on reading what is there now; down: they fail; lying: they are off "
            "by bps. What lands is true in each."
        ),
    ]
    pair: Annotated[PairNames | None, Field(description="Of these two tokens; without it, of all.")] = None
    venue: VenueName = None
    forMs: Annotated[  # noqa: N815 - the wire's name
        Annotated[int, Field(ge=1, le=LONGEST_MS)] | None,
        Field(description="For how long; without it, until it is changed again. ok has none."),
    ] = None
    bps: Annotated[
        Annotated[int, Field(ge=LEAST_LIE_BPS, le=GREATEST_LIE_BPS)] | None,
        Field(description="How far the outputs of a lie are off: -2000 is a fifth too low. Not 0."),
    ] = None


def parse_market(body: bytes, tokens: TokenList) -> tuple[Pair, Move, str | None]:
    """Return the move of a price, and the venue that is named. Raises BodyTooLarge, InvalidRequest."""
    request = parse_body(MarketRequest, body)
    refused: list[FieldError] = []
    pair, level = _pair(request.pair, tokens, refused), _level(request.level, refused)
    if pair is None or level is None:
        raise InvalidRequest(*refused)
    return pair, Move(level, request.overMs, request.forMs), request.venue


def parse_feed(body: bytes, tokens: TokenList) -> tuple[FeedChange, Pair | None, str | None]:
    """Return the state of a feed, and pair and venue that are named. Raises BodyTooLarge, InvalidRequest."""
    request = parse_body(FeedRequest, body)
    refused: list[FieldError] = []
    pair = None if request.pair is None else _pair(request.pair, tokens, refused)
    state = FeedState(request.state)
    if state is FeedState.LYING and not request.bps:
        bounds = f"from {LEAST_LIE_BPS} to {GREATEST_LIE_BPS}, but not 0"
        refused.append(FieldError("/bps", f"must say how far a lying feed is off: {bounds}"))
    if state is not FeedState.LYING and request.bps is not None:
        refused.append(FieldError("/bps", "is only for the state lying"))
    if state is FeedState.OK and request.forMs is not None:
        refused.append(FieldError("/forMs", "is not for the state ok, which lasts"))
    if refused:
        raise InvalidRequest(*refused)
    return FeedChange(state, request.forMs, request.bps or 0), pair, request.venue


def present_moved(moved: MovedPrice) -> "wire.MovedPrice":
    """Return the body of PUT /api/admin/paper/market: what the price does, and until when."""
    course = moved.courses[0]
    answer: wire.MovedPrice = {
        "success": True,
        "pair": [token.symbol for token in moved.tokens],
        "level": _written(moved.level),
        "venues": [each.venue for each in moved.courses],
        "reachedAt": timestamp(course.reached_at),
        "summary": _move_summary(moved),
    }
    if course.leaves_at is not None and course.back_at is not None:
        answer["leavesAt"], answer["backAt"] = timestamp(course.leaves_at), timestamp(course.back_at)
    return answer


def present_feeds(changed: ChangedFeeds) -> "wire.ChangedFeeds":
    """Return the body of PUT /api/admin/paper/feed: what quotes read, and until when."""
    answer: wire.ChangedFeeds = {
        "success": True,
        "state": changed.change.state.value,
        "pairs": [[token.symbol for token in tokens] for tokens in _pairs_of(changed)],
        "venues": _venues_of(changed),
        "summary": _feed_summary(changed),
    }
    if changed.until is not None:
        answer["until"] = timestamp(changed.until)
    return answer


def _pair(names: Sequence[str], tokens: TokenList, refused: list[FieldError]) -> Pair | None:
    found: list[Token] = []
    for place, name in enumerate(names):
        try:
            found.append(known_token(name, tokens))
        except ValueError as error:
            refused.append(FieldError(f"/pair/{place}", str(error)))
    if len(found) == len(names) and found[0] == found[1]:
        refused.append(FieldError("/pair/1", "must be another token than the first one"))
    return None if refused else (found[0], found[1])


def _level(text: str, refused: list[FieldError]) -> int | None:
    try:
        millionths = parse_decimal(text, like="0.95") * PAR
    except ValueError as error:
        refused.append(FieldError("/level", str(error)))
        return None
    if not LEAST_LEVEL <= millionths <= GREATEST_LEVEL:
        bounds = f"from {_written(LEAST_LEVEL)} to {_written(GREATEST_LEVEL)}"
        refused.append(FieldError("/level", f"must be {bounds}, as a multiple of what the price would be"))
        return None
    if millionths != millionths.to_integral_value():
        refused.append(FieldError("/level", "must have at most 6 decimal places"))
        return None
    return int(millionths)


def _written(level: int) -> str:
    return format_decimal(Decimal(level).scaleb(-6))


def _move_summary(moved: MovedPrice) -> str:
    sold, told_in = (token.symbol for token in moved.tokens)
    venues = _listed(course.venue for course in moved.courses)
    stands = _levels([(course.venue, course.level) for course in moved.courses])
    course = moved.courses[0]
    begins = (
        f"The price of {sold} in {told_in} at {venues} goes from {stands} to {_written(moved.level)} times "
        f"what it would be until {timestamp(course.reached_at)}"
    )
    backs = [(each.venue, each.back_to) for each in moved.courses if each.back_to is not None]
    if course.leaves_at is None or course.back_at is None:
        return f"{begins}, and stays there."
    return (
        f"{begins}, stays there until {timestamp(course.leaves_at)}, and is back at {_levels(backs)} "
        f"from {timestamp(course.back_at)} on."
    )


def _levels(by_venue: Sequence[tuple[str, int]]) -> str:
    if len({level for _, level in by_venue}) == 1:
        return _written(by_venue[0][1])
    return _listed(f"{_written(level)} ({venue})" for venue, level in by_venue)


def _feed_summary(changed: ChangedFeeds) -> str:
    pairs = _listed("/".join(token.symbol for token in tokens) for tokens in _pairs_of(changed))
    change = changed.change
    off = f"{format_percent(abs(change.bps))} {'less' if change.bps < 0 else 'more'}"
    does = {
        FeedState.OK: "read the pools as they are",
        FeedState.STALE: "go on reading the pools as they are now",
        FeedState.DOWN: "fail",
        FeedState.LYING: f"tell {off} than there is",
    }[change.state]
    until = "the next change" if changed.until is None else timestamp(changed.until)
    return f"Quotes of {pairs} at {_listed(_venues_of(changed))} {does} until {until}; what lands is true."


def _pairs_of(changed: ChangedFeeds) -> Sequence[Pair]:
    return list(dict.fromkeys(place.tokens for place in changed.places))


def _venues_of(changed: ChangedFeeds) -> list[str]:
    return sorted({place.venue for place in changed.places})


def _listed(texts: Iterable[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last
