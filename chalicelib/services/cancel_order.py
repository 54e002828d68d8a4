"""Cancel orders while nothing was sent: one, or those of an account that are open."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import MOVES, Stamp
from chalicelib.domain.order import Order, Status
from chalicelib.errors import NotCancellable, VersionConflict
from chalicelib.ports import Clock, HistoryPosition, Identifiers, Telemetry
from chalicelib.ports import OrderRepository as Orders
from chalicelib.services.read_orders import ANY_TOKENS, ReadOrders, SwappedTokens

TRIES = 3
"""How often, in all, a cancel is tried that an execution overtakes."""


MOST_AT_ONCE = 100
"""Most orders that are cancelled in one call: each takes a read and a write."""


@dataclass(slots=True)
class CancelledOrders:
    """The orders that one call cancelled, and those that go on, as they stand.

    `unreadable` are the ids of open orders that this release can't read: they were left alone. With a
    `following` position there are more.
    """

    following: HistoryPosition | None
    unreadable: Collection[str]
    cancelled: list[Order] = field(default_factory=list)
    others: list[Order] = field(default_factory=list)


class CancelOrder:
    """Cancel orders. The version condition decides between this and a concurrent execution."""

    def __init__(
        self, orders: Orders, reader: ReadOrders, clock: Clock, identifiers: Identifiers, telemetry: Telemetry
    ) -> None:
        self._orders = orders
        self._reader = reader
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def cancel(self, order_id: str, account: str) -> Order:
        """Cancel the order and return it; one that is cancelled already is returned as it is.

        Raises
        ------
        OrderNotFound
            There is none with this id, or it belongs to another account.
        NotCancellable
            Something was sent, or the order is final.
        VersionConflict
            Executions overtook every try; asking again decides anew.
        """
        for _ in range(TRIES):
            order = self._reader.get(order_id, account)
            if order.status is Status.CANCELLED:
                return order
            if Status.CANCELLED not in MOVES[order.status]:
                raise NotCancellable(order.status)
            stamp = Stamp(self._clock.now(), self._identifiers.write_id())
            cancelled = transitions.cancel(order, stamp)
            try:
                self._orders.save(cancelled)
            except VersionConflict:
                continue
            self._telemetry.order_moved(cancelled)
            return cancelled
        raise VersionConflict(f"{order_id} was overtaken {TRIES} times")

    def cancel_all(
        self,
        account: str,
        statuses: AbstractSet[Status],
        after: HistoryPosition | None,
        tokens: SwappedTokens = ANY_TOKENS,
    ) -> CancelledOrders:
        """Cancel the account's open orders of these statuses, newest first, MOST_AT_ONCE at most.

        With `tokens` only those that swap them. Each is cancelled by itself: what ends or is sent meanwhile
        is told, and hinders no other. Raises StorageUnavailable, and then some may be cancelled: asking
        again is safe.
        """
        page = self._reader.history(
            account, statuses=statuses, limit=MOST_AT_ONCE, after=after, tokens=tokens
        )
        done = CancelledOrders(page.following, page.unreadable)
        for order in page.orders:
            self._cancel_one(order, done)
        return done

    def _cancel_one(self, order: Order, done: CancelledOrders) -> None:
        try:
            done.cancelled.append(self.cancel(order.order_id, order.account))
        except (NotCancellable, VersionConflict):
            done.others.append(self._reader.get(order.order_id, order.account))
