"""Pools as the paper table holds them: a state of chalicelib/pricing with its venue, address and height."""

from dataclasses import dataclass, replace
from fractions import Fraction

from chalicelib.adapters.paper.path import STRAIGHT, Path
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.errors import InsufficientLiquidity, PoolError
from chalicelib.pricing.plausible import NONSENSE, plausible_swap, spot_amount_out, spot_price
from chalicelib.pricing.swap import Direction, Pool, PoolClock, Swap


def pair_of(mint: str, other: str) -> str:
    """Return the name of a pair of tokens, which is the same in either order."""
    return "/".join(sorted((mint, other)))


@dataclass(frozen=True, slots=True)
class StoredPool:
    """One pool of a venue as it was at `height`; `version` counts the writes to it.

    A pair may have any number of pools at a venue, of any type that chalicelib/pricing knows. `level` is the
    level of the pair's price that the pool stood at (see drift.py); None is that of its height.

    `path` is how the pair's price is moved on purpose; it is stored beside the pools. A pool `is_stranded`
    when that path leads so far that its liquidity ends before: then it fills nothing.
    """

    venue: str
    address: str
    token_0: str
    token_1: str
    state: Pool
    height: int = 0
    version: int = 1
    level: int | None = None
    path: Path = STRAIGHT
    is_stranded: bool = False

    @property
    def pool_type(self) -> str:
        """The name of the program that the pool is of, or "unreadable"."""
        return self.state.KIND

    @property
    def pair(self) -> str:
        """The name of the pool's pair."""
        return pair_of(self.token_0, self.token_1)

    def swap(self, amount_in: int, token_in: str, clock: PoolClock) -> Swap[Pool]:
        """Price a swap of `amount_in` of the token with this mint.

        Raises the pool's errors and no others: a state that no pool can be in is `UnsupportedPool`.
        """
        self._check_reach()
        return plausible_swap(self.state, amount_in, self._direction(token_in), clock)

    def spot_price(self, token_in: str) -> Fraction:
        """Return the price of an infinitely small swap, fees excluded. Raises the pool's errors."""
        self._check_reach()
        return spot_price(self.state, self._direction(token_in))

    def spot_amount_out(self, amount_in: int, token_in: str) -> int:
        """Return the output at the spot price, with no fee and no impact, rounded down."""
        return spot_amount_out(self.state, amount_in, self._direction(token_in))

    def at_level(self, level: int, stood_at: int, height: int) -> "StoredPool":
        """Return the pool at `height`, its pair's first token's price moved from `stood_at` to `level`.

        A price that moves in steps, or no further than the liquidity reaches, may not get there: the pool
        remembers the level that it did reach, so that a later move makes up for the rest.
        """
        if level == stood_at or isinstance(self.state, UnreadablePool):
            return replace(self, height=height, level=level)
        flipped = self.token_0 > self.token_1
        numerator, denominator = (stood_at, level) if flipped else (level, stood_at)
        try:
            state = self.state.with_price_moved(numerator, denominator)
            reached = _reached(self.state, state, stood_at, flipped=flipped)
        except (PoolError, *NONSENSE) as error:
            return replace(self, state=UnreadablePool.because_of(error))
        if abs(reached - level) <= 1:
            reached = level  # but for rounding, since levels are whole numbers
        return replace(self, state=state, height=height, level=reached)

    def after(self, state: Pool) -> "StoredPool":
        """Return the pool after a swap, with the next version."""
        return replace(self, state=state, version=self.version + 1)

    def _check_reach(self) -> None:
        if self.is_stranded:
            raise InsufficientLiquidity("The pool has no liquidity at the price of the market")

    def _direction(self, token_in: str) -> Direction:
        return Direction.ZERO_FOR_ONE if token_in == self.token_0 else Direction.ONE_FOR_ZERO


def _reached(before: Pool, after: Pool, stood_at: int, *, flipped: bool) -> int:
    """Return the rounded level of a pool whose price was moved from `stood_at`."""
    direction = Direction.ONE_FOR_ZERO if flipped else Direction.ZERO_FOR_ONE
    was, became = before.spot_price(direction), after.spot_price(direction)
    if was <= 0 or became <= 0:
        raise ValueError(f"the price was {was}, then {became}")
    numerator = stood_at * became.numerator * was.denominator
    denominator = became.denominator * was.numerator
    return max((2 * numerator + denominator) // (2 * denominator), 1)
