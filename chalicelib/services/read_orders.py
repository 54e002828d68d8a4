"""Read orders back."""

from chalicelib.domain.order import Order, Status
from chalicelib.errors import OrderNotFound
from chalicelib.ports import HistoryPage, HistoryPosition, OrderRepository


class ReadOrders:
    """An account's view of its own orders."""

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    def get(self, order_id: str, account: str) -> Order:
        """The order as it stands now.

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
        self, account: str, *, status: Status | None, limit: int, after: HistoryPosition | None
    ) -> HistoryPage:
        """The account's orders, newest first; one accepted a moment ago may be missing still."""
        return self._orders.history(account, status=status, limit=limit, after=after)
