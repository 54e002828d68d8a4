"""The paper chain's blocks: their heights, slots and hashes are pure functions of time.

Every worker computes the same chain from its own clock, so no block is ever stored. A worker whose clock is
behind is a node that lags, and its readings say so by their slot.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from chalicelib.adapters import base58
from chalicelib.config import PaperSettings
from chalicelib.pricing.swap import PoolClock

GENESIS_MS = 1_584_368_940_000
"""Time (ms) of block 0: Solana's own genesis, so that heights look familiar. It never changes."""

SLOTS_TO_A_SKIP = 16
"""Blocks after which one slot stays empty, so that slots can't be mistaken for heights."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The rules by which blocks are made, expire and become final.

    Heights follow from `block_ms`: changing it on a table in use makes them jump.
    """

    seed: str
    block_ms: int
    finality_blocks: int
    blockhash_blocks: int

    @classmethod
    def of(cls, settings: PaperSettings) -> Self:
        """Return the rules of these settings."""
        return cls(
            settings.seed,
            settings.block_ms,
            settings.finality_blocks,
            settings.blockhash_blocks,
        )

    def height_at(self, now: int) -> int:
        """Return the newest block's height at this time in milliseconds."""
        return (now - GENESIS_MS) // self.block_ms

    def begins_at(self, height: int) -> int:
        """Return the time in milliseconds at which the block at `height` becomes the newest one."""
        return GENESIS_MS + height * self.block_ms

    def finalized(self, height: int) -> int:
        """Return the newest finalized height when the newest block is at `height`."""
        return height - self.finality_blocks

    def last_valid(self, height: int) -> int:
        """Return the last height at which a transaction with the blockhash of `height` can land."""
        return height + self.blockhash_blocks

    def blockhash(self, height: int) -> str:
        """Return the hash of the block at `height`."""
        return base58.encode(hashlib.sha256(f"paper block {height} of {self.seed}".encode()).digest())

    def is_blockhash(self, blockhash: str, last_valid: int) -> bool:
        """Return whether this is the hash of the block whose transactions can land until `last_valid`."""
        return blockhash == self.blockhash(last_valid - self.blockhash_blocks)

    def slot(self, height: int) -> int:
        """Return the slot in which the block at `height` was made."""
        return height + height // SLOTS_TO_A_SKIP

    def pool_clock(self, height: int) -> PoolClock:
        """Return the Clock sysvar of the block at `height`."""
        return PoolClock(self.begins_at(height) // 1000, self.slot(height))
