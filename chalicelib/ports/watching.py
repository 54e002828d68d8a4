"""Ports of the watching of prices: what is armed, what a price has triggered, and who watches."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from chalicelib.domain.price_keys import Side
from chalicelib.domain.watching import Direction, Watching


class TriggerIndex(Protocol):
    """Finds armed orders by what they wait for. Every method may raise StorageUnavailable.

    It may lag by a moment, and a price that it knows of is rounded: whoever finds an order by it reads the
    order and judges for himself. Nothing that it is asked costs more because more orders are armed.
    """

    def past(self, direction: Direction, side: Side, price: Fraction, limit: int) -> Sequence[str]:
        """Return up to `limit` orders whose trigger is met, or may be, at this price, furthest past it first.

        Those are the orders above the market at this price or a lower one, below it at this or a higher one.
        The price is base units of tokenOut for one of tokenIn. Raises ValueError as `order_key` does.
        """

    def has_any(self, direction: Direction) -> bool:
        """Return whether any order waits in this direction, or has fired and may come back to wait again."""

    def due(self, now: int, limit: int) -> Sequence[str]:
        """Return up to `limit` armed orders whose time is over at `now` (ms), oldest first."""


class WatchRegistry(Protocol):
    """Says in which directions orders may be armed, and whether somebody watches.

    Every method may raise StorageUnavailable, and may then have taken effect; doing it again is harmless.
    """

    def arm(self, direction: Direction, at: int) -> Watching:
        """Note that an order is about to be armed in this direction at this time (ms); return what is noted.

        A later time that is noted already stays.
        """

    def read(self) -> Watching:
        """Read consistently what is noted."""

    def beat(self, at: int, looked_at: int | None) -> None:
        """Leave a sign of life: a watcher is there at `at`, and saw prices that count at `looked_at` (ms).

        Each replaces an earlier time only. None leaves the last look as it was.
        """

    def retire(self, direction: Direction, seen_at: int) -> bool:
        """Forget a direction if it was last armed at `seen_at` (ms), as was read of it.

        Returns whether it is noted no more; False when an order was armed in it since.
        """


class Waker(Protocol):
    """Starts a watcher of prices, so that an order which was just armed isn't left to the next minute."""

    def wake(self) -> None:
        """Ask for a watcher, and don't wait for it. Never raises: each minute one is started anyway."""
