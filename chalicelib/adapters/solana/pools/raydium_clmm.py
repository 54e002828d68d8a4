"""Raydium CLMM: priced from the pool, its config, its bitmaps, and the tick arrays around the price."""

from dataclasses import dataclass

from chalicelib.adapters import base58
from chalicelib.adapters.solana.addresses import program_address
from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.raydium_clmm import (
    BitmapExtension,
    ClmmAccount,
    decode_bitmap_extension,
    decode_config,
    decode_pool,
    decode_tick_array,
)
from chalicelib.adapters.solana.pools.reader import LOOKAHEAD, Accounts, present, required
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool


@dataclass(frozen=True, slots=True)
class ClmmReader:
    """`PoolReader` of a pool. Its bitmap extension need not exist."""

    pool: ClmmAccount
    programs: ProgramIds

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of tokens 0 and 1."""
        return self.pool.mint_0, self.pool.mint_1

    def addresses(self, read: Accounts) -> list[str]:
        """Return the config, the extension, and the nearest arrays that the bitmaps name."""
        fixed = [self.pool.config, self._extension_address]
        unread = self.pool.needs_bitmap_extension and self._extension_address not in read
        return fixed if unread else fixed + self._arrays(self._extension(read))

    def state(self, read: Accounts) -> RaydiumClmmPool:
        """Return the state to price with."""
        extension = self._extension(read)
        arrays = present(read, self._arrays(extension))
        return self.pool.pool(
            decode_config(required(read, self.pool.config, "config"), self.programs),
            [decode_tick_array(array, self.programs) for array in arrays],
            (required(read, self.pool.mint_0, "mint"), required(read, self.pool.mint_1, "mint")),
            extension,
        )

    def _arrays(self, extension: BitmapExtension | None) -> list[str]:
        below, above = self.pool.tick_array_starts(LOOKAHEAD, extension)
        return [
            self._address(b"tick_array", start.to_bytes(4, "big", signed=True)) for start in below + above
        ]

    def _extension(self, read: Accounts) -> BitmapExtension | None:
        account = read.get(self._extension_address)
        return None if account is None else decode_bitmap_extension(account, self.programs)

    @property
    def _extension_address(self) -> str:
        return self._address(b"pool_tick_array_bitmap_extension")

    def _address(self, role: bytes, *more: bytes) -> str:
        return program_address(self.programs.raydium_clmm, role, base58.decode(self.pool.address), *more)


def reader_of(account: Account, programs: ProgramIds) -> ClmmReader:
    """Return the reader of a pool. Raises UnsupportedPool."""
    return ClmmReader(decode_pool(account, programs), programs)
