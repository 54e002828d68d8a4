"""The dynamic fee of Raydium CLMM (2026): a surcharge that grows with the square of the volatility.

Volatility counts the tick-spacing groups that the price has crossed since a reference; the reference decays
with the chain's time. Rates are millionths.
"""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.pricing.swap import BASIS_POINTS, ceil_div
from chalicelib.pricing.ticks import MAX_TICK, MIN_TICK, sqrt_price_at_tick

FEE_RATE_DENOMINATOR = 1_000_000
MAX_FEE_RATE = 100_000
VOLATILITY_SCALE = 10_000
CONTROL_DENOMINATOR = 100_000 * VOLATILITY_SCALE**2


@dataclass(frozen=True, slots=True)
class ClmmDynamicFee:
    """The dynamic fee's parameters and what it remembers."""

    filter_period: int
    decay_period: int
    reduction_factor: int
    dynamic_fee_control: int
    max_volatility_accumulator: int
    tick_spacing_index_reference: int
    volatility_reference: int
    volatility_accumulator: int
    last_update_timestamp: int

    def referenced(self, group: int, unix_time: int) -> "ClmmDynamicFee":
        """The state with its references brought up to date, as the first thing of a swap."""
        elapsed = max(unix_time - self.last_update_timestamp, 0)
        if elapsed < self.filter_period:
            return self
        decayed = self.volatility_accumulator * self.reduction_factor // BASIS_POINTS
        return replace(
            self,
            tick_spacing_index_reference=group,
            volatility_reference=decayed if elapsed < self.decay_period else 0,
            last_update_timestamp=unix_time,
        )


class ClmmVolatility:
    """The dynamic fee while a swap walks from group to group."""

    __slots__ = ("accumulator", "fee", "group", "spacing")

    def __init__(self, fee: ClmmDynamicFee, tick: int, spacing: int, unix_time: int) -> None:
        self.group = tick // spacing
        self.spacing = spacing
        self.fee = fee.referenced(self.group, unix_time)
        self.accumulator = fee.volatility_accumulator

    def accumulate(self) -> None:
        """Measure the volatility at the present group."""
        crossed = abs(self.fee.tick_spacing_index_reference - self.group)
        volatility = self.fee.volatility_reference + crossed * VOLATILITY_SCALE
        self.accumulator = min(volatility, self.fee.max_volatility_accumulator)

    @property
    def at_maximum(self) -> bool:
        """Whether the fee is at its maximum, which further groups can't raise."""
        return self.accumulator == self.fee.max_volatility_accumulator

    def rate(self, trade_fee_rate: int) -> int:
        """The whole fee rate at the present volatility."""
        crossed = self.accumulator * self.spacing
        surcharge = ceil_div(self.fee.dynamic_fee_control * crossed * crossed, CONTROL_DENOMINATOR)
        return min(trade_fee_rate + min(surcharge, MAX_FEE_RATE), MAX_FEE_RATE)

    def boundary(self, *, zero_for_one: bool) -> int:
        """The square root price at which the present group ends in the swap's direction."""
        tick = (self.group if zero_for_one else self.group + 1) * self.spacing
        return sqrt_price_at_tick(max(MIN_TICK, min(tick, MAX_TICK)))

    def advance(self, tick: int, *, zero_for_one: bool, skipped: bool) -> None:
        """Advance to the next group; `skipped` says that the step was not bounded by the present one.

        After such a step the group is that of `tick`, where the price now stands.
        """
        if skipped:
            self.group = tick // self.spacing
            if not zero_for_one and tick % self.spacing == 0:
                self.group -= 1
            if not self.at_maximum:
                self.accumulate()
        self.group += -1 if zero_for_one else 1

    def after(self) -> ClmmDynamicFee:
        """Return the dynamic fee's state after the swap."""
        return replace(self.fee, volatility_accumulator=self.accumulator)


def dynamic_fee_part(values: Any) -> ClmmDynamicFee | None:
    """The dynamic fee of a record's list."""
    return None if values is None else ClmmDynamicFee(*(int(value) for value in values))
