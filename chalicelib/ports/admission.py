"""What decides whether there may be one more order."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.trading import Trading


@dataclass(frozen=True, slots=True)
class Admission:
    """What is left of a caller's rate: `remaining` more requests within `reset_after` seconds."""

    limit: int
    remaining: int
    reset_after: int


class RateLimiter(Protocol):
    """Each caller's requests a minute. It may raise StorageUnavailable."""

    def admit(self, caller: str, now: int) -> Admission:
        """Count one request. Raises RateLimited, and then it wasn't counted."""


class TradingSwitch(Protocol):
    """An operator's switch. Every method may raise StorageUnavailable: how it stands is never guessed."""

    def read(self) -> Trading:
        """Read it consistently; as never turned while nobody has turned it."""

    def turn(self, to: Trading) -> None:
        """Store it as the turn after version `to.version - 1`. VersionConflict if another is."""
