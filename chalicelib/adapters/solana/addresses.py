"""Addresses that programs own, and that follow from seeds."""

from functools import lru_cache
from hashlib import sha256

from chalicelib.adapters import base58
from chalicelib.errors import UnsupportedPool

MOST_SEEDS = 255
"""The greatest bump seed, which is tried first."""

_PRIME = 2**255 - 19
_D = -121665 * pow(121666, -1, _PRIME) % _PRIME
_SIGN = 1 << 255


@lru_cache(maxsize=4096)
def program_address(program: str, *seeds: bytes) -> str:
    """Return the address that a program derives from these seeds: the first that is no public key."""
    owner = base58.decode(program)
    for bump in range(MOST_SEEDS, -1, -1):
        digest = sha256(b"".join((*seeds, bytes([bump]), owner, b"ProgramDerivedAddress"))).digest()
        if not is_on_curve(digest):
            return base58.encode(digest)
    raise UnsupportedPool(f"the program {program} has no address for these seeds")


def is_on_curve(key: bytes) -> bool:
    """Return whether 32 bytes are a point of Ed25519's curve, so that they may have a secret key."""
    y = (int.from_bytes(key, "little") & (_SIGN - 1)) % _PRIME
    square = y * y % _PRIME
    x_square = (square - 1) * pow(_D * square + 1, -1, _PRIME) % _PRIME
    return x_square == 0 or pow(x_square, (_PRIME - 1) // 2, _PRIME) == 1
