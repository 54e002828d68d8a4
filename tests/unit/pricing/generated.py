"""Strategies for pool states of every type, with depths and fees as they occur."""

from dataclasses import replace
from math import isqrt

from hypothesis import strategies as st

from chalicelib.pricing.meteora_damm_v2 import COMPOUNDING, MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import (
    BaseFee,
    DammDynamicFee,
    MarketCapScheduler,
    RateLimiter,
    TimeScheduler,
)
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_fees import ClmmDynamicFee
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Direction, PoolClock
from chalicelib.pricing.ticks import sqrt_price_at_tick

NOW = 1_760_000_000
CLOCK = PoolClock(unix_time=NOW, slot=400_000_000)

directions = st.sampled_from(Direction)
amounts = st.one_of(st.integers(1, 10**4), st.integers(1, 10**9), st.integers(1, 10**14))
depths = st.one_of(st.integers(10**3, 10**7), st.integers(10**6, 10**15))
rates = st.integers(0, 20_000)


@st.composite
def amm_v4_pools(draw: st.DrawFn) -> RaydiumAmmV4Pool:
    return RaydiumAmmV4Pool(draw(depths), draw(depths), swap_fee_numerator=draw(st.integers(0, 500)))


@st.composite
def cpmm_pools(draw: st.DrawFn) -> RaydiumCpmmPool:
    owed = [draw(st.integers(0, 100)) for _ in range(6)]
    return RaydiumCpmmPool(
        draw(depths),
        draw(depths),
        draw(rates),
        draw(st.integers(0, 500_000)),
        draw(st.integers(0, 500_000)),
        draw(rates),
        draw(st.integers(0, 2)),
        *owed,
    )


