"""Meteora DLMM: priced from the pair, its bitmaps, and the bin arrays around the active bin."""

from dataclasses import dataclass

from chalicelib.adapters import base58
from chalicelib.adapters.solana.addresses import program_address
from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.meteora_dlmm import (
    BitmapExtension,
    DlmmAccount,
    decode_bin_array,
    decode_bitmap_extension,
    decode_pair,
)
from chalicelib.adapters.solana.pools.reader import LOOKAHEAD, Accounts, present, required
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool


@dataclass(frozen=True, slots=True)
class DlmmReader:
    """`PoolReader` of a pair. Its bitmap extension need not exist."""

    pair: DlmmAccount
    programs: ProgramIds

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of tokens X and Y."""
        return self.pair.mint_x, self.pair.mint_y

    def addresses(self, read: Accounts) -> list[str]:
        """Return the extension, and the nearest arrays that the bitmaps name."""
        fixed = [self._extension_address]
        unread = self.pair.needs_bitmap_extension and self._extension_address not in read
        return fixed if unread else fixed + self._arrays(self._extension(read))

    def state(self, read: Accounts) -> MeteoraDlmmPool:
        """Return the state to price with."""
        extension = self._extension(read)
        arrays = present(read, self._arrays(extension))
        return self.pair.pool(
            [decode_bin_array(array, self.programs) for array in arrays],
            (required(read, self.pair.mint_x, "mint"), required(read, self.pair.mint_y, "mint")),
            extension,
        )

    def _arrays(self, extension: BitmapExtension | None) -> list[str]:
        below, above = self.pair.bin_array_indexes(LOOKAHEAD, extension)
        return [
            self._address(b"bin_array", index.to_bytes(8, "little", signed=True)) for index in below + above
        ]

    def _extension(self, read: Accounts) -> BitmapExtension | None:
        account = read.get(self._extension_address)
        return None if account is None else decode_bitmap_extension(account, self.programs)

    @property
    def _extension_address(self) -> str:
        return self._address(b"bitmap")

    def _address(self, role: bytes, *more: bytes) -> str:
        return program_address(self.programs.meteora_dlmm, role, base58.decode(self.pair.address), *more)


def reader_of(account: Account, programs: ProgramIds) -> DlmmReader:
    """Return the reader of a pair. Raises UnsupportedPool."""
    return DlmmReader(decode_pair(account, programs), programs)
