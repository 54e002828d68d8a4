"""Reading accounts: the checks that every decoder makes, and integers and keys at byte offsets."""

from dataclasses import dataclass
from hashlib import sha256

from chalicelib.adapters import base58
from chalicelib.errors import UnsupportedPool

DISCRIMINATOR_SIZE = 8
KEY_SIZE = 32
NO_KEY = "1" * KEY_SIZE
"""The address of all zeros, which accounts use for an absent address."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a node returns it. Address and owner are base58."""

    address: str
    owner: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ProgramIds:
    """The addresses of the pool programs on one cluster."""

    raydium_amm_v4: str
    raydium_cpmm: str
    raydium_clmm: str
    meteora_dlmm: str = "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo"
    meteora_damm_v2: str = "cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG"


MAINNET = ProgramIds(
    raydium_amm_v4="675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8",
    raydium_cpmm="CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C",
    raydium_clmm="CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK",
)
DEVNET = ProgramIds(
    raydium_amm_v4="DRaya7Kj3aMWQSy19kSjvmuwq9docCHofyP9kanQGaav",
    raydium_cpmm="DRaycpLY18LhpbydsBWbVJtxpNv9oXPgjRSfpF2bWpYb",
    raydium_clmm="DRayAUgENGQBKVaX8owNhgzkEDyoHTGVEGHVJT1E9pfH",
)


def require_account(account: Account, owner: str, size: int, name: str | None = None) -> bytes:
    """The account's bytes, if owner, size and, for a named Anchor account, discriminator are right.

    Raises
    ------
    UnsupportedPool
        Saying what was expected and what was there.
    """
    where = f"account {account.address}"
    if account.owner != owner:
        raise UnsupportedPool(f"{where}: the owner was {account.owner}, expected {owner}")
    if len(account.data) != size:
        raise UnsupportedPool(f"{where}: the size was {len(account.data)} bytes, expected {size}")
    if name is not None and account.data[:DISCRIMINATOR_SIZE] != discriminator(name):
        raise UnsupportedPool(f"{where}: the discriminator was not that of {name}")
    return account.data


def require_address(account: Account, address: str, role: str) -> None:
    """Refuse an account that is not the one which the pool names for the role."""
    if account.address != address:
        raise UnsupportedPool(f"the {role} was {account.address}, the pool names {address}")


def discriminator(name: str) -> bytes:
    """The first eight bytes of an Anchor account of this name."""
    return sha256(f"account:{name}".encode()).digest()[:DISCRIMINATOR_SIZE]


def unsigned(data: bytes, at: int, size: int) -> int:
    """The little-endian unsigned integer of `size` bytes at an offset."""
    return int.from_bytes(data[at : at + size], "little")


def signed(data: bytes, at: int, size: int) -> int:
    """The little-endian signed integer of `size` bytes at an offset."""
    return int.from_bytes(data[at : at + size], "little", signed=True)


def key(data: bytes, at: int) -> str:
    """The address at an offset, base58."""
    return base58.encode(data[at : at + KEY_SIZE])
