"""Read orders back."""

from chalicelib.domain.order import Order
from chalicelib.errors import OrderNotFound
from chalicelib.ports import OrderRepository


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
