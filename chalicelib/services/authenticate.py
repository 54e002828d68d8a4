"""Authenticate callers by their API keys."""

from chalicelib.domain.access import Caller
from chalicelib.domain.api_keys import ApiKey, is_valid, parse_key
from chalicelib.errors import NotAuthenticated
from chalicelib.ports import AccountLimits, ApiKeys


class Authenticate:
    """Resolve the text of an API key to its caller."""

    def __init__(self, keys: ApiKeys, limits: AccountLimits) -> None:
        self._keys = keys
        self._limits = limits

    def caller(self, text: str) -> Caller:
        """Return the holder of the key with this text, with the account's own limits.

        Raises
        ------
        NotAuthenticated, StorageUnavailable
            As `key` does.
        """
        key = self.key(text)
        return Caller(key.account, key.scopes, key.key_id, self._limits.read(key.account))

    def key(self, text: str) -> ApiKey:
        """Return the key with this text; a text without the form of a key is refused without a read.

        Raises
        ------
        NotAuthenticated
            The text has another form, or the key is unknown or revoked; the error doesn't say which.
        StorageUnavailable
            The key could not be read.
        """
        parts = parse_key(text)
        stored = None if parts is None else self._keys.find(parts[0])
        if parts is None or stored is None or not is_valid(stored, parts[1]):
            raise NotAuthenticated("The API key is unknown or revoked")
        return stored.key
