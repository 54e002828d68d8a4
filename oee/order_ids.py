"""Orders' ids, which a person may cut short to a beginning that no other order's id has."""

import re
from itertools import islice

from oee.client import Client
from oee.errors import Ambiguous

LOOKED_THROUGH = 1000
"""The newest orders, among which an id is looked for by its beginning."""

_BEGINNING = re.compile(r"[0-9a-f-]{1,35}", re.ASCII)


def whole_id(client: Client, given: str) -> str:
    """The id that begins with what was given; what is no beginning of an id is left to the API.

    Raises
    ------
    Ambiguous
        None of the newest orders has such an id, or several have.
    """
    beginning = given.lower()
    if not _BEGINNING.fullmatch(beginning):
        return given
    newest = islice(client.orders(), LOOKED_THROUGH)
    found = [order.order_id for order in newest if order.order_id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Ambiguous(f"None of the newest {LOOKED_THROUGH:,} orders has an id that begins with {given}.")
    raise Ambiguous(f"The ids of {len(found)} orders begin with {given}: {', '.join(found[:3])} …")
