"""Callers of the API and the scopes that their keys give them."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """The scopes of API keys; their values are those of the wire.

    TRADE: place and cancel orders. READ: read orders, quote, open streams. ADMIN: turn the trading switch.
    """

    TRADE = "trade"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request: the account, the id of the key that it used, and the scopes of that key.

    `limits` is the account's own limits as JSON text; empty if the account has only those of the settings.
    """

    account: str
    scopes: frozenset[Scope]
    key_id: str = ""
    limits: str = ""


OPEN_CALLER = Caller("open", frozenset(Scope))
"""The caller of every request while AUTH_MODE is open."""
