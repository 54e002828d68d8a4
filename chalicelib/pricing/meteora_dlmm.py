"""Meteora DLMM: liquidity in bins of constant price, with a fee that follows volatility."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Self

from chalicelib.errors import InsufficientLiquidity, PoolDisabled, PoolNotActive, UnsupportedPool
from chalicelib.pricing.fixed_point import ONE, pow_q64
from chalicelib.pricing.meteora_dlmm_walk import Bin, DlmmVolatility, DlmmWalk, Parameters, Terms
from chalicelib.pricing.records import Recorded
from chalicelib.pricing.swap import (
    BASIS_POINTS,
    U128_MAX,
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

ENABLED = 0
FEE_ON_INPUT, FEE_ON_Y = 0, 1
ACTIVATED_BY_TIME = 1
FURTHEST_BIN = 443_636
ID = attrgetter("id")


@lru_cache(maxsize=1 << 14)
def bin_price(bin_id: int, bin_step: int) -> int:
    """The price of a bin, Q64.64 of Y per X: (1 + bin_step/10000) to the power of its id."""
    return pow_q64(ONE + (bin_step << 64) // BASIS_POINTS, bin_id)


def bins_part(values: Any) -> tuple[Bin, ...]:
    """The bins of a record's list."""
    return tuple(Bin(*(int(value) for value in bin_)) for bin_ in values)


def parameters_part(values: Any) -> Parameters:
    """The parameters of a record's list."""
    return Parameters(*(int(value) for value in values))


