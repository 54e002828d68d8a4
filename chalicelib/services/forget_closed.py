"""Forget what counts as an open order of an account, and is closed or was never stored."""

from collections.abc import Collection

from chalicelib.domain.limits import MOST_OPEN_ORDERS
from chalicelib.domain.risk import OpenEntry
from chalicelib.ports import Exposures, OrderRepository

INDEXED_MS = 60_000
"""The order of a younger entry may be about to be stored, by a request that lives for half of this at most,
or the index may not show it yet."""

LOOKED_AT_EVERY_MS = 1_000
"""How often a worker looks, at most, which of an account's orders are still open."""

MOST_LOOKED_AT = 2 * MOST_OPEN_ORDERS
"""Orders of an account that are read from the index, about a megabyte; what is older stays as it counts."""


class ForgetClosed:
    """Take closed orders off an account's exposure, at most once a second.

    Nobody takes an order off when it ends: no step has one more write, and a crash leaves nothing behind.
    Who is refused all the time must not cost a reading of the index each time.
    """

    def __init__(self, exposures: Exposures, orders: OrderRepository) -> None:
        self._exposures = exposures
        self._orders = orders
        self._looked_at: dict[str, int] = {}

    def forget_closed(self, account: str, now: int) -> bool:
        """Forget the account's closed orders; False when there is none, or it was looked for a moment ago.

        Raises StorageUnavailable.
        """
        self._looked_at = {of: at for of, at in self._looked_at.items() if now - at < LOOKED_AT_EVERY_MS}
        if account in self._looked_at:
            return False
        self._looked_at[account] = now
        closed = self._closed(account, self._exposures.read(account).open_orders, now)
        if not closed:
            return False
        self._exposures.forget(account, closed)
        return True

    def _closed(self, account: str, counted: Collection[OpenEntry], now: int) -> set[OpenEntry]:
        """Those whose orders are final, and those whose orders the index should have by now and has not."""
        oldest = min((entry.accepted_at for entry in counted), default=now)
        found = self._orders.newest_of(account, since=oldest, limit=MOST_LOOKED_AT)
        read_after = found[-1].accepted_at if len(found) == MOST_LOOKED_AT else oldest - 1
        is_final = {order.order_id: order.is_final for order in found}
        closed = set()
        for entry in counted:
            is_missing = read_after < entry.accepted_at <= now - INDEXED_MS
            if is_final.get(entry.order_id, is_missing):
                closed.add(entry)
        return closed
