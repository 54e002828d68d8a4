"""Find which orders of an account are open, by the orders that count as open against its limits."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from chalicelib.domain.risk import OpenEntry
from chalicelib.ports import Exposures, OrderRepository

STORED_WITHIN_MS = 180_000
"""The order of a younger entry may be about to be stored.

A copy of the request that made the entry may be taken for it until the next minute is over, and a request
lives for half a minute at most.
"""


class FindOpen:
    """Find open orders. Each counts as open from before it is stored until after it is final."""

    def __init__(self, exposures: Exposures, orders: OrderRepository) -> None:
        self._exposures = exposures
        self._orders = orders

    def open_of(self, account: str) -> Sequence[OpenEntry]:
        """Read consistently which of the account's orders are open, newest first.

        Raises StorageUnavailable.
        """
        counted = self._exposures.read(account).open_orders
        is_final = self._are_final(counted)
        found = (entry for entry in counted if not is_final.get(entry.order_id, True))
        return sorted(found, key=lambda entry: (entry.accepted_at, entry.order_id), reverse=True)

    def closed_of(self, account: str, now: int) -> tuple[Collection[OpenEntry], int]:
        """Return the entries that no longer count, and how many others are left.

        Their orders are final, or were not stored within STORED_WITHIN_MS. Raises StorageUnavailable.
        """
        counted = self._exposures.read(account).open_orders
        closed = self.closed_among(counted, now)
        return closed, len(counted) - len(closed)

    def closed_among(self, counted: Collection[OpenEntry], now: int) -> AbstractSet[OpenEntry]:
        """Return the entries that no longer count, as `closed_of` does. Raises StorageUnavailable."""
        is_final = self._are_final(counted)
        return {
            entry
            for entry in counted
            if is_final.get(entry.order_id, entry.accepted_at <= now - STORED_WITHIN_MS)
        }

    def _are_final(self, counted: Collection[OpenEntry]) -> dict[str, bool]:
        return dict(self._orders.are_final([entry.order_id for entry in counted]))
