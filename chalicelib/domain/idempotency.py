"""What an Idempotency-Key stands for: one order, for one payload, for a while."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

MINIMUM_WINDOW = 300
"""Seconds for which a key is remembered at least."""

CLAIM_MS = 120_000
"""A claim stands for the rest of its minute: two that share one are less than this apart, by clocks that
differ by up to a minute."""


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """The order that a key of an account made. It binds while now < `expires_at` (milliseconds).

    `counted` is whether the order counts against its account's limits by itself: not when its request was
    under way twice, and the other one counts for it.
    """

    account: str
    key: str
    fingerprint: str
    order_id: str
    expires_at: int
    counted: bool = True

    def may_bear(self, other: "IdempotencyRecord", now: int) -> bool:
        """Whether an order may count by the claim of `other`, which this record keeps from being stored.

        It may be this record's own; or one that is about to be stored, because this one binds no more.
        """
        at_once = abs(other.expires_at - self.expires_at) < CLAIM_MS
        is_this = not self.counted and self.fingerprint == other.fingerprint and at_once
        return is_this or self.expires_at - now < CLAIM_MS


def window_ms(valid_for_seconds: int) -> int:
    """How long a key is remembered: 300 s, or two minutes past the order's own life if that is longer."""
    return max(MINIMUM_WINDOW, valid_for_seconds + 120) * 1000


def fingerprint(canonical: Sequence[tuple[str, str]]) -> str:
    """Digest a payload in its canonical form: sorted names, values as the engine understood them."""
    lines = "\n".join(f"{name}={value}" for name, value in sorted(canonical))
    return hashlib.sha256(lines.encode()).hexdigest()


def claim_of(key: str, payload: str) -> str:
    """A short name for a key with the fingerprint of its payload: 96 bits, and nothing of the key in them."""
    return hashlib.sha256(f"{payload}{key}".encode()).hexdigest()[:24]
