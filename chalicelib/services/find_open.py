"""Find which orders of an account are open, by those that count as open or armed against its limits."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from chalicelib.domain.risk import OpenEntry
from chalicelib.ports import ArmedExposures, Exposures, OrderRepository

STORED_WITHIN_MS = 180_000
"""The order of a younger entry may be about to be stored.

A copy of the request that made the entry may be taken for it until the next minute is over, and a request
lives for half a minute at most.
"""

Entry = TypeVar("Entry", bound=OpenEntry)


class FindOpen:
    """Find open orders. Each counts, as open or as armed, from before it is stored until after its end."""

    def __init__(self, exposures: Exposures, armed: ArmedExposures, orders: OrderRepository) -> None:
        self._exposures = exposures
        self._armed = armed
        self._orders = orders

    def open_of(self, account: str) -> Sequence[OpenEntry]:
        """Read consistently which of the account's orders are open, newest first.

        Raises StorageUnavailable.
        """
        counted = self.counted_of(account)
        is_final = self._orders.are_final([entry.order_id for entry in counted])
        return [entry for entry in counted if not is_final.get(entry.order_id, True)]

    def counted_of(self, account: str) -> Sequence[OpenEntry]:
        """Read consistently which of the account's orders count, newest first; some may be closed already.

        Raises StorageUnavailable.
        """
        counted: list[OpenEntry] = [*self._exposures.read(account).open_orders]
        counted += self._armed.read(account).open_orders
        return sorted(counted, key=lambda entry: (entry.accepted_at, entry.order_id), reverse=True)


def closed_among(orders: OrderRepository, counted: Collection[Entry], now: int) -> frozenset[Entry]:
    """Return the entries that no longer count.

    Their orders are final, or were not stored within STORED_WITHIN_MS. Raises StorageUnavailable.
    """
    is_final = orders.are_final([entry.order_id for entry in counted])
    return frozenset(
        entry
        for entry in counted
        if is_final.get(entry.order_id, entry.accepted_at <= now - STORED_WITHIN_MS)
    )
