"""The pools that paper trading starts with.

Their addresses are well-formed and belong to nobody: they are written to be recognised as paper. Depths,
prices and fees are of the size of real pools; the two venues agree within a few basis points, and the cheaper
one is the shallower, so that either may win, by size and by the day's drift.
"""

from dataclasses import dataclass
from math import isqrt

from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.pricing.meteora_damm_v2 import FEES_ON_TOKEN_B, MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import TimeScheduler
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Pool

RAYDIUM, METEORA = "raydium", "meteora"

ADDRESS_LENGTH = 43
"""In base58 as many digits always make 32 bytes when the first is a "P"."""

SQRT_PRICE_RANGE = (4_295_048_016, 79_226_673_521_066_979_257_578_248_091)
"""The widest range of a DAMM v2 position."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The reserves of a pool in whole tokens; their ratio is its price."""

    token_0: Token
    token_1: Token
    whole_0: int
    whole_1: int

    @property
    def reserves(self) -> tuple[int, int]:
        """The reserves in base units."""
        return self.whole_0 * 10**self.token_0.decimals, self.whole_1 * 10**self.token_1.decimals


def cpmm(depth: Depth, *, fee_millionths: int) -> RaydiumCpmmPool:
    """A CPMM pool; the protocol and the fund take 12 % and 4 % of the fee, as on mainnet."""
    vault_0, vault_1 = depth.reserves
    return RaydiumCpmmPool(vault_0, vault_1, fee_millionths, protocol_fee_rate=120_000, fund_fee_rate=40_000)


def damm_v2(depth: Depth, *, fee_millionths: int) -> MeteoraDammV2Pool:
    """A DAMM v2 pool over the whole price range, with a constant fee taken in token B."""
    reserve_a, reserve_b = depth.reserves
    lowest, highest = SQRT_PRICE_RANGE
    sqrt_price = isqrt((reserve_b << 128) // reserve_a)
    liquidity = (reserve_b << 128) // (sqrt_price - lowest)
    return MeteoraDammV2Pool(
        liquidity=liquidity,
        sqrt_price=sqrt_price,
        sqrt_min_price=lowest,
        sqrt_max_price=highest,
        init_sqrt_price=sqrt_price,
        token_a_amount=liquidity * (highest - sqrt_price) // (sqrt_price * highest),
        token_b_amount=liquidity * (sqrt_price - lowest) >> 128,
        base_fee=TimeScheduler(TimeScheduler.LINEAR, fee_millionths * 1_000),
        collect_fee_mode=FEES_ON_TOKEN_B,
    )


def seeded_pools() -> tuple[StoredPool, ...]:
    """Every pool as it stands before the first trade."""
    return (
        _raydium("PaperRaydiumCpmmSoLUSDC", Depth(SOL, USDC, 80_000, 12_000_000), 2_500),
        _meteora("PaperMeteoraDammV2SoLUSDC", Depth(SOL, USDC, 40_000, 5_998_200), 2_000),
        _raydium("PaperRaydiumCpmmSoLUSDT", Depth(SOL, USDT, 30_000, 4_498_200), 2_500),
        _meteora("PaperMeteoraDammV2SoLUSDT", Depth(SOL, USDT, 45_000, 6_749_325), 3_000),
        _raydium("PaperRaydiumCpmmJUPUSDC", Depth(JUP, USDC, 4_000_000, 1_920_000), 2_500),
        _meteora("PaperMeteoraDammV2JUPUSDC", Depth(JUP, USDC, 2_500_000, 1_199_640), 2_000),
        _raydium("PaperRaydiumCpmmBoNKSoL", Depth(BONK, SOL, 30_000_000_000, 4_260), 2_500),
        _meteora("PaperMeteoraDammV2BoNKSoL", Depth(BONK, SOL, 45_000_000_000, 6_391), 3_000),
    )


def _raydium(name: str, depth: Depth, fee_millionths: int) -> StoredPool:
    return _stored(RAYDIUM, name, depth, cpmm(depth, fee_millionths=fee_millionths))


def _meteora(name: str, depth: Depth, fee_millionths: int) -> StoredPool:
    return _stored(METEORA, name, depth, damm_v2(depth, fee_millionths=fee_millionths))


def _stored(venue: str, name: str, depth: Depth, state: Pool) -> StoredPool:
    address = name.ljust(ADDRESS_LENGTH, "1")
    return StoredPool(venue, address, depth.token_0.mint, depth.token_1.mint, state)
