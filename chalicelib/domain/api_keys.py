"""API keys: their text form, their validity, and the names that they and their accounts may have."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.access import Scope
from chalicelib.domain.lines import is_line
from chalicelib.domain.secrets import digest_of

_FORM = re.compile(r"oee_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NAME = re.compile(r"\S(.{0,62}\S)?")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Public data of an API key. Times are in milliseconds; `revoked_at` is None unless it was revoked."""

    key_id: str
    account: str
    name: str
    scopes: frozenset[Scope]
    created_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key with the SHA-256 digest of its secret. The secret itself is never stored."""

    key: ApiKey
    digest: str


def format_key(key_id: str, secret: str) -> str:
    """Return the text of a key, as its holder sends it."""
    return f"oee_{key_id}_{secret}"


def parse_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret in a key's text; None when the text does not have the form of a key."""
    found = _FORM.fullmatch(text)
    return None if found is None else (found[1], found[2])


def is_valid(stored: StoredKey, secret: str) -> bool:
    """Return whether the secret is the key's and the key is not revoked. Compares in constant time."""
    return hmac.compare_digest(stored.digest, digest_of(secret)) and stored.key.revoked_at is None


def with_implied_scopes(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """Return the scopes of a new key: TRADE implies READ."""
    given = frozenset(scopes)
    return given | {Scope.READ} if Scope.TRADE in given else given


def is_account(text: str) -> bool:
    """Return whether the text can name an account: 1 to 64 letters, digits, dots, dashes and underscores."""
    return _ACCOUNT.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Return whether the text can name a key: 1 to 64 characters in one line, with no space around them."""
    return is_line(text) and _NAME.fullmatch(text) is not None