@st.composite
def _base_fees(draw: st.DrawFn) -> BaseFee:
    cliff = draw(st.integers(100_000, 400_000_000))
    last, second = draw(st.integers(0, 50)), draw(st.integers(1, 5_000))
    if draw(st.booleans()):
        mode = draw(st.sampled_from([3, 4]))
        return MarketCapScheduler(mode, cliff, 20, last + 1, 200_000, cliff // 40 if mode == 3 else second)
    cliff = min(cliff, 100_000_000)
    return RateLimiter(2, cliff, last + 1, 200_000, 5_000, draw(depths))


@st.composite
def damm_v2_pools(draw: st.DrawFn, *, steady: bool = False) -> MeteoraDammV2Pool:
    """DAMM v2 pools; `steady` ones have a fee that depends on neither size, price nor volatility."""
    price = sqrt_price_at_tick(draw(st.integers(-60_000, 60_000)))
    mode = draw(st.integers(0, 2))
    varying = not steady and draw(st.booleans())
    base = draw(_base_fees()) if varying else TimeScheduler(0, draw(st.integers(100_000, 400_000_000)))
    if isinstance(base, RateLimiter):
        mode = 1
    reach = draw(st.integers(110, 400)), draw(st.integers(110, 400))
    pool = MeteoraDammV2Pool(
        liquidity=(draw(depths) << 128) // price + (1 << 64),
        sqrt_price=price,
        sqrt_min_price=price * 100 // reach[0],
        sqrt_max_price=price * reach[1] // 100,
        init_sqrt_price=price * 100 // draw(st.integers(90, 110)),
        token_a_amount=draw(depths),
        token_b_amount=draw(depths),
        base_fee=base,
        dynamic_fee=draw(_damm_dynamic_fees(price)) if varying and draw(st.booleans()) else None,
        collect_fee_mode=mode,
        compounding_fee_bps=draw(st.integers(1, 10_000)) if mode == COMPOUNDING else 0,
        activation_point=NOW - 1_000,
    )
    if mode == COMPOUNDING:
        return replace(pool, sqrt_price=isqrt((pool.token_b_amount << 128) // pool.token_a_amount))
    return pool.with_tracked_amounts()


@st.composite
def _damm_dynamic_fees(draw: st.DrawFn, price: int) -> DammDynamicFee:
    volatility = draw(st.integers(0, 350_000))
    return DammDynamicFee(
        bin_step=1,
        bin_step_u128=(1 << 64) // 10_000,
        filter_period=10,
        decay_period=120,
        reduction_factor=5_000,
        max_volatility_accumulator=350_000,
        variable_fee_control=draw(st.integers(1, 90_000)),
        last_update_timestamp=NOW - draw(st.integers(0, 200)),
        sqrt_price_reference=price * draw(st.integers(98, 102)) // 100,
        volatility_accumulator=volatility,
        volatility_reference=volatility // 2,
    )


@st.composite
def clmm_pools(draw: st.DrawFn, *, orders: bool = True, steady: bool = False) -> RaydiumClmmPool:
    """CLMM pools over a few positions, one of them wide enough for the price; `steady`: no dynamic fee."""
    spacing = draw(st.sampled_from([1, 10, 60]))
    current = draw(st.integers(-60_000, 60_000))
    around = st.integers(-40, 40).map(lambda n: (current // spacing + n) * spacing)
    wide = ((current // spacing - 50) * spacing, (current // spacing + 50) * spacing)
    bounds = [wide, *draw(st.lists(st.tuples(around, around), max_size=5))]
    net: dict[int, int] = {}
    gross: dict[int, int] = {}
    liquidity = 0
    for one, other in bounds:
        low, high, amount = min(one, other), max(one, other) + spacing, draw(depths) * 1_000
        for tick, change in ((low, amount), (high, -amount)):
            net[tick] = net.get(tick, 0) + change
            gross[tick] = gross.get(tick, 0) + amount
        liquidity += amount if low <= current < high else 0
    waiting = st.sampled_from([0, 0, 5_000, 10**9]) if orders else st.just(0)
    ticks = tuple(Tick(tick, net[tick], gross[tick], draw(waiting), draw(waiting)) for tick in sorted(net))
    low, high = sqrt_price_at_tick(current), sqrt_price_at_tick(current + 1)
    dynamic = None if steady else draw(st.none() | _clmm_dynamic_fees(current // spacing))
    price = draw(st.integers(low, high - 1))
    fees = draw(rates), 120_000, 40_000, draw(st.integers(0, 2))
    return RaydiumClmmPool(price, current, liquidity, spacing, ticks, *fees, dynamic)


@st.composite
def _clmm_dynamic_fees(draw: st.DrawFn, group: int) -> ClmmDynamicFee:
    return ClmmDynamicFee(
        filter_period=30,
        decay_period=600,
        reduction_factor=2_500,
        dynamic_fee_control=draw(st.integers(1, 20_000)),
        max_volatility_accumulator=350_000,
        tick_spacing_index_reference=group + draw(st.integers(-5, 5)),
        volatility_reference=draw(st.integers(0, 30_000)),
        volatility_accumulator=draw(st.integers(0, 350_000)),
        last_update_timestamp=NOW - draw(st.integers(0, 1_000)),
    )


@st.composite
def dlmm_pools(draw: st.DrawFn, *, orders: bool = True, steady: bool = False) -> MeteoraDlmmPool:
    """DLMM pools around the active bin; `steady` ones were traded so lately that no volatility decays.

    A swap that stays in its bin doesn't renew the pair's timestamp, so the next one decays once more.
    """
    step = draw(st.sampled_from([1, 4, 10, 100]))
    active = draw(st.integers(-3_000, 3_000))
    span = draw(st.integers(1, 12))
    held = st.one_of(st.just(0), st.integers(1, 100), st.integers(1, 10**9))
    waiting = st.sampled_from([0, 0, 700, 10**6]) if orders else st.just(0)
    bins = []
    for bin_id in range(active - span, active + span + 1):
        x, y = draw(held) if bin_id >= active else 0, draw(held) if bin_id <= active else 0
        if x or y:
            price, ask_side = bin_price(bin_id, step), int(bin_id >= active)
            bins.append(Bin(bin_id, x, y, price, draw(waiting), draw(waiting), ask_side))
    parameters = Parameters(
        base_factor=draw(st.integers(0, 20_000)),
        filter_period=30,
        decay_period=600,
        reduction_factor=5_000,
        variable_fee_control=draw(st.integers(0, 50_000)),
        max_volatility_accumulator=350_000,
        protocol_share=draw(st.integers(0, 2_500)),
    )
    state = draw(st.integers(0, 350_000)), draw(st.integers(0, 50_000)), active + draw(st.integers(-5, 5))
    last = NOW - draw(st.integers(0, 29 if steady else 1_000))
    fee_side = draw(st.integers(0, 1))
    return MeteoraDlmmPool(active, step, tuple(bins), parameters, *state, last, int(orders), fee_side)
