"""How the market of a trial is moved on purpose: the levels of its prices, and what its quotes read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.tokens import Token

PAR = 1_000_000
"""The level of a price that nobody moved, in millionths."""

LEAST_LEVEL, GREATEST_LEVEL = PAR // 100, PAR * 100
"""The levels that a price can be moved to: from a hundredth of what it would be to a hundred times."""

LONGEST_MS = 24 * 60 * 60 * 1_000
"""The longest that a move or the state of a feed can be asked for: a day."""

LEAST_LIE_BPS, GREATEST_LIE_BPS = -9_900, 10_000
"""How far the quotes of a lying feed can be off: from a hundredth of the truth to twice as much."""


class FeedState(StrEnum):
    """How a venue's quotes see its pools; the values are those of the wire. What lands is true in each state.

    STALE: as they were when the feed became stale. DOWN: not at all. LYING: with outputs that are wrong.
    """

    OK = "ok"
    STALE = "stale"
    DOWN = "down"
    LYING = "lying"


@dataclass(frozen=True, slots=True)
class Place:
    """A venue's pools of a pair. A level there is that of the first token's price in the other."""

    venue: str
    tokens: tuple[Token, Token]


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a price to `level` millionths, evenly over `over_ms`.

    With `for_ms` it is a wick: that long it stays, and then goes back the same way.
    """

    level: int
    over_ms: int = 0
    for_ms: int | None = None


@dataclass(frozen=True, slots=True)
class FeedChange:
    """A state of a feed, until the next one or for `for_ms`; `bps` is how far the quotes of a lie are off."""

    state: FeedState
    for_ms: int | None = None
    bps: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a price at one venue: its level now, when (ms) it reaches the new one, and the way back.

    `leaves_at`, `back_at` and `back_to` are those of a wick; a price that stays has none.
    """

    venue: str
    level: int
    reached_at: int
    leaves_at: int | None = None
    back_at: int | None = None
    back_to: int | None = None


@dataclass(frozen=True, slots=True)
class MovedPrice:
    """The move of a pair's price as it was asked for, and the course of the price at each venue."""

    tokens: tuple[Token, Token]
    level: int
    courses: Sequence[Course]


@dataclass(frozen=True, slots=True)
class ChangedFeeds:
    """The feeds that were changed, in what way, and until when (ms) if not until the next change."""

    places: Sequence[Place]
    change: FeedChange
    until: int | None = None


def inverse(level: int) -> int:
    """Return the level of the price the other way round, rounded to the nearest millionth."""
    return (2 * PAR * PAR + level) // (2 * level)
