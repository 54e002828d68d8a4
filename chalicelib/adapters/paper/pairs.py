"""The pairs that the paper market trades, with the pools of each.

The pools' states are in markets.py, which costs a cold start much more: a function that only asks whether
there is a pool of a pair imports no pricing.
"""

from chalicelib.domain.pairs import ListedPool, Pair, PairList
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.domain.venues import METEORA, RAYDIUM

ADDRESS_LENGTH = 43
"""Base58 digits of an address: with a "P" in front they always make 32 bytes."""

_KINDS = {
    "Cpmm": (RAYDIUM, "raydium_cpmm"),
    "AmmV4": (RAYDIUM, "raydium_amm_v4"),
    "CLMM": (RAYDIUM, "raydium_clmm"),
    "DammV2": (METEORA, "meteora_damm_v2"),
    "DLMM": (METEORA, "meteora_dlmm"),
}
"""The venue and the pool type, by the kind in a pool's address."""


def paper_address(venue: str, name: str) -> str:
    """Return the address of the pool with this name: well-formed, and with no owner."""
    return f"Paper{venue.title()}{name}".ljust(ADDRESS_LENGTH, "1")


def _pair(token: Token, other: Token, written: str, *kinds: str) -> Pair:
    pools = (
        ListedPool(venue, paper_address(venue, f"{kind}{written}"), pool_type)
        for kind in kinds
        for venue, pool_type in [_KINDS[kind]]
    )
    return Pair((token, other), tuple(pools))


PAPER_PAIRS = PairList(
    (
        _pair(SOL, USDC, "SoLUSDC", "Cpmm", "DammV2", "AmmV4", "CLMM", "DLMM"),
        _pair(SOL, USDT, "SoLUSDT", "Cpmm", "DammV2", "AmmV4", "DLMM"),
        _pair(JUP, USDC, "JUPUSDC", "Cpmm", "DammV2", "CLMM", "DLMM"),
        _pair(BONK, SOL, "BoNKSoL", "Cpmm", "DammV2", "AmmV4", "CLMM", "DLMM"),
    )
)
