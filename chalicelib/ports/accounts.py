"""Accounts: the keys that are made for them, and what they are allowed."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.api_keys import ApiKey, StoredKey


class ApiKeys(Protocol):
    """The keys of all accounts. Every method may raise StorageUnavailable."""

    def find(self, key_id: str) -> StoredKey | None:
        """Read a key consistently; None when there never was one of this id."""

    def create(self, stored: StoredKey) -> None:
        """Store a new key. VersionConflict when another has its id."""

    def revoke(self, key_id: str, at: int) -> ApiKey:
        """Let a key serve no more, from now on; one that was revoked before stays as it is.

        Raises ApiKeyNotFound.
        """

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        """An account's keys, or all of them, oldest first; may lag behind by a moment."""


class AccountLimits(Protocol):
    """Accounts' own limits, as JSON text. Every method may raise StorageUnavailable."""

    def read(self, account: str) -> str:
        """Read them consistently; empty when the account has none of its own."""

    def write(self, account: str, limits: str, *, seen: str) -> None:
        """Store them in the place of those that were `seen`. VersionConflict when others stand there."""
