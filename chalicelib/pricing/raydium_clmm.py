"""Raydium CLMM: liquidity over ranges of ticks, each stretch a constant product of virtual reserves.

Square root prices are Q64.64 of token 1 per token 0; fee rates are millionths.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt
from operator import attrgetter
from typing import Any, ClassVar, Self

from chalicelib.errors import InsufficientLiquidity, PoolDisabled, PoolNotActive, UnsupportedPool
from chalicelib.pricing.raydium_clmm_fees import (
    FEE_RATE_DENOMINATOR,
    ClmmDynamicFee,
    ClmmVolatility,
    dynamic_fee_part,
)
from chalicelib.pricing.raydium_clmm_walk import ClmmWalk, FeeRates, Tick
from chalicelib.pricing.records import Recorded
from chalicelib.pricing.swap import (
    BASIS_POINTS,
    Direction,
    Fees,
    FeeSide,
    PoolClock,
    Swap,
    price_impact,
    require_output,
    require_u64,
    spot_fraction,
)
from chalicelib.pricing.ticks import (
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    sqrt_price_at_tick,
    tick_at_sqrt_price,
)

SWAP_DISABLED = 1 << 4
FEE_ON_INPUT, FEE_ON_TOKEN_0, FEE_ON_TOKEN_1 = 0, 1, 2
INDEX = attrgetter("index")


def ticks_part(values: Any) -> tuple[Tick, ...]:
    """The ticks of a record's list."""
    return tuple(Tick(*(int(value) for value in tick)) for tick in values)


@dataclass(frozen=True, slots=True)
class RaydiumClmmPool(Recorded):
    """A CLMM pool with the initialised ticks around its price, in ascending order.

    The ticks must be without a gap: a swap that would go beyond the first or the last is refused.
    """

    KIND: ClassVar[str] = "raydium_clmm"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "ticks": ticks_part,
        "dynamic_fee": dynamic_fee_part,
    }

    sqrt_price: int
    tick_current: int
    liquidity: int
    tick_spacing: int
    ticks: tuple[Tick, ...]
    trade_fee_rate: int
    protocol_fee_rate: int = 0
    fund_fee_rate: int = 0
    fee_on: int = FEE_ON_INPUT
    dynamic_fee: ClmmDynamicFee | None = None
    status: int = 0
    open_time: int = 0

    def __post_init__(self) -> None:
        """Raise `UnsupportedPool` for a state that no pool can be in."""
        rates = self.trade_fee_rate, self.protocol_fee_rate, self.fund_fee_rate
        if not 0 <= rates[0] < FEE_RATE_DENOMINATOR or rates[1] + rates[2] > FEE_RATE_DENOMINATOR:
            raise UnsupportedPool(f"the fee rates were {rates} millionths")
        if self.tick_spacing <= 0 or not MIN_TICK <= self.tick_current <= MAX_TICK:
            raise UnsupportedPool(f"the tick was {self.tick_current}, the tick spacing {self.tick_spacing}")
        if not MIN_SQRT_PRICE <= self.sqrt_price <= MAX_SQRT_PRICE:
            raise UnsupportedPool(f"the square root price was {self.sqrt_price}")
        if self.dynamic_fee is not None and self.dynamic_fee.reduction_factor > BASIS_POINTS:
            raise UnsupportedPool(f"the dynamic fee was {self.dynamic_fee}")

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap; raise a `PoolError` where the program rejects it without a price limit."""
        if self.status & SWAP_DISABLED:
            raise PoolDisabled(f"the pool's status was {self.status}: swaps are disabled")
        if clock.unix_time <= self.open_time:
            raise PoolNotActive(f"the pool opens after {self.open_time}, the clock was {clock.unix_time}")
        return require_output(self.exchange(amount_in, direction, clock))

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned."""
        walk = self.walk(amount_in, direction, clock)
        if walk.remaining:
            raise InsufficientLiquidity(
                f"the ticks take all but {walk.remaining} of {amount_in}", taken=amount_in - walk.remaining
            )
        side = FeeSide.INPUT if walk.rates.on_input else FeeSide.OUTPUT
        fees = Fees(walk.fee, side, walk.protocol, walk.fund)
        impact = price_impact(walk.swapped_in, walk.swapped_out, self._spot(direction))
        return Swap(amount_in, walk.amount_out, fees, impact, lambda: self._after(walk))

    def walk(self, amount_in: int, direction: Direction, clock: PoolClock) -> ClmmWalk:
        """Return the swap through the known ticks; `remaining` is the input that they can't take."""
        require_u64(amount_in)
        zero_for_one = direction is Direction.ZERO_FOR_ONE
        on_input = self.fee_on == FEE_ON_INPUT or zero_for_one == (self.fee_on == FEE_ON_TOKEN_0)
        rates = FeeRates(self.trade_fee_rate, self.protocol_fee_rate, self.fund_fee_rate, on_input)
        walk = ClmmWalk(
            self.sqrt_price,
            self.tick_current,
            self.liquidity,
            rates,
            spacing=self.tick_spacing,
            zero_for_one=zero_for_one,
        )
        if self.dynamic_fee is not None:
            walk.volatility = ClmmVolatility(
                self.dynamic_fee, self.tick_current, self.tick_spacing, clock.unix_time
            )
        here = bisect_right(self.ticks, self.tick_current, key=INDEX)
        walk.run(amount_in, reversed(self.ticks[:here]) if zero_for_one else self.ticks[here:])
        return walk

    def spot_price(self, direction: Direction) -> Fraction:
        """Base units out per base unit in of an infinitely small swap, fees excluded."""
        return spot_fraction(self._spot(direction))

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pool with token 0's price times about numerator/denominator, kept within its ticks.

        The liquidity becomes that of the new price; limit orders on the way are left as they are.
        """
        if not self.ticks:
            return self
        lowest = sqrt_price_at_tick(self.ticks[0].index)
        highest = sqrt_price_at_tick(self.ticks[-1].index) - 1
        moved = isqrt(self.sqrt_price * self.sqrt_price * numerator // denominator)
        moved = max(lowest, min(moved, highest))
        tick = tick_at_sqrt_price(moved)
        here, there = (bisect_right(self.ticks, index, key=INDEX) for index in (self.tick_current, tick))
        passed = sum(t.liquidity_net for t in self.ticks[min(here, there) : max(here, there)])
        liquidity = self.liquidity + (passed if there > here else -passed)
        return replace(self, sqrt_price=moved, tick_current=tick, liquidity=liquidity)

    def _spot(self, direction: Direction) -> tuple[int, int]:
        square = self.sqrt_price * self.sqrt_price
        return (square, 1 << 128) if direction is Direction.ZERO_FOR_ONE else (1 << 128, square)

    def _after(self, walk: ClmmWalk) -> Self:
        ticks = self.ticks
        if walk.filled:
            filled = (walk.filled.get(tick.index, tick) for tick in ticks)
            ticks = tuple(tick for tick in filled if tick.liquidity_gross or tick.unfilled)
        return type(self)(
            walk.price,
            walk.tick,
            walk.liquidity,
            self.tick_spacing,
            ticks,
            self.trade_fee_rate,
            self.protocol_fee_rate,
            self.fund_fee_rate,
            self.fee_on,
            None if walk.volatility is None else walk.volatility.after(),
            self.status,
            self.open_time,
        )
