"""`python -m bench.pricing.draw_curves`: draw docs/curves/*.svg from our own pricing functions."""

from dataclasses import replace
from pathlib import Path

from bench.svg import BLUE, FAINT, GREEN, ORANGE, RED, VIOLET, Chart
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_damm_v2_fees import TimeScheduler
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Direction, Pool, PoolClock
from chalicelib.pricing.ticks import sqrt_price_at_tick, tick_at_sqrt_price

OUTPUT = Path(__file__).parents[2] / "docs" / "curves"
SOL, USDC = 10**9, 10**6
CLOCK = PoolClock(unix_time=1_760_000_000, slot=0)
SELL = Direction.ZERO_FOR_ONE
PRICE = 150 * USDC * 2**64 // SOL
"""The price of 150 USDC per SOL, in base units as Q64.64."""
SQRT_PRICE = int((150 * USDC * 2**128 // SOL) ** 0.5)

AMM_V4 = RaydiumAmmV4Pool(coin_vault=1_000 * SOL, pc_vault=150_000 * USDC)
CPMM = RaydiumCpmmPool(1_000 * SOL, 150_000 * USDC, trade_fee_rate=2_500)
DAMM_V2 = MeteoraDammV2Pool(
    liquidity=1_000 * SOL * SQRT_PRICE,
    sqrt_price=SQRT_PRICE,
    sqrt_min_price=SQRT_PRICE * 9 // 10,
    sqrt_max_price=SQRT_PRICE * 11 // 10,
    init_sqrt_price=SQRT_PRICE,
    token_a_amount=0,
    token_b_amount=0,
    base_fee=TimeScheduler(TimeScheduler.LINEAR, 2_500_000),
).with_tracked_amounts()


def clmm() -> RaydiumClmmPool:
    """Return a pool whose positions are deeper the nearer they are to the price."""
    here = tick_at_sqrt_price(SQRT_PRICE)
    middle = here // 60 * 60
    net: dict[int, int] = {}
    for reach, thousands in ((3_000, 2), (1_500, 6), (600, 18), (240, 50)):
        amount = thousands * 1_000 * SOL * SQRT_PRICE >> 64
        net[middle - reach] = net.get(middle - reach, 0) + amount
        net[middle + reach] = net.get(middle + reach, 0) - amount
    ticks = tuple(Tick(index, net[index], abs(net[index])) for index in sorted(net))
    liquidity = sum(tick.liquidity_net for tick in ticks if tick.index <= here)
    return RaydiumClmmPool(SQRT_PRICE, here, liquidity, 60, ticks, trade_fee_rate=400)


def dlmm() -> MeteoraDlmmPool:
    """Return a pair with liquidity in forty bins of 0.2 % around the price."""
    step = 20
    active = next(i for i in range(-1_500, 0) if bin_price(i + 1, step) > PRICE)
    bins = []
    for bin_id in range(active - 20, active + 21):
        worth = (40 - abs(bin_id - active)) * 150 * USDC
        price = bin_price(bin_id, step)
        y = worth if bin_id < active else worth // 2 if bin_id == active else 0
        bins.append(Bin(bin_id, (worth - y << 64) // price, y, price))
    parameters = Parameters(10_000, variable_fee_control=40_000, max_volatility_accumulator=350_000)
    return MeteoraDlmmPool(active, step, tuple(bins), parameters, index_reference=active)


def draw_constant_product() -> None:
    """Draw the reserves before and after a swap, on the hyperbola."""
    chart = Chart(
        "AMM v4: the product of the reserves stays",
        ("SOL in the pool", "USDC in the pool, thousands"),
        (500, 2_500),
        (0, 300),
    )
    product = AMM_V4.coin_vault * AMM_V4.pc_vault
    curve = [(sol, product / (sol * SOL) / USDC / 1_000) for sol in range(500, 2_501, 20)]
    chart.line(curve, BLUE, "SOL x USDC = constant")
    swap = AMM_V4.swap(500 * SOL, SELL, CLOCK)
    chart.dot((1_000, 150), "before: 1,000 SOL, 150,000 USDC")
    after = swap.pool
    received = f"after 500 SOL in, {swap.amount_out // USDC:,} USDC out"
    chart.dot((after.coin_vault / SOL, after.pc_vault / USDC / 1_000), received)
    chart.save(OUTPUT / "raydium_amm_v4.svg")


def price_received(pool: Pool, sol: int) -> float:
    """Return the executed price of a sale, in USDC per SOL."""
    return pool.swap(sol * SOL, SELL, CLOCK).amount_out / USDC / sol


def draw_fees() -> None:
    """Draw the price that a seller of SOL receives, by size and fee."""
    chart = Chart(
        "CPMM: what a SOL fetches, by the size of the swap",
        ("SOL sold", "USDC received a SOL"),
        (1, 101),
        (130, 155),
    )
    pools = (
        (replace(CPMM, trade_fee_rate=0), GREEN, "no fee: impact alone"),
        (CPMM, BLUE, "trade fee 0.25 %"),
        (
            replace(CPMM, trade_fee_rate=10_000, creator_fee_rate=5_000),
            ORANGE,
            "trade fee 1 %, creator fee 0.5 %",
        ),
    )
    chart.line([(1, 150), (101, 150)], FAINT, "spot price 150", dashed=True)
    for pool, colour, label in pools:
        chart.line([(sol, price_received(pool, sol)) for sol in range(1, 102)], colour, label)
    chart.save(OUTPUT / "raydium_cpmm.svg")


def price_of(sqrt_price: int) -> float:
    """Return the price in USDC per SOL of a square root price in base units as Q64.64."""
    return (sqrt_price / 2**64) ** 2 * SOL / USDC


def draw_ticks() -> None:
    """Draw the liquidity between the ticks, and the range that a swap crosses."""
    pool = clmm()
    swap = pool.swap(1_500 * SOL, SELL, CLOCK)
    chart = Chart(
        "CLMM: liquidity lies between ticks, a swap walks through it",
        ("price, USDC a SOL", "liquidity, share of the deepest"),
        (105, 205),
        (0, 1.25),
    )
    deepest, liquidity = pool.liquidity, 0
    for tick, following in zip(pool.ticks, pool.ticks[1:], strict=False):
        liquidity += tick.liquidity_net
        across = price_of(sqrt_price_at_tick(tick.index)), price_of(sqrt_price_at_tick(following.index))
        chart.bar(across, (0, liquidity / deepest), BLUE, opacity=0.45)
    walked = price_of(swap.pool.sqrt_price), price_of(pool.sqrt_price)
    chart.bar(walked, (0, 1.1), ORANGE, opacity=0.35)
    chart.label(BLUE, "liquidity")
    chart.label(ORANGE, f"1,500 SOL sold: {walked[1]:.1f} to {walked[0]:.1f} USDC")
    chart.save(OUTPUT / "raydium_clmm.svg")


def draw_bins() -> None:
    """Draw the bins before and after a swap."""
    pool = dlmm()
    swap = pool.swap(180 * SOL, SELL, CLOCK)
    chart = Chart(
        "DLMM: bins of one price each, drained one after the other",
        ("price, USDC a SOL", "held in the bin, USDC"),
        (142, 157),
        (0, 7_500),
    )
    for before, after in zip(pool.bins, swap.pool.bins, strict=True):
        price = before.price * SOL / USDC / 2**64
        across = price * 0.999, price * 1.001
        y, x = after.amount_y / USDC, after.amount_x * price / SOL
        bought = (after.amount_x - before.amount_x) * price / SOL
        chart.bar(across, (0, y), GREEN)
        chart.bar(across, (y, y + x - bought), BLUE)
        chart.bar(across, (y + x - bought, y + x), ORANGE)
    chart.label(GREEN, "USDC that waits to buy SOL")
    chart.label(BLUE, "SOL that waits to be sold")
    chart.label(ORANGE, "SOL that a swap of 180 brought")
    chart.save(OUTPUT / "meteora_dlmm.svg")


def draw_range() -> None:
    """Draw the reserves of one range, whose curve ends on the axes."""
    chart = Chart(
        "DAMM v2: one range, whose ends are empty sides",
        ("SOL in the pool", "USDC in the pool, thousands"),
        (0, 250),
        (0, 35),
    )
    low, high = DAMM_V2.sqrt_min_price, DAMM_V2.sqrt_max_price
    prices = [low + (high - low) * i // 100 for i in range(101)]
    held = [replace(DAMM_V2, sqrt_price=price).with_tracked_amounts() for price in prices]
    chart.line(
        [(p.token_a_amount / SOL, p.token_b_amount / USDC / 1_000) for p in held],
        VIOLET,
        "price 121.5 to 181.5 USDC",
    )
    swap = DAMM_V2.swap(60 * SOL, SELL, CLOCK)
    for pool, label in (
        (DAMM_V2, "before"),
        (swap.pool, f"after 60 SOL in, {swap.amount_out // USDC:,} USDC out"),
    ):
        chart.dot((pool.token_a_amount / SOL, pool.token_b_amount / USDC / 1_000), label)
    chart.dot((held[0].token_a_amount / SOL, 0), "121.5: all SOL")
    chart.dot((0, held[-1].token_b_amount / USDC / 1_000), "181.5: all USDC")
    chart.save(OUTPUT / "meteora_damm_v2.svg")


def draw_impact() -> None:
    """Draw the price impact of all five pool types by size."""
    chart = Chart("The same SOL on five pools", ("SOL sold", "price impact, basis points"), (1, 41), (0, 700))
    cpmm = RaydiumCpmmPool(300 * SOL, 45_000 * USDC, trade_fee_rate=2_500)
    pools: tuple[tuple[Pool, str, str, int], ...] = (
        (cpmm, RED, "CPMM: 300 SOL at any price", 22),
        (AMM_V4, BLUE, "AMM v4: 1,000 SOL at any price", 41),
        (DAMM_V2, ORANGE, "DAMM v2: 91 SOL for 121 to 181", 41),
        (dlmm(), GREEN, "DLMM: 600 SOL in bins of 0.2 %", 41),
        (clmm(), VIOLET, "CLMM: deepest at the price", 41),
    )
    for pool, colour, label, most in pools:
        points = [(sol, pool.swap(sol * SOL, SELL, CLOCK).price_impact_bps) for sol in range(1, most + 1)]
        chart.line(points, colour, label, dashed=pool is DAMM_V2)
    chart.save(OUTPUT / "price_impact.svg")


def main() -> None:
    """Draw every chart."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for draw in (draw_constant_product, draw_fees, draw_ticks, draw_bins, draw_range, draw_impact):
        draw()


if __name__ == "__main__":
    main()
