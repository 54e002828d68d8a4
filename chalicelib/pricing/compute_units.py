"""The compute units of a swap, estimated from what was measured on the programs.

A swap that walks over many ticks or bins may need more than a transaction can have; then it fails as a whole.
docs/curves.md tells what was measured.
"""

from chalicelib.errors import ComputeLimitExceeded

TRANSACTION_LIMIT = 1_400_000
"""Most compute units that Solana's runtime grants all instructions of a transaction together."""

OTHER_INSTRUCTIONS = 100_000
"""Compute units for the rest of the transaction: making two token accounts, wrapping and unwrapping SOL."""

SWAP_LIMIT = TRANSACTION_LIMIT - OTHER_INSTRUCTIONS


def out_of_units(amount_in: int, spent: int, passed: str) -> ComputeLimitExceeded:
    """The error for a walk that can go no further: `spent` of `amount_in` took `passed` ticks or bins."""
    return ComputeLimitExceeded(
        f"{amount_in} is too large for one transaction on this pool: the first {spent} of it pass {passed}, "
        f"which uses up the {SWAP_LIMIT} compute units that a swap may take",
        taken=spent,
    )


def slots_between(one: int, other: int, array_size: int) -> int:
    """How many slots a program looks at between two of them: only those of the arrays that both lie in."""
    low, high = min(one, other), max(one, other)
    if low // array_size == high // array_size:
        return max(high - low - 1, 0)
    return array_size - 1 - low % array_size + high % array_size
