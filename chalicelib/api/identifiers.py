"""Ids that clients name, checked before they are looked up."""

from chalicelib.domain.order import is_order_id
from chalicelib.errors import OrderNotFound


def parse_order_id(text: object) -> str:
    """Check an order id: a UUID in lower case.

    Raises
    ------
    OrderNotFound
        It was of another form, so no order has it.
    """
    if not isinstance(text, str) or not is_order_id(text):
        raise OrderNotFound("An order id is a UUID in lower case")
    return text
