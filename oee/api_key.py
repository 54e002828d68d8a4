"""The API key: who the client is to the API. No message and no document shows it."""

import re
from collections.abc import Mapping

from oee.errors import Unreachable

VARIABLE = "OEE_API_KEY"

_SENDABLE = re.compile(r"[!-~]+")


def find_api_key(given: str | None, environment: Mapping[str, str]) -> str | None:
    """The key that was given, or else OEE_API_KEY's; None when there is neither."""
    return given or environment.get(VARIABLE) or None


def authorization(api_key: str | None) -> dict[str, str]:
    """The header that carries the key; white space around it is no part of it.

    Raises
    ------
    Unreachable
        It holds what no header can.
    """
    if api_key is None:
        return {}
    key = api_key.strip()
    if not _SENDABLE.fullmatch(key):
        raise Unreachable("The API key has characters that no key has: copy it anew.", retryable=False)
    return {"Authorization": f"Bearer {key}"}
