"""Make the seeded pools: the distribution of their liquidity, for each pool type."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

from chalicelib.domain.tokens import Token
from chalicelib.pricing.meteora_damm_v2 import FEES_ON_TOKEN_B, MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import TimeScheduler
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import BASIS_POINTS
from chalicelib.pricing.ticks import sqrt_price_at_tick, tick_at_sqrt_price

SQRT_PRICE_RANGE = (4_295_048_016, 79_226_673_521_066_979_257_578_248_091)
"""The widest range of a DAMM v2 position."""

PROTOCOL_FEE_RATE, FUND_FEE_RATE = 120_000, 40_000
"""The shares of Raydium's protocol and fund in a trade fee, in millionths, as on mainnet."""

NARROWEST_TICKS, WIDEST_TICKS = 20, 20_000
"""Ticks that the narrowest and widest CLMM positions reach on either side: 0.2 %, and sixfold."""

WIDEST_BPS = 12_000
"""Range of DLMM bins on either side in compounded basis points: to 0.3 and 3.3 times the price."""

OUTERMOST_BPS = 400_000
"""Range in which a price's bin is searched, in compounded basis points: beyond any token's price."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The amounts in a pool in whole tokens; their ratio is its price."""

    token_0: Token
    token_1: Token
    whole_0: int
    whole_1: int

    @property
    def amounts(self) -> tuple[int, int]:
        """The amounts in base units."""
        return self.whole_0 * 10**self.token_0.decimals, self.whole_1 * 10**self.token_1.decimals

    @property
    def sqrt_price(self) -> int:
        """The square root, in Q64.64, of the price of token 0 in token 1."""
        amount_0, amount_1 = self.amounts
        return isqrt((amount_1 << 128) // amount_0)


def amm_v4(depth: Depth) -> RaydiumAmmV4Pool:
    """An AMM v4 pool at its fee of 0.25 %."""
    return RaydiumAmmV4Pool(*depth.amounts)


def cpmm(depth: Depth, *, fee_millionths: int) -> RaydiumCpmmPool:
    """A CPMM pool."""
    return RaydiumCpmmPool(*depth.amounts, fee_millionths, PROTOCOL_FEE_RATE, FUND_FEE_RATE)


def clmm(depth: Depth, *, fee_millionths: int, tick_spacing: int) -> RaydiumClmmPool:
    """A CLMM pool of positions around the price, each a third wider than the one before and as rich.

    So liquidity is the thinner the further from the price it lies, and never ends where prices drift to.
    """
    sqrt_price = depth.sqrt_price
    tick_current = tick_at_sqrt_price(sqrt_price)
    reaches = list(_reaches())
    share = depth.amounts[1] // len(reaches)
    net: Counter[int] = Counter()
    gross: Counter[int] = Counter()
    for reach in reaches:
        low = (tick_current - reach) // tick_spacing * tick_spacing
        high = -(-(tick_current + reach) // tick_spacing) * tick_spacing
        liquidity = (share << 64) // (sqrt_price - sqrt_price_at_tick(low))
        net[low] += liquidity
        net[high] -= liquidity
        gross[low] += liquidity
        gross[high] += liquidity
    return RaydiumClmmPool(
        sqrt_price,
        tick_current,
        sum(change for tick, change in net.items() if tick <= tick_current),
        tick_spacing,
        tuple(Tick(tick, net[tick], gross[tick]) for tick in sorted(net)),
        fee_millionths,
        PROTOCOL_FEE_RATE,
        FUND_FEE_RATE,
    )


def dlmm(depth: Depth, *, bin_step: int) -> MeteoraDlmmPool:
    """A DLMM pair with a base fee of one bin step, and as much in each bin: X above the active bin, Y below.

    Every bin near the price holds something; further out the bins that do lie ever wider apart.
    """
    amount_x, amount_y = depth.amounts
    price = (amount_y << 64) // amount_x
    active_id = _bin_nearest(price, bin_step)
    offsets = list(_offsets(WIDEST_BPS // bin_step))
    share_x, share_y = amount_x // len(offsets), amount_y // len(offsets)
    below = [Bin(active_id - n, 0, share_y, bin_price(active_id - n, bin_step)) for n in reversed(offsets)]
    active = Bin(active_id, share_x // 2, share_y // 2, bin_price(active_id, bin_step))
    above = [Bin(active_id + n, share_x, 0, bin_price(active_id + n, bin_step)) for n in offsets]
    parameters = Parameters(
        base_factor=BASIS_POINTS,
        variable_fee_control=40_000,
        max_volatility_accumulator=300_000,
        protocol_share=1_000,
    )
    return MeteoraDlmmPool(
        active_id, bin_step, (*below, active, *above), parameters, index_reference=active_id
    )


def damm_v2(depth: Depth, *, fee_millionths: int) -> MeteoraDammV2Pool:
    """A DAMM v2 pool over the whole price range, with a constant fee taken in token B."""
    sqrt_price, (lowest, highest) = depth.sqrt_price, SQRT_PRICE_RANGE
    liquidity = (depth.amounts[1] << 128) // (sqrt_price - lowest)
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


def _bin_nearest(price: int, bin_step: int) -> int:
    ids = range(-OUTERMOST_BPS // bin_step, OUTERMOST_BPS // bin_step)
    above = bisect_right(ids, price, key=lambda bin_id: bin_price(bin_id, bin_step))
    return min(ids[above - 1 : above + 1], key=lambda bin_id: abs(bin_price(bin_id, bin_step) - price))


def _reaches() -> Iterator[int]:
    reach = NARROWEST_TICKS
    while reach <= WIDEST_TICKS:
        yield reach
        reach = reach * 4 // 3


def _offsets(widest: int) -> Iterator[int]:
    offset = 1
    while offset <= widest:
        yield offset
        offset = max(offset + 1, offset * 27 // 25)
