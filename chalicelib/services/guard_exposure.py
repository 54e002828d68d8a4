"""Hold an order against its account's limits, and count it; forget what counts as open and is closed."""

from chalicelib.domain.limits import Limits, own_limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import check_order
from chalicelib.errors import OpenOrdersAtLimit
from chalicelib.ports import Admission, Exposures, OrderRepository

SETTLED_MS = 10_000
"""The order of a younger entry may be about to be stored, or the index of open orders may not show it yet."""

LOOKED_AT_EVERY_MS = 1_000
"""How often a worker looks, at most, which of an account's orders are still open."""

MOST_OPEN_ORDERS = 10_000
"""Open orders of all accounts that are read from the index; while there are more nothing is forgotten."""


class GuardExposure:
    """The risk gate: one conditional write an order.

    Nobody takes an order off its account's exposure when it ends: no step has one more write, and a crash
    leaves nothing behind. Only when the account seems to have too many open orders are those forgotten that
    are closed, or were never stored: at most once a second, because who is refused all the time must not
    cost a reading of the index each time.
    """

    def __init__(self, exposures: Exposures, orders: OrderRepository, limits: Limits) -> None:
        self._exposures = exposures
        self._orders = orders
        self._limits = limits
        self._looked_at: dict[str, int] = {}

    def admit(self, order: Order, own: str) -> Admission:
        """Count the order against its account's limits; `own` are those that stand in for the settings'.

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
            return self._exposures.admit(order, limits)
        except OpenOrdersAtLimit:
            if not self._forgot_closed(order.account, order.accepted_at):
                raise
        return self._exposures.admit(order, limits)

    def _forgot_closed(self, account: str, now: int) -> bool:
        """Forget the account's closed orders; False when there is none, or it was looked for a moment ago."""
        self._looked_at = {of: at for of, at in self._looked_at.items() if now - at < LOOKED_AT_EVERY_MS}
        if account in self._looked_at:
            return False
        self._looked_at[account] = now
        counted = self._exposures.read(account).open_orders
        settled = {entry for entry in counted if now - entry.accepted_at >= SETTLED_MS}
        found = self._orders.open_orders(MOST_OPEN_ORDERS) if settled else ()
        still_open = {each.order_id for each in found}
        closed = {entry for entry in settled if entry.order_id not in still_open}
        if not closed or len(found) >= MOST_OPEN_ORDERS:
            return False
        self._exposures.forget(account, closed)
        return True
