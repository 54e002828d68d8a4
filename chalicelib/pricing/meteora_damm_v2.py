"""Meteora DAMM v2: one position over a price range (or a compounding constant product) with a fee schedule.

Square root prices are Q64.64 of token B per token A, liquidity has 128 fraction bits more than their product.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isqrt
from typing import Any, ClassVar, Self

from chalicelib.errors import (
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    PriceOutOfRange,
    UnsupportedPool,
)
from chalicelib.pricing import constant_product
from chalicelib.pricing.meteora_damm_v2_fees import (
    FEE_DENOMINATOR,
    BaseFee,
    DammDynamicFee,
    FeeQuery,
    base_fee_part,
    dynamic_fee_part,
)
from chalicelib.pricing.records import Recorded
from chalicelib.pricing.swap import (
    BASIS_POINTS,
    Direction,
    Fees,
    FeeSide,
    PoolClock,
    Swap,
    ceil_div,
    price_impact,
    require_output,
    require_room,
    require_u64,
    spot_fraction,
)

ENABLED = 0
ACTIVATED_BY_TIME = 1
FEES_ON_OUTPUT, FEES_ON_TOKEN_B, COMPOUNDING = 0, 1, 2
PERCENT = 100
MAX_FEE_RATES = (500_000_000, 990_000_000)


@dataclass(frozen=True, slots=True)
class MeteoraDammV2Pool(Recorded):
    """A DAMM v2 pool; token A is token 0. `token_a_amount` and `token_b_amount` are the curve's reserves."""

    KIND: ClassVar[str] = "meteora_damm_v2"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "base_fee": base_fee_part,
        "dynamic_fee": dynamic_fee_part,
    }

    liquidity: int
    sqrt_price: int
    sqrt_min_price: int
    sqrt_max_price: int
    init_sqrt_price: int
    token_a_amount: int
    token_b_amount: int
    base_fee: BaseFee
    dynamic_fee: DammDynamicFee | None = None
    collect_fee_mode: int = FEES_ON_OUTPUT
    fee_version: int = 1
    protocol_fee_percent: int = 20
    referral_fee_percent: int = 0
    compounding_fee_bps: int = 0
    activation_point: int = 0
    activation_type: int = ACTIVATED_BY_TIME
    status: int = ENABLED

    def __post_init__(self) -> None:
        """Raise `UnsupportedPool` for a state that no pool can be in."""
        shares = self.protocol_fee_percent, self.referral_fee_percent, self.compounding_fee_bps
        if max(shares[:2]) > PERCENT or shares[2] > BASIS_POINTS:
            raise UnsupportedPool(f"the protocol's, referral's and compounding shares were {shares}")
        if self.collect_fee_mode != COMPOUNDING:
            prices = self.sqrt_min_price, self.sqrt_price, self.sqrt_max_price
            if not 0 < prices[0] <= prices[1] <= prices[2]:
                raise UnsupportedPool(f"the least, present and greatest square root prices were {prices}")

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap; raise a `PoolError` where the program rejects it at a minimum output of 1."""
        if self.status != ENABLED:
            raise PoolDisabled(f"the pool's status was {self.status}")
        if self._point(clock) < self.activation_point:
            raise PoolNotActive(f"the pool opens at {self.activation_point}, it was {self._point(clock)}")
        return require_output(self.exchange(amount_in, direction, clock))

    def exchange(
        self, amount_in: int, direction: Direction, clock: PoolClock, *, referred: bool = False
    ) -> Swap[Self]:
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned.

        `referred` says that the swap names a referral account, which then takes its part of the protocol's.
        """
        require_u64(amount_in)
        rate = self._fee_rate(amount_in, direction, clock)
        spot = self._spot(direction)
        if self.collect_fee_mode != FEES_ON_OUTPUT and direction is Direction.ONE_FOR_ZERO:
            fees = self._fees(ceil_div(amount_in * rate, FEE_DENOMINATOR), FeeSide.INPUT, referred)
            swapped_in = amount_in - fees.trade
            swapped_out, next_sqrt_price = self._curve(swapped_in, direction)
            amount_out = swapped_out
        else:
            swapped_in = amount_in
            swapped_out, next_sqrt_price = self._curve(swapped_in, direction)
            fees = self._fees(ceil_div(swapped_out * rate, FEE_DENOMINATOR), FeeSide.OUTPUT, referred)
            amount_out = swapped_out - fees.trade
        if direction is Direction.ZERO_FOR_ONE:
            token_a, token_b = self.token_a_amount + swapped_in, self.token_b_amount - swapped_out
        else:
            token_a, token_b = self.token_a_amount - swapped_out, self.token_b_amount + swapped_in
        token_b += fees.compounding
        require_room(token_a, token_b, swapped_out)
        if self.collect_fee_mode == COMPOUNDING:
            next_sqrt_price = isqrt((token_b << 128) // token_a)
        dynamic = self.dynamic_fee
        if dynamic is not None:
            dynamic = dynamic.after(self.sqrt_price, next_sqrt_price, clock.unix_time)
        impact = price_impact(swapped_in, swapped_out, spot)
        return Swap(
            amount_in,
            amount_out,
            fees,
            impact,
            lambda: self._after(token_a, token_b, next_sqrt_price, dynamic),
        )

    def spot_price(self, direction: Direction) -> Fraction:
        """Base units out per base unit in of an infinitely small swap, fees excluded."""
        return spot_fraction(self._spot(direction))

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pool with token 0's price times about numerator/denominator, kept within its range."""
        if self.collect_fee_mode == COMPOUNDING:
            moved_a, moved_b = constant_product.moved_reserves(
                self.token_a_amount, self.token_b_amount, numerator, denominator
            )
            price = isqrt((moved_b << 128) // moved_a)
            return replace(self, token_a_amount=moved_a, token_b_amount=moved_b, sqrt_price=price)
        price = isqrt(self.sqrt_price * self.sqrt_price * numerator // denominator)
        price = max(self.sqrt_min_price, min(price, self.sqrt_max_price))
        from_a, from_b = self._amounts_at(self.sqrt_price)
        to_a, to_b = self._amounts_at(price)
        return replace(
            self,
            sqrt_price=price,
            token_a_amount=max(self.token_a_amount + to_a - from_a, 0),
            token_b_amount=max(self.token_b_amount + to_b - from_b, 0),
        )

    def with_tracked_amounts(self) -> Self:
        """The pool with the token amounts that its liquidity implies, as the program fills them in once."""
        if self.collect_fee_mode == COMPOUNDING:
            return self
        amount_a, amount_b = self._amounts_at(self.sqrt_price)
        return replace(self, token_a_amount=amount_a, token_b_amount=amount_b)

    def _point(self, clock: PoolClock) -> int:
        return clock.unix_time if self.activation_type == ACTIVATED_BY_TIME else clock.slot

    def _spot(self, direction: Direction) -> tuple[int, int]:
        if self.collect_fee_mode == COMPOUNDING:
            price = self.token_b_amount, self.token_a_amount
        else:
            price = self.sqrt_price * self.sqrt_price, 1 << 128
        return price if direction is Direction.ZERO_FOR_ONE else (price[1], price[0])

    def _fee_rate(self, amount_in: int, direction: Direction, clock: PoolClock) -> int:
        rate = self.base_fee.rate(
            FeeQuery(
                amount_in,
                direction,
                self._point(clock),
                self.activation_point,
                self.sqrt_price,
                self.init_sqrt_price,
            )
        )
        if self.dynamic_fee is not None:
            rate += self.dynamic_fee.rate
        return min(rate, MAX_FEE_RATES[self.fee_version])

    def _fees(self, total: int, side: FeeSide, referred: bool) -> Fees:
        protocol = total * self.protocol_fee_percent // PERCENT
        referral = protocol * self.referral_fee_percent // PERCENT if referred else 0
        compounding = (total - protocol) * self.compounding_fee_bps // BASIS_POINTS
        return Fees(total, side, protocol - referral, referral=referral, compounding=compounding)

    def _curve(self, amount_in: int, direction: Direction) -> tuple[int, int]:
        """Return the curve's output, and the square root price after it (0 if the reserves determine it)."""
        zero_for_one = direction is Direction.ZERO_FOR_ONE
        if self.collect_fee_mode == COMPOUNDING:
            reserves = self.token_a_amount, self.token_b_amount
            reserve_in, reserve_out = reserves if zero_for_one else (reserves[1], reserves[0])
            if reserve_in <= 0 or reserve_out <= 0:
                raise InsufficientLiquidity(f"the reserves were {reserves[0]} and {reserves[1]}")
            return constant_product.amount_out(amount_in, reserve_in, reserve_out), 0
        price, liquidity = self.sqrt_price, self.liquidity
        if liquidity == 0:
            raise InsufficientLiquidity("the pool has no liquidity")
        if zero_for_one:
            moved = ceil_div(liquidity * price, liquidity + amount_in * price)
            amount_out = liquidity * (price - moved) >> 128
            in_range = moved >= self.sqrt_min_price
        else:
            moved = price + (amount_in << 128) // liquidity
            amount_out = liquidity * (moved - price) // (price * moved)
            in_range = moved <= self.sqrt_max_price
        if not in_range:
            raise PriceOutOfRange(f"the square root price would be {moved}, out of the pool's range")
        if amount_out > (self.token_b_amount if zero_for_one else self.token_a_amount):
            raise InsufficientLiquidity(f"the curve returns {amount_out}, more than the pool holds")
        return amount_out, moved

    def _after(self, token_a: int, token_b: int, moved: int, dynamic: DammDynamicFee | None) -> Self:
        return type(self)(
            self.liquidity,
            moved,
            self.sqrt_min_price,
            self.sqrt_max_price,
            self.init_sqrt_price,
            token_a,
            token_b,
            self.base_fee,
            dynamic,
            self.collect_fee_mode,
            self.fee_version,
            self.protocol_fee_percent,
            self.referral_fee_percent,
            self.compounding_fee_bps,
            self.activation_point,
            self.activation_type,
            self.status,
        )

    def _amounts_at(self, sqrt_price: int) -> tuple[int, int]:
        room = self.sqrt_max_price - sqrt_price
        amount_a = ceil_div(self.liquidity * room, sqrt_price * self.sqrt_max_price)
        return amount_a, -(-self.liquidity * (sqrt_price - self.sqrt_min_price) >> 128)
