"""Meteora DAMM v2: priced from the pool alone."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.meteora_damm_v2 import DammV2Account, decode_pool
from chalicelib.adapters.solana.pools.reader import Accounts, required
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool


@dataclass(frozen=True, slots=True)
class DammV2Reader:
    """`PoolReader` of a pool."""

    pool: DammV2Account

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of tokens A and B."""
        return self.pool.mint_a, self.pool.mint_b

    def addresses(self, read: Accounts) -> list[str]:  # noqa: ARG002 - the pool says it all
        """Return nothing: the pool holds its amounts."""
        return []

    def state(self, read: Accounts) -> MeteoraDammV2Pool:
        """Return the state to price with."""
        mints = required(read, self.pool.mint_a, "mint"), required(read, self.pool.mint_b, "mint")
        return self.pool.pool(mints)


def reader_of(account: Account, programs: ProgramIds) -> DammV2Reader:
    """Return the reader of a pool. Raises UnsupportedPool."""
    return DammV2Reader(decode_pool(account, programs))
