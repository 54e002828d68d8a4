"""Pools as the paper table holds them: a state of chalicelib/pricing with where and when it stood."""

from dataclasses import dataclass, replace
from fractions import Fraction

from chalicelib.pricing.swap import Direction, Pool, PoolClock, Swap


def pair_of(mint: str, other: str) -> str:
    """The name of a pair of tokens, the same in either order."""
    return "/".join(sorted((mint, other)))


@dataclass(frozen=True, slots=True)
class StoredPool:
    """One pool of a venue as it stood at `height`; `version` counts the writes to it.

    A pair may have any number of pools at a venue, of any type that chalicelib/pricing knows.
    """

    venue: str
    address: str
    token_0: str
    token_1: str
    state: Pool
    height: int = 0
    version: int = 1

    @property
    def pair(self) -> str:
        """The name of the pool's pair."""
        return pair_of(self.token_0, self.token_1)

    def swap(self, amount_in: int, token_in: str, clock: PoolClock) -> Swap[Pool]:
        """Price a swap of `amount_in` of the token with this mint. Raises the pool's errors."""
        return self.state.swap(amount_in, self._direction(token_in), clock)

    def spot_amount_out(self, amount_in: int, token_in: str) -> int:
        """What the amount would return at the spot price with no fee and no impact, rounded down."""
        price: Fraction = self.state.spot_price(self._direction(token_in))
        return amount_in * price.numerator // price.denominator

    def with_price_moved(self, numerator: int, denominator: int, height: int) -> "StoredPool":
        """The pool at `height`, the price of its pair's first token having moved by this factor."""
        if self.token_0 > self.token_1:
            numerator, denominator = denominator, numerator
        same = numerator == denominator
        state = self.state if same else self.state.with_price_moved(numerator, denominator)
        return replace(self, state=state, height=height)

    def after(self, state: Pool) -> "StoredPool":
        """The pool as a swap left it, one version on."""
        return replace(self, state=state, version=self.version + 1)

    def _direction(self, token_in: str) -> Direction:
        return Direction.ZERO_FOR_ONE if token_in == self.token_0 else Direction.ONE_FOR_ZERO
