"""Ids that clients name, checked before they are looked up."""

import re

from chalicelib.errors import OrderNotFound

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def parse_order_id(text: object) -> str:
    """Check an order id: a UUID in lower case.

    Raises
    ------
    OrderNotFound
        It was of another form, so no order has it.
    """
    if not isinstance(text, str) or not _ORDER_ID.fullmatch(text):
        raise OrderNotFound("An order id is a UUID in lower case")
    return text
