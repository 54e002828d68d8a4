"""Read an account's orders: one by its id, or their history."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Order, Status
from chalicelib.domain.tokens import Token
from chalicelib.errors import OrderNotFound, UnsupportedSchemaVersion
from chalicelib.ports import (
    ArmedExposures,
    Exposures,
    FoundOrders,
    HistoryPage,
    HistoryPosition,
    OrderRepository,
)
from chalicelib.services.find_open import FindOpen

READ_AT_ONCE = 100
MOST_READ = 300
"""Most orders that are read in one call, and for one page of a history filtered by a final status."""


@dataclass(frozen=True, slots=True)
class SwappedTokens:
    """The tokens that orders swap; None is any."""

    token_in: Token | None = None
    token_out: Token | None = None

    def are_of(self, order: Order) -> bool:
        """Return whether an order swaps these."""
        return self.token_in in {None, order.token_in} and self.token_out in {None, order.token_out}


ANY_TOKENS = SwappedTokens()


class ReadOrders:
    """Read the orders of an account, and of no other."""

    def __init__(self, orders: OrderRepository, exposures: Exposures, armed: ArmedExposures) -> None:
        self._orders = orders
        self._find_open = FindOpen(exposures, armed, orders)

    def get(self, order_id: str, account: str) -> Order:
        """Read the order as it is now.

        Raises
        ------
        OrderNotFound
            There is none with this id, or it belongs to another account.
        """
        order = self._orders.get(order_id)
        if order.account != account:
            raise OrderNotFound(order_id)
        return order

    def history(
        self,
        account: str,
        *,
        statuses: AbstractSet[Status],
        limit: int,
        after: HistoryPosition | None,
        tokens: SwappedTokens = ANY_TOKENS,
    ) -> HistoryPage:
        """Read a page of the account's orders, newest first; one accepted a moment ago may be missing still.

        No `statuses` are all; with `tokens` only orders that swap them are told. With a final status among
        those that are asked for a page ends early, and says where the next one begins, when more orders
        would have to be read for it than may be; else it is read consistently.
        What can't be read may have any status; with `statuses` it may be told of again on the next page.
        """
        if not statuses and tokens == ANY_TOKENS:
            return self._orders.history(account, limit=limit, after=after)
        wanted = statuses or frozenset(Status)

        def is_wanted(order: Order) -> bool:
            return order.status in wanted and tokens.are_of(order)

        read = self._ended if wanted & FINAL else self._open
        return read(account, is_wanted, limit, after)

    def placed_with(self, key: str, account: str, now: int) -> HistoryPage:
        """Return a page of the order that was placed with this Idempotency-Key; empty when none binds it."""
        record = self._orders.find_record(account, key, now)
        found = self._orders.read_all([] if record is None else [record.order_id])
        return HistoryPage(found.orders, found.unreadable, None)

    def _ended(
        self, account: str, is_wanted: Callable[[Order], bool], limit: int, after: HistoryPosition | None
    ) -> HistoryPage:
        found, unreadable = list[Order](), dict[str, UnsupportedSchemaVersion]()
        for _ in range(MOST_READ // READ_AT_ONCE):
            page = self._orders.history(account, limit=READ_AT_ONCE, after=after)
            found += (order for order in page.orders if is_wanted(order))
            unreadable |= page.unreadable
            after = page.following
            if len(found) > limit or after is None:
                return _page(FoundOrders(found, unreadable), limit)
        return HistoryPage(found[:limit], unreadable, after)

    def _open(
        self, account: str, is_wanted: Callable[[Order], bool], limit: int, after: HistoryPosition | None
    ) -> HistoryPage:
        """Read the page from the orders that count against the limits: each does until it is final."""
        waiting = [(entry.accepted_at, entry.order_id) for entry in self._find_open.counted_of(account)]
        if after is not None:
            waiting = [place for place in waiting if place < (after.accepted_at, after.order_id)]
        found, unreadable = list[Order](), dict[str, UnsupportedSchemaVersion]()
        for start in range(0, len(waiting), READ_AT_ONCE):
            read = self._orders.read_all([order_id for _, order_id in waiting[start : start + READ_AT_ONCE]])
            found += (order for order in read.orders if is_wanted(order))
            unreadable |= read.unreadable
            if len(found) > limit:
                break
        return _page(FoundOrders(found, unreadable), limit)


def _page(found: FoundOrders, limit: int) -> HistoryPage:
    """Return the first `limit` orders found, and where the next page begins if there are more."""
    if len(found.orders) <= limit:
        return HistoryPage(found.orders, found.unreadable)
    last = found.orders[limit - 1]
    following = HistoryPosition(last.accepted_at, last.order_id)
    return HistoryPage(found.orders[:limit], found.unreadable, following)
