"""The path of a venue's price of a pair: levels at block heights, with even moves in between.

It is applied on top of the drift, as a pure function of the height, so that every worker sees the same price
in the same block. Nothing of the past changes: what lands is priced by the level of its own height, however
late somebody looks.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

from chalicelib.domain.steering import PAR, inverse

MOST_KNOTS = 200
"""Most knots that are kept. Those that are dropped are the oldest: a move adds four at most."""


@dataclass(frozen=True, slots=True)
class Knot:
    """The level of the price at a height, in millionths of what it would be by the drift alone."""

    height: int
    level: int


@dataclass(frozen=True, slots=True)
class Path:
    """The levels of the price of the token with the mint `token`, one of the pair's; no knots is PAR.

    Before the first knot the level is PAR, after the last one that of the last.
    """

    token: str = ""
    knots: tuple[Knot, ...] = ()

    @property
    def end(self) -> int:
        """The level that the price ends at."""
        return self.knots[-1].level if self.knots else PAR

    def level(self, height: int) -> int:
        """Return the level of `token`'s price at a height, rounded down between two knots."""
        place = bisect_right(self.knots, height, key=lambda knot: knot.height)
        if place == 0:
            return PAR
        before = self.knots[place - 1]
        if place == len(self.knots):
            return before.level
        after = self.knots[place]
        span, passed = after.height - before.height, height - before.height
        return (before.level * (span - passed) + after.level * passed) // span

    def level_of(self, token: str, height: int) -> int:
        """Return the level of the price of either of the pair's tokens, in the other."""
        level = self.level(height)
        return level if token == self.token else inverse(level)

    def moved(self, height: int, level: int, over: int, held: int | None = None) -> "Path":
        """Return the path that leaves its course after `height` and is at `level` in `over` blocks.

        It stays there; or, with `held`, for so many blocks, and then goes back to where it was to end.

        Raises
        ------
        ValueError
            `over` was less than one block.
        """
        if over < 1:
            raise ValueError(f"A price moves in one block or more, and not in {over}")
        past = [knot for knot in self.knots if knot.height < height]
        knots = [*past, Knot(height, self.level(height)), Knot(height + over, level)]
        if held is not None:
            leaves = height + over + held
            knots += [Knot(leaves, level), Knot(leaves + over, self.end)]
        return replace(self, knots=tuple(knots[-MOST_KNOTS:]))


STRAIGHT = Path()
"""The path of a price that nobody moved."""
