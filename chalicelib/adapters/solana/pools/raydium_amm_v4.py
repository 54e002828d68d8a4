"""Raydium AMM v4: priced from the pool and its two vaults."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.raydium_amm_v4 import AmmV4Account, decode_pool
from chalicelib.adapters.solana.pools.reader import Accounts, required
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool


@dataclass(frozen=True, slots=True)
class AmmV4Reader:
    """`PoolReader` of a pool."""

    pool: AmmV4Account

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of coin and pc."""
        return self.pool.coin_mint, self.pool.pc_mint

    def addresses(self, read: Accounts) -> list[str]:  # noqa: ARG002 - the pool says it all
        """Return the two vaults."""
        return [self.pool.coin_vault, self.pool.pc_vault]

    def state(self, read: Accounts) -> RaydiumAmmV4Pool:
        """Return the state to price with."""
        vaults = (required(read, vault, "vault") for vault in (self.pool.coin_vault, self.pool.pc_vault))
        return self.pool.pool(*vaults)


def reader_of(account: Account, programs: ProgramIds) -> AmmV4Reader:
    """Return the reader of a pool. Raises UnsupportedPool."""
    return AmmV4Reader(decode_pool(account, programs))
