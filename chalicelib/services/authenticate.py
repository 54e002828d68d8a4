"""Tell who holds an API key."""

from chalicelib.domain.access import Caller
from chalicelib.domain.api_keys import ApiKey, is_valid, parse_key
from chalicelib.errors import NotAuthenticated
from chalicelib.ports import AccountLimits, ApiKeys


class Authenticate:
    """What stands between a key's text and the account that it was made for."""

    def __init__(self, keys: ApiKeys, limits: AccountLimits) -> None:
        self._keys = keys
        self._limits = limits

    def caller(self, text: str) -> Caller:
        """The caller whose key this is, with their account's own limits.

        Raises
        ------
        NotAuthenticated, StorageUnavailable
            As `key` does.
        """
        key = self.key(text)
        return Caller(key.account, key.scopes, key.key_id, self._limits.read(key.account))

    def key(self, text: str) -> ApiKey:
        """The key with this text; a text that is no key's is refused without a look at the table.

        Raises
        ------
        NotAuthenticated
            It is of another form, unknown or revoked: which of them isn't told.
        StorageUnavailable
            Whether it is known can't be told now.
        """
        parts = parse_key(text)
        stored = None if parts is None else self._keys.find(parts[0])
        if parts is None or stored is None or not is_valid(stored, parts[1]):
            raise NotAuthenticated("The API key is unknown or revoked")
        return stored.key
