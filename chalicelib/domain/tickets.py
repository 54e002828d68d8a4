"""Tickets: a browser can't send a key when it opens a socket, so the address carries a secret for once."""

import re
from dataclasses import dataclass

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket opens: a socket of `account` that follows the order, or with "" any of its orders.

    It is stored under `digest`, and its text never is. `host` is where the REST API was asked for it:
    a page of that host may use it. It opens nothing from `expires_at` (milliseconds) on.
    """

    digest: str
    account: str
    order_id: str
    host: str
    expires_at: int


def is_ticket(text: str) -> bool:
    """Whether this has the form of a ticket: 256 bits in base64url."""
    return _TICKET.fullmatch(text) is not None
