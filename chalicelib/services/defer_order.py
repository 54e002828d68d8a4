"""Ask for an order's next step later: of several messages of one order only one goes on."""

from chalicelib.domain.order import Order
from chalicelib.ports import Clock, OpenOrder, OrderQueue, OrderRepository

WAIT_SECONDS = 5
"""Default delay in seconds: for a landing that isn't proved, or an order held up by a table or operator."""


class DeferOrder:
    """Send an order's id to one queue again, with a delay."""

    def __init__(self, orders: OrderRepository, queue: OrderQueue, clock: Clock) -> None:
        self._orders = orders
        self._queue = queue
        self._clock = clock

    def defer(self, order: Order, seconds: int = WAIT_SECONDS) -> None:
        """Send the order's message again, unless another message of it was sent since `order` was read.

        Raises
        ------
        StorageUnavailable, QueueUnavailable
            Whether the message was sent is unknown; a second one is harmless.
        """
        seen = OpenOrder(order.order_id, order.enqueued_at, order.requeues)
        due_at = self._clock.now() + seconds * 1000
        if self._orders.claim_next_message(seen, at=due_at, requeues=order.requeues):
            self._queue.send(order.order_id, delay_seconds=seconds)
