"""Raydium CPMM: priced from the pool, its config and its two vaults."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.raydium_cpmm import CpmmAccount, decode_config, decode_pool
from chalicelib.adapters.solana.pools.reader import Accounts, required
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool


@dataclass(frozen=True, slots=True)
class CpmmReader:
    """`PoolReader` of a pool."""

    pool: CpmmAccount
    programs: ProgramIds

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of tokens 0 and 1."""
        return self.pool.mint_0, self.pool.mint_1

    def addresses(self, read: Accounts) -> list[str]:  # noqa: ARG002 - the pool says it all
        """Return the config and the two vaults."""
        return [self.pool.config, self.pool.vault_0, self.pool.vault_1]

    def state(self, read: Accounts) -> RaydiumCpmmPool:
        """Return the state to price with."""
        config = decode_config(required(read, self.pool.config, "config"), self.programs)
        vaults = required(read, self.pool.vault_0, "vault"), required(read, self.pool.vault_1, "vault")
        mints = required(read, self.pool.mint_0, "mint"), required(read, self.pool.mint_1, "mint")
        return self.pool.pool(config, vaults, mints)


def reader_of(account: Account, programs: ProgramIds) -> CpmmReader:
    """Return the reader of a pool. Raises UnsupportedPool."""
    return CpmmReader(decode_pool(account, programs), programs)
