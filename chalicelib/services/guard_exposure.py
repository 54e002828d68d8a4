"""Hold an order against its account's limits, and count it; forget what counts as open and is closed."""

from collections.abc import Collection

from chalicelib.domain.limits import MOST_OPEN_ORDERS, Limits, own_limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import OpenEntry, check_order
from chalicelib.errors import OpenOrdersAtLimit
from chalicelib.ports import Admission, Exposures, OrderRepository

INDEXED_MS = 60_000
"""The order of a younger entry may be about to be stored, by a request that lives for half of this at most,
or the index may not show it yet."""

LOOKED_AT_EVERY_MS = 1_000
"""How often a worker looks, at most, which of an account's orders are still open."""

MOST_LOOKED_AT = 2 * MOST_OPEN_ORDERS
"""Orders of an account that are read from the index, about a megabyte; what is older stays as it counts."""


class GuardExposure:
    """The risk gate: one conditional write an order.

    Nobody takes an order off its account's exposure when it ends: no step has one more write, and a crash
    leaves nothing behind. Only when the account seems to have too many open orders are those forgotten that
    are final, or were never stored: at most once a second, because who is refused all the time must not cost
    a reading of the index each time.
    """

    def __init__(self, exposures: Exposures, orders: OrderRepository, limits: Limits) -> None:
        self._exposures = exposures
        self._orders = orders
        self._limits = limits
        self._looked_at: dict[str, int] = {}

    def admit(self, order: Order, own: str, claim: str = "") -> Admission:
        """Count the order against its account's limits; `own` are those that stand in for the settings'.

        `claim` names the request where it may come again: with its key it counts once. Else it is "".

        Raises
        ------
        RateLimited
            The account asked too often.
        TokenNotAllowed, OrderAmountAboveLimit, DailyAmountAboveLimit, OpenOrdersAtLimit
            It is more than the account may order. None of these counts the order.
        UnsupportedSchemaVersion
            The account's own limits can't be read.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        limits = own_limits(own, self._limits)
        check_order(order, limits)
        try:
            return self._exposures.admit(order, limits, claim)
        except OpenOrdersAtLimit:
            if not self._forgot_closed(order.account, order.accepted_at):
                raise
        return self._exposures.admit(order, limits, claim)

    def _forgot_closed(self, account: str, now: int) -> bool:
        """Forget the account's closed orders; False when there is none, or it was looked for a moment ago."""
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
