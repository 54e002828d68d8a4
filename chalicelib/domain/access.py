"""Who asks, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What an API key allows; the value is what goes over the wire.

    TRADE: place and cancel orders. READ: read orders, quote, open streams. ADMIN: turn the trading switch.
    """

    TRADE = "trade"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an account, by which of its keys, and what that key allows.

    `limits` is the account's own limits as JSON text; empty where the settings' stand.
    """

    account: str
    scopes: frozenset[Scope]
    key_id: str = ""
    limits: str = ""


OPEN_CALLER = Caller("open", frozenset(Scope))
"""Everybody, while no keys are asked for."""
