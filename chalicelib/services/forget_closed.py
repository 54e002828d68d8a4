"""Remove orders from an account's exposure, or its armed one, that are closed or were never stored."""

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.errors import StorageUnavailable
from chalicelib.ports import ArmedExposures, Exposures, OrderRepository
from chalicelib.services.find_open import closed_among

LOOKED_AT_EVERY_MS = 1_000
"""Shortest time (ms) between two looks of a worker at which of an account's orders are open."""

SLACK = 16
"""Entries that an exposure may list beyond twice the open orders: each is some bytes of every write."""

MOST_REMEMBERED = 1_000
"""Most accounts whose last look a worker remembers."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The time (ms) of a worker's last look at an account's orders, and how many were open."""

    at: int
    open_orders: int


class ForgetClosed:
    """Remove closed orders from an account's exposure, or from its armed one, at most once a second.

    No step removes an order when it ends: that would be one more write, and a crash could omit it. Closed
    orders are looked for when the exposure lists twice as many as were open at the last look, so that it is
    small and each order is looked at a few times at most, and when an order is refused. The limit of one look
    a second keeps a client that is refused all the time from costing a read each time.
    """

    def __init__(self, exposures: Exposures | ArmedExposures, orders: OrderRepository) -> None:
        self._exposures = exposures
        self._orders = orders
        self._looks: dict[str, _Look] = {}

    def keep_small(self, account: str, counted: int, now: int) -> None:
        """Forget the account's closed orders if there must be many among those `counted` as open.

        The order at hand is counted already: it isn't refused because this can't be done now.
        """
        look = self._looks.get(account, _Look(now - LOOKED_AT_EVERY_MS, 0))
        if counted > 2 * look.open_orders + SLACK:
            with suppress(StorageUnavailable):
                self.forget_closed(account, now)

    def forget_closed(self, account: str, now: int) -> bool:
        """Forget the account's closed orders; False if there are none, or if the last look was a moment ago.

        Raises StorageUnavailable.
        """
        look = self._looks.pop(account, _Look(now - LOOKED_AT_EVERY_MS, 0))
        self._remember(account, look)
        if now - look.at < LOOKED_AT_EVERY_MS:
            return False
        self._remember(account, _Look(now, look.open_orders))
        counted = self._exposures.read(account).open_orders
        closed = closed_among(self._orders, counted, now)
        self._remember(account, _Look(now, len(counted) - len(closed)))
        if not closed:
            return False
        self._exposures.forget(account, closed)
        return True

    def _remember(self, account: str, look: _Look) -> None:
        self._looks[account] = look
        if len(self._looks) > MOST_REMEMBERED:
            self._looks.pop(next(iter(self._looks)))
