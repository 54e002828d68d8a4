"""Idempotency keys: each stands for one order with one payload, within a window of time."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

MINIMUM_WINDOW = 300
"""Shortest time in seconds for which a key is remembered."""

DIGEST_BYTES = 8
"""Bytes of each digest of a claim. It tells apart only the requests of one account in two minutes."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """The order that was made with an account's key. It binds while now < `expires_at` (milliseconds)."""

    account: str
    key: str
    fingerprint: str
    order_id: str
    expires_at: int


def is_idempotency_key(text: str) -> bool:
    """Return whether the text has the form of a key: 1 to 255 visible ASCII characters."""
    return _KEY.fullmatch(text) is not None


def window_ms(valid_for_seconds: int) -> int:
    """Return for how long (ms) a key is remembered: 300 s, or the order's life and 120 s if longer."""
    return max(MINIMUM_WINDOW, valid_for_seconds + 120) * 1000


def bound_until(accepted_at: int, valid_for_seconds: int, good_till: int | None) -> int:
    """Return until when (ms) the key of an order accepted then is remembered.

    That of an order that waits, until `good_till` (ms), outlives the execution that may begin at the last.
    """
    begins_by = accepted_at if good_till is None else good_till
    return begins_by + window_ms(valid_for_seconds)


def fingerprint(canonical: Sequence[tuple[str, str]]) -> str:
    """Return the SHA-256 of a payload in canonical form: names sorted, values as they were understood."""
    lines = "\n".join(f"{name}={value}" for name, value in sorted(canonical))
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that came with an Idempotency-Key, as its account's exposure remembers it for a moment.

    `key` and `payload` are short digests, `order_id` is the order as which the request was counted.
    """

    key: bytes
    payload: bytes
    order_id: str


def claim_of(key: str, payload: str, order_id: str) -> Claim:
    """Claim a key for a payload, by its fingerprint, and for the order that the request would make."""
    return Claim(_short(key), _short(payload), order_id)


def _short(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:DIGEST_BYTES]
