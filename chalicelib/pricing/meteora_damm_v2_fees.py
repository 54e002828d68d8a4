"""The fees of Meteora DAMM v2: base fees in five modes, and the dynamic fee. Rates are of 1e9."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from chalicelib.errors import PoolError, UnsupportedPool
from chalicelib.pricing.fixed_point import ONE, pow_q64
from chalicelib.pricing.swap import BASIS_POINTS, U128_MAX, Direction, ceil_div

FEE_DENOMINATOR = 1_000_000_000
BPS_TO_RATE = FEE_DENOMINATOR // BASIS_POINTS
VARIABLE_FEE_SCALE = 100_000_000_000


@dataclass(frozen=True, slots=True)
class FeeQuery:
    """The inputs of a base fee: the swap, the activation and the price."""

    amount_in: int
    direction: Direction
    point: int
    activation_point: int
    sqrt_price: int
    init_sqrt_price: int


@dataclass(frozen=True, slots=True)
class TimeScheduler:
    """A fee that falls with time from its cliff: modes 0 (linear) and 1 (exponential).

    `period_frequency` is seconds or slots; `reduction_factor` is a rate (mode 0) or basis points (mode 1).
    """

    LINEAR: ClassVar[int] = 0
    EXPONENTIAL: ClassVar[int] = 1

    mode: int
    cliff_fee_numerator: int
    number_of_period: int = 0
    period_frequency: int = 0
    reduction_factor: int = 0

    def rate(self, query: FeeQuery) -> int:
        """The base fee of 1e9."""
        if self.period_frequency == 0:
            return self.cliff_fee_numerator
        period = self.number_of_period
        if query.point >= query.activation_point:
            period = min((query.point - query.activation_point) // self.period_frequency, period)
        return _reduced(
            self.cliff_fee_numerator, self.reduction_factor, period, linear=self.mode == self.LINEAR
        )


@dataclass(frozen=True, slots=True)
class MarketCapScheduler:
    """A fee that falls as the price rises above its start: modes 3 (linear) and 4 (exponential)."""

    LINEAR: ClassVar[int] = 3
    EXPONENTIAL: ClassVar[int] = 4

    mode: int
    cliff_fee_numerator: int
    number_of_period: int
    sqrt_price_step_bps: int
    scheduler_expiration_duration: int
    reduction_factor: int

    def rate(self, query: FeeQuery) -> int:
        """The base fee of 1e9."""
        period = self.number_of_period
        elapsed = query.point - query.activation_point
        if 0 <= elapsed <= self.scheduler_expiration_duration:
            if self.sqrt_price_step_bps <= 0 or query.init_sqrt_price <= 0:
                raise UnsupportedPool(f"{self} from the square root price {query.init_sqrt_price}")
            risen = max(query.sqrt_price - query.init_sqrt_price, 0)
            steps = risen * BASIS_POINTS // query.init_sqrt_price // self.sqrt_price_step_bps
            period = min(steps, period)
        return _reduced(
            self.cliff_fee_numerator, self.reduction_factor, period, linear=self.mode == self.LINEAR
        )


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """A fee that grows with the size of a buy (token B in) for a while after activation: mode 2."""

    MODE: ClassVar[int] = 2

    mode: int
    cliff_fee_numerator: int
    fee_increment_bps: int
    max_limiter_duration: int
    max_fee_bps: int
    reference_amount: int

    def rate(self, query: FeeQuery) -> int:
        """The base fee of 1e9."""
        elapsed = query.point - query.activation_point
        limited = (
            query.direction is Direction.ONE_FOR_ZERO
            and 0 <= elapsed <= self.max_limiter_duration
            and self.fee_increment_bps != 0
        )
        if not limited or query.amount_in <= self.reference_amount:
            return self.cliff_fee_numerator
        fee = ceil_div(self._fee_in_rate_units(query.amount_in), FEE_DENOMINATOR)
        return ceil_div(fee * FEE_DENOMINATOR, query.amount_in)

    def _fee_in_rate_units(self, amount_in: int) -> int:
        """The fee times 1e9: each further reference amount pays one increment more, up to the maximum."""
        cliff, reference = self.cliff_fee_numerator, self.reference_amount
        increment = self.fee_increment_bps * BPS_TO_RATE
        maximum = self.max_fee_bps * BPS_TO_RATE
        if reference <= 0 or maximum < cliff:
            raise UnsupportedPool(f"the base fee was {self}")
        steps, rest = divmod(amount_in - reference, reference)
        max_steps = (maximum - cliff) // increment
        if steps < max_steps:
            whole = cliff + cliff * steps + increment * steps * (steps + 1) // 2
            return reference * whole + rest * (cliff + increment * (steps + 1))
        whole = cliff + cliff * max_steps + increment * max_steps * (max_steps + 1) // 2
        return reference * whole + ((steps - max_steps) * reference + rest) * maximum


BaseFee = TimeScheduler | RateLimiter | MarketCapScheduler


@dataclass(frozen=True, slots=True)
class DammDynamicFee:
    """The part of the fee that follows volatility, measured in bins of the square root price."""

    bin_step: int
    bin_step_u128: int
    filter_period: int
    decay_period: int
    reduction_factor: int
    max_volatility_accumulator: int
    variable_fee_control: int
    last_update_timestamp: int
    sqrt_price_reference: int
    volatility_accumulator: int
    volatility_reference: int

    @property
    def rate(self) -> int:
        """The dynamic fee of 1e9, rounded up, from the volatility that the last swap left."""
        volatility = self.volatility_accumulator * self.bin_step
        return ceil_div(
            _within_128_bits(self.variable_fee_control * volatility * volatility), VARIABLE_FEE_SCALE
        )

    def after(self, sqrt_price: int, next_sqrt_price: int, unix_time: int) -> Self:
        """The state after a swap moved the square root price at `unix_time`."""
        price_reference, reference = self.sqrt_price_reference, self.volatility_reference
        elapsed = max(unix_time - self.last_update_timestamp, 0)
        if elapsed >= self.filter_period:
            price_reference = sqrt_price
            product = _within_128_bits(self.volatility_accumulator * self.reduction_factor)
            decayed = product // BASIS_POINTS
            reference = decayed if elapsed < self.decay_period else 0
        moved = self._bins_between(next_sqrt_price, price_reference) * BASIS_POINTS
        crossed = self._bins_between(sqrt_price, next_sqrt_price) != 0
        return type(self)(
            self.bin_step,
            self.bin_step_u128,
            self.filter_period,
            self.decay_period,
            self.reduction_factor,
            self.max_volatility_accumulator,
            self.variable_fee_control,
            unix_time if crossed else self.last_update_timestamp,
            price_reference,
            min(reference + moved, self.max_volatility_accumulator),
            reference,
        )

    def _bins_between(self, sqrt_price: int, other: int) -> int:
        upper, lower = max(sqrt_price, other), min(sqrt_price, other)
        if lower <= 0 or self.bin_step_u128 <= 0:
            raise UnsupportedPool(f"the dynamic fee was {self} at the square root price {sqrt_price}")
        return (_within_128_bits((upper << 64) // lower) - ONE) // self.bin_step_u128 * 2


def base_fee(mode: int, *parameters: int) -> BaseFee:
    """The base fee of a mode number; raise `UnsupportedPool` for one that is unknown."""
    if mode in (TimeScheduler.LINEAR, TimeScheduler.EXPONENTIAL):
        return TimeScheduler(mode, *parameters)
    if mode == RateLimiter.MODE:
        return RateLimiter(mode, *parameters)
    if mode in (MarketCapScheduler.LINEAR, MarketCapScheduler.EXPONENTIAL):
        return MarketCapScheduler(mode, *parameters)
    raise UnsupportedPool(f"the pool's base fee mode was {mode}")


def base_fee_part(values: Any) -> BaseFee:
    """The base fee of a record's list."""
    return base_fee(*(int(value) for value in values))


def dynamic_fee_part(values: Any) -> DammDynamicFee | None:
    """The dynamic fee of a record's list."""
    return None if values is None else DammDynamicFee(*(int(value) for value in values))


def _reduced(cliff: int, reduction_factor: int, period: int, *, linear: bool) -> int:
    whole = cliff if linear else BASIS_POINTS
    if reduction_factor * (period if linear else 1) > whole:
        raise UnsupportedPool(f"{period} reductions by {reduction_factor} of {whole} leave no base fee")
    if linear:
        return cliff - reduction_factor * period
    per_period = ONE - (reduction_factor << 64) // BASIS_POINTS
    return cliff * pow_q64(per_period, period) >> 64


def _within_128_bits(value: int) -> int:
    if value > U128_MAX:
        raise PoolError(f"the volatility of the dynamic fee leads to {value}, which leaves 128 bits")
    return value
