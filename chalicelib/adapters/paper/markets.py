"""The pools that paper trading starts with.

Their addresses are well-formed and belong to nobody: they are written to be recognised as paper. Depths,
prices and fees are of the size of real pools. The pools of a pair agree within a few basis points, and the
cheaper ones are the shallower, so that which of them wins depends on the size, and on the day's drift.
"""

from functools import cache

from chalicelib.adapters.paper.liquidity import Depth, amm_v4, clmm, cpmm, damm_v2, dlmm
from chalicelib.adapters.paper.pairs import paper_address
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from chalicelib.domain.venues import METEORA, RAYDIUM
from chalicelib.pricing.swap import Pool


@cache
def seeded_pools() -> tuple[StoredPool, ...]:
    """Return every pool as it is before the first trade."""
    return (*_sol_usdc(), *_sol_usdt(), *_jup_usdc(), *_bonk_sol())


def _sol_usdc() -> tuple[StoredPool, ...]:
    """Return pools of all five types: CLMM and DLMM for usual amounts, the others for large ones."""
    cpmm_depth, damm_depth = Depth(SOL, USDC, 80_000, 12_000_000), Depth(SOL, USDC, 40_000, 5_998_200)
    amm_depth = Depth(SOL, USDC, 110_000, 16_497_800)
    clmm_depth, dlmm_depth = Depth(SOL, USDC, 2_000, 299_950), Depth(SOL, USDC, 2_600, 390_000)
    return (
        _raydium("CpmmSoLUSDC", cpmm_depth, cpmm(cpmm_depth, fee_millionths=2_500)),
        _meteora("DammV2SoLUSDC", damm_depth, damm_v2(damm_depth, fee_millionths=2_000)),
        _raydium("AmmV4SoLUSDC", amm_depth, amm_v4(amm_depth)),
        _raydium("CLMMSoLUSDC", clmm_depth, clmm(clmm_depth, fee_millionths=400, tick_spacing=1)),
        _meteora("DLMMSoLUSDC", dlmm_depth, dlmm(dlmm_depth, bin_step=4)),
    )


def _sol_usdt() -> tuple[StoredPool, ...]:
    cpmm_depth, damm_depth = Depth(SOL, USDT, 30_000, 4_498_200), Depth(SOL, USDT, 45_000, 6_749_325)
    amm_depth, dlmm_depth = Depth(SOL, USDT, 65_000, 9_744_800), Depth(SOL, USDT, 1_500, 225_000)
    return (
        _raydium("CpmmSoLUSDT", cpmm_depth, cpmm(cpmm_depth, fee_millionths=2_500)),
        _meteora("DammV2SoLUSDT", damm_depth, damm_v2(damm_depth, fee_millionths=3_000)),
        _raydium("AmmV4SoLUSDT", amm_depth, amm_v4(amm_depth)),
        _meteora("DLMMSoLUSDT", dlmm_depth, dlmm(dlmm_depth, bin_step=10)),
    )


def _jup_usdc() -> tuple[StoredPool, ...]:
    cpmm_depth, damm_depth = Depth(JUP, USDC, 4_000_000, 1_920_000), Depth(JUP, USDC, 2_500_000, 1_199_640)
    clmm_depth, dlmm_depth = Depth(JUP, USDC, 150_000, 72_010), Depth(JUP, USDC, 400_000, 192_000)
    return (
        _raydium("CpmmJUPUSDC", cpmm_depth, cpmm(cpmm_depth, fee_millionths=2_500)),
        _meteora("DammV2JUPUSDC", damm_depth, damm_v2(damm_depth, fee_millionths=2_000)),
        _raydium("CLMMJUPUSDC", clmm_depth, clmm(clmm_depth, fee_millionths=500, tick_spacing=10)),
        _meteora("DLMMJUPUSDC", dlmm_depth, dlmm(dlmm_depth, bin_step=10)),
    )


def _bonk_sol() -> tuple[StoredPool, ...]:
    """Return the pools of BONK and SOL. The CLMM program requires its tokens in the order of their mints."""
    cpmm_depth, damm_depth = Depth(BONK, SOL, 30_000_000_000, 4_260), Depth(BONK, SOL, 45_000_000_000, 6_391)
    amm_depth, dlmm_depth = Depth(BONK, SOL, 75_000_000_000, 10_649), Depth(BONK, SOL, 2_000_000_000, 284)
    clmm_depth = Depth(SOL, BONK, 150, 1_056_400_000)
    return (
        _raydium("CpmmBoNKSoL", cpmm_depth, cpmm(cpmm_depth, fee_millionths=2_500)),
        _meteora("DammV2BoNKSoL", damm_depth, damm_v2(damm_depth, fee_millionths=3_000)),
        _raydium("AmmV4BoNKSoL", amm_depth, amm_v4(amm_depth)),
        _raydium("CLMMBoNKSoL", clmm_depth, clmm(clmm_depth, fee_millionths=2_500, tick_spacing=60)),
        _meteora("DLMMBoNKSoL", dlmm_depth, dlmm(dlmm_depth, bin_step=20)),
    )


def _raydium(name: str, depth: Depth, state: Pool) -> StoredPool:
    return _stored(RAYDIUM, name, depth, state)


def _meteora(name: str, depth: Depth, state: Pool) -> StoredPool:
    return _stored(METEORA, name, depth, state)


def _stored(venue: str, name: str, depth: Depth, state: Pool) -> StoredPool:
    return StoredPool(venue, paper_address(venue, name), depth.token_0.mint, depth.token_1.mint, state)