@dataclass(frozen=True, slots=True)
class MeteoraDlmmPool(Recorded):
    """A DLMM pair with the bins around its active one that hold anything, in ascending order; X is token 0.

    The bins must be without a gap: a swap that would go beyond the first or the last is refused.
    `limit_orders` says whether the pair fills limit orders, 0 or 1.
    """

    KIND: ClassVar[str] = "meteora_dlmm"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"bins": bins_part, "parameters": parameters_part}

    active_id: int
    bin_step: int
    bins: tuple[Bin, ...]
    parameters: Parameters
    volatility_accumulator: int = 0
    volatility_reference: int = 0
    index_reference: int = 0
    last_update_timestamp: int = 0
    limit_orders: int = 0
    collect_fee_mode: int = FEE_ON_INPUT
    status: int = ENABLED
    activation_point: int = 0
    activation_type: int = ACTIVATED_BY_TIME

    def __post_init__(self) -> None:
        """Raise `UnsupportedPool` for a state that no pair can be in."""
        parameters = self.parameters
        if self.bin_step <= 0 or abs(self.active_id) > FURTHEST_BIN:
            raise UnsupportedPool(f"the bin step was {self.bin_step}, the active bin {self.active_id}")
        if parameters.protocol_share > BASIS_POINTS or parameters.base_rate(self.bin_step) > U128_MAX:
            raise UnsupportedPool(f"the parameters were {parameters}")
        if bin_price(self.active_id, self.bin_step) == 0:
            raise UnsupportedPool(f"bin {self.active_id} of step {self.bin_step} has no price")

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap; raise a `PoolError` where the program rejects it."""
        if self.status != ENABLED:
            raise PoolDisabled(f"the pair's status was {self.status}")
        point = clock.unix_time if self.activation_type == ACTIVATED_BY_TIME else clock.slot
        if point < self.activation_point:
            raise PoolNotActive(f"the pair opens at {self.activation_point}, it was {point}")
        return require_output(self.exchange(amount_in, direction, clock))

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned."""
        walk = self.walk(amount_in, direction, clock)
        if walk.remaining:
            raise InsufficientLiquidity(
                f"the bins take all but {walk.remaining} of {amount_in}", taken=amount_in - walk.remaining
            )
        side = FeeSide.INPUT if walk.terms.fee_on_input else FeeSide.OUTPUT
        fees = Fees(walk.fee + walk.unearned, side, walk.protocol + walk.unearned)
        impact = price_impact(walk.swapped_in, walk.swapped_out, self._spot(direction))
        return Swap(amount_in, walk.amount_out, fees, impact, lambda: self._after(walk, clock))

    def walk(self, amount_in: int, direction: Direction, clock: PoolClock) -> DlmmWalk:
        """Return the swap through the known bins; `remaining` is the input that they can't take."""
        require_u64(amount_in)
        swap_for_y = direction is Direction.ZERO_FOR_ONE
        fee_on_input = self.collect_fee_mode == FEE_ON_INPUT or not swap_for_y
        volatility = DlmmVolatility(self.parameters, self.bin_step, self.volatility_accumulator)
        elapsed = clock.unix_time - self.last_update_timestamp
        volatility.refer(self.index_reference, self.volatility_reference, self.active_id, elapsed)
        walk = DlmmWalk(self.active_id, volatility, Terms(swap_for_y, fee_on_input, bool(self.limit_orders)))
        if swap_for_y:
            ahead = self.bins[: bisect_right(self.bins, self.active_id, key=ID)][::-1]
        else:
            ahead = self.bins[bisect_left(self.bins, self.active_id, key=ID) :]
        walk.run(amount_in, ahead, self.parameters.protocol_share)
        return walk

    def spot_price(self, direction: Direction) -> Fraction:
        """Base units out per base unit in at the active bin's price, fees excluded."""
        return spot_fraction(self._spot(direction))

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pair with token 0's price times about numerator/denominator: the nearest bin is active.

        The bins that the price leaves behind are traded at their own prices; limit orders stay as they are.
        """
        if not self.bins:
            return self
        wanted = bin_price(self.active_id, self.bin_step) * numerator // denominator
        ids = range(min(self.bins[0].id, self.active_id), max(self.bins[-1].id, self.active_id) + 1)
        above = bisect_right(ids, wanted, key=lambda bin_id: bin_price(bin_id, self.bin_step))
        nearby = ids[max(above - 1, 0) : above + 1]
        active_id = min(nearby, key=lambda bin_id: abs(bin_price(bin_id, self.bin_step) - wanted))
        bins = tuple(_left_behind(bin_, self.active_id, active_id) for bin_ in self.bins)
        return replace(self, active_id=active_id, bins=bins)

    def _spot(self, direction: Direction) -> tuple[int, int]:
        price = bin_price(self.active_id, self.bin_step)
        return (price, ONE) if direction is Direction.ZERO_FOR_ONE else (ONE, price)

    def _after(self, walk: DlmmWalk, clock: PoolClock) -> Self:
        return type(self)(
            walk.active_id,
            self.bin_step,
            self._bins_after(walk),
            self.parameters,
            walk.volatility.accumulator,
            walk.volatility.reference,
            walk.volatility.index_reference,
            self.last_update_timestamp if walk.active_id == self.active_id else clock.unix_time,
            self.limit_orders,
            self.collect_fee_mode,
            self.status,
            self.activation_point,
            self.activation_type,
        )

    def _bins_after(self, walk: DlmmWalk) -> tuple[Bin, ...]:
        filled = walk.filled
        if not filled:
            return self.bins
        if len(filled) == 1:
            at = bisect_left(self.bins, filled[0].id, key=ID)
            return (*self.bins[:at], filled[0], *self.bins[at + 1 :])
        by_id = {bin_.id: bin_ for bin_ in filled}
        return tuple(by_id.get(bin_.id, bin_) for bin_ in self.bins)


def _left_behind(bin_: Bin, from_id: int, to_id: int) -> Bin:
    """Return a bin that the price has passed: all X if the price fell below, all Y if it rose above."""
    if from_id <= bin_.id < to_id:
        bought = -(-bin_.amount_x * bin_.price >> 64)
        return replace(bin_, amount_x=0, amount_y=bin_.amount_y + bought)
    if to_id < bin_.id <= from_id:
        sold = -(-(bin_.amount_y << 64) // bin_.price)
        return replace(bin_, amount_x=bin_.amount_x + sold, amount_y=0)
    return bin_
