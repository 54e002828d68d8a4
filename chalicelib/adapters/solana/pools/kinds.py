"""All pool types by name: which reader finds the accounts that a pool of the type is priced from."""

from collections.abc import Callable, Mapping

from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.pools import (
    meteora_damm_v2,
    meteora_dlmm,
    raydium_amm_v4,
    raydium_clmm,
    raydium_cpmm,
)
from chalicelib.adapters.solana.pools.reader import PoolReader

READERS: Mapping[str, Callable[[Account, ProgramIds], PoolReader]] = {
    "raydium_amm_v4": raydium_amm_v4.reader_of,
    "raydium_cpmm": raydium_cpmm.reader_of,
    "raydium_clmm": raydium_clmm.reader_of,
    "meteora_dlmm": meteora_dlmm.reader_of,
    "meteora_damm_v2": meteora_damm_v2.reader_of,
}
