"""API keys and the limits of accounts."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.api_keys import ApiKey, StoredKey


class ApiKeys(Protocol):
    """The keys of all accounts. Every method may raise StorageUnavailable."""

    def find(self, key_id: str) -> StoredKey | None:
        """Read a key consistently; None when there never was one with this id."""

    def create(self, stored: StoredKey) -> None:
        """Store a new key. Raises VersionConflict if another key has its id."""

    def revoke(self, key_id: str, at: int) -> ApiKey:
        """Revoke a key from `at` (ms) on and return it; a key that was revoked before stays as it is.

        Raises ApiKeyNotFound.
        """

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        """Return an account's keys, or with None all keys, oldest first. May lag behind by a moment."""


class AccountLimits(Protocol):
    """Accounts' own limits, as JSON text. Every method may raise StorageUnavailable."""

    def read(self, account: str) -> str:
        """Read the account's own limits consistently; empty when it has none."""

    def write(self, account: str, limits: str, *, seen: str) -> None:
        """Replace the account's own limits. Raises VersionConflict unless `seen` is what is stored."""
