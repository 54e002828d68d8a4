"""Tickets: one-time secrets in a socket's address, for browsers, which can't send a key in the handshake."""

import re
from dataclasses import dataclass

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket opens one socket of `account` that may follow the order, or with "" any of its orders.

    It is stored under `digest`, and its text never is. `host` is where the REST API was asked for it:
    a page of that host may use it. It opens nothing from `expires_at` (milliseconds) on.
    """

    digest: str
    account: str
    order_id: str
    host: str
    expires_at: int


def is_ticket(text: str) -> bool:
    """Return whether the text has the form of a ticket: 256 bits in base64url."""
    return _TICKET.fullmatch(text) is not None
