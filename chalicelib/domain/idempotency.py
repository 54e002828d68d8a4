"""What an Idempotency-Key stands for: one order, for one payload, for a while."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

MINIMUM_WINDOW = 300
"""Seconds for which a key is remembered at least."""


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """The order that a key of an account made. It binds while now < `expires_at` (milliseconds)."""

    account: str
    key: str
    fingerprint: str
    order_id: str
    expires_at: int


def window_ms(valid_for_seconds: int) -> int:
    """How long a key is remembered: 300 s, or two minutes past the order's own life if that is longer."""
    return max(MINIMUM_WINDOW, valid_for_seconds + 120) * 1000


def fingerprint(canonical: Sequence[tuple[str, str]]) -> str:
    """Digest a payload in its canonical form: sorted names, values as the engine understood them."""
    lines = "\n".join(f"{name}={value}" for name, value in sorted(canonical))
    return hashlib.sha256(lines.encode()).hexdigest()


def claim_of(key: str, payload: str) -> bytes:
    """A short name for a key with the fingerprint of its payload: 96 bits, and nothing of the key in them."""
    return hashlib.sha256(f"{payload}{key}".encode()).digest()[:12]
