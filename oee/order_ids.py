"""Order ids, which a person may abbreviate to a unique beginning."""

import argparse
import re
from itertools import islice

from oee.client import Client
from oee.errors import Ambiguous

LOOKED_THROUGH = 1000
"""How many of the newest orders are searched for an id by its beginning."""

_BEGINNING = re.compile(r"[0-9a-f-]{1,35}", re.ASCII)


def named_id(client: Client, given: argparse.Namespace) -> str:
    """Return the id of the order that a command names: by its id, or by the key that it was placed with.

    Raises
    ------
    Ambiguous
        No order is known by that name, or several are.
    """
    if given.key is None:
        return whole_id(client, given.order_id)
    order = client.placed_with(given.key)
    if order is None:
        raise Ambiguous(f"No order is known by the key {given.key}. Keys are kept for five minutes or more.")
    return order.order_id


def whole_id(client: Client, given: str) -> str:
    """Return the order id that begins with `given`; other texts are returned as they are, for the API.

    Raises
    ------
    Ambiguous
        None of the newest orders has such an id, or several have.
    """
    beginning = given.lower()
    if not _BEGINNING.fullmatch(beginning):
        return given
    listed: list[str] = []
    listed += [order.order_id for order in islice(client.orders(on_unreadable=listed.append), LOOKED_THROUGH)]
    found = [order_id for order_id in dict.fromkeys(listed) if order_id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Ambiguous(f"None of the newest {LOOKED_THROUGH:,} orders has an id that begins with {given}.")
    raise Ambiguous(f"The ids of {len(found)} orders begin with {given}: {', '.join(found[:3])} …")
