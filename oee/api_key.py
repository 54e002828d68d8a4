"""The API key, which identifies the client. No message and no document shows it."""

import re
from collections.abc import Mapping

from oee.errors import Unreachable

VARIABLE = "OEE_API_KEY"

_SENDABLE = re.compile(r"[!-~]+")


def find_api_key(given: str | None, environment: Mapping[str, str]) -> str | None:
    """Return the given key, or else OEE_API_KEY's; None if there is neither."""
    return given or environment.get(VARIABLE) or None


def authorization(api_key: str | None) -> dict[str, str]:
    """Return the header with the key, without white space around it.

    Raises
    ------
    Unreachable
        The key has characters that a header can't hold.
    """
    if api_key is None:
        return {}
    key = api_key.strip()
    if not _SENDABLE.fullmatch(key):
        raise Unreachable("The API key has characters that no key has: copy it anew.", retryable=False)
    return {"Authorization": f"Bearer {key}"}
