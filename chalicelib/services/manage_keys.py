"""Make, revoke and list API keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey, StoredKey, format_key, with_implied_scopes
from chalicelib.domain.secrets import digest_of
from chalicelib.ports import ApiKeys, Clock, Identifiers


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key and its text, which is not stored and is never shown again."""

    key: ApiKey
    text: str


class ManageKeys:
    """Make, revoke and list API keys, for an operator."""

    def __init__(self, keys: ApiKeys, clock: Clock, identifiers: Identifiers) -> None:
        self._keys = keys
        self._clock = clock
        self._identifiers = identifiers

    def make(self, account: str, name: str, scopes: Iterable[Scope]) -> MadeKey:
        """Make a key for an account; TRADE implies READ.

        Raises
        ------
        VersionConflict
            Another key was given the same id by chance: make it again.
        StorageUnavailable
            Whether it was made is unknown. Make another; nobody holds this one.
        """
        key_id, secret = self._identifiers.key_id(), self._identifiers.secret()
        key = ApiKey(key_id, account, name, with_implied_scopes(scopes), self._clock.now())
        self._keys.create(StoredKey(key, digest_of(secret)))
        return MadeKey(key, format_key(key_id, secret))

    def revoke(self, key_id: str) -> ApiKey:
        """Revoke a key and return it; a key that was revoked before stays as it is.

        Raises
        ------
        ApiKeyNotFound
            There is no such key.
        StorageUnavailable
            Whether it was revoked is unknown; to do it again is safe.
        """
        return self._keys.revoke(key_id, self._clock.now())

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        """Return an account's keys, or with None all keys, oldest first. Raises StorageUnavailable."""
        return self._keys.made_for(account)
