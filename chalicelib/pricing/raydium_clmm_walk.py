"""The walk of a CLMM swap from tick to tick: exact in, step by step, each rounded for the pool."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.errors import InsufficientLiquidity
from chalicelib.pricing.compute_units import SWAP_LIMIT, out_of_units, slots_between
from chalicelib.pricing.raydium_clmm_fees import FEE_RATE_DENOMINATOR, ClmmVolatility
from chalicelib.pricing.swap import U64_MAX, U128_MAX, ceil_div
from chalicelib.pricing.ticks import MAX_SQRT_PRICE, MIN_SQRT_PRICE, sqrt_price_at_tick, tick_at_sqrt_price

TICKS_PER_ARRAY = 60

SWAP_UNITS, TICK_UNITS, EMPTY_TICK_UNITS = 70_000, 19_400, 85
"""Compute units: of any swap, of an initialised tick that it walks to, of a tick that is not initialised.

A step within a stretch, as the dynamic fee takes them, and the filling of limit orders count as another tick.
"""


@dataclass(frozen=True, slots=True)
class Tick:
    """An initialised tick: the liquidity that starts or ends there, and the limit orders that wait there.

    `liquidity_net` is added when the price rises through the tick. `orders_amount` and
    `part_filled_orders_remaining` are base units of the token that the orders sell.
    """

    index: int
    liquidity_net: int
    liquidity_gross: int
    orders_amount: int = 0
    part_filled_orders_remaining: int = 0

    @property
    def unfilled(self) -> int:
        """The amount that the limit orders still sell."""
        return self.orders_amount + self.part_filled_orders_remaining

    def filled(self, amount: int) -> "Tick":
        """The tick after its orders sold `amount`: those partly filled before go first."""
        first = min(self.part_filled_orders_remaining, amount)
        rest = amount - first
        if rest == 0:
            return replace(self, part_filled_orders_remaining=self.part_filled_orders_remaining - first)
        return replace(self, orders_amount=0, part_filled_orders_remaining=self.orders_amount - rest)


@dataclass(frozen=True, slots=True)
class FeeRates:
    """The rates of a pool's config, in millionths, and the side on which this swap pays."""

    trade: int
    protocol: int
    fund: int
    on_input: bool


class ClmmWalk:
    """A swap under way. `amount_out` is net of fees; `swapped_in` and `swapped_out` are what met the curve.

    Raises `InsufficientLiquidity` where an amount leaves 64 bits. What the ticks could not take is left in
    `remaining`.
    """

    __slots__ = (
        "amount_in", "amount_out", "fee", "filled", "fund", "liquidity", "price", "protocol", "rates",
        "remaining", "slot", "spacing", "steps", "swapped_in", "swapped_out", "tick", "units", "volatility",
        "zero_for_one",
    )  # fmt: skip

    def __init__(
        self, price: int, tick: int, liquidity: int, rates: FeeRates, *, spacing: int, zero_for_one: bool
    ) -> None:
        self.price, self.tick, self.liquidity = price, tick, liquidity
        self.rates, self.spacing, self.zero_for_one = rates, spacing, zero_for_one
        self.volatility: ClmmVolatility | None = None
        self.filled: dict[int, Tick] = {}
        self.remaining = self.amount_out = self.swapped_in = self.swapped_out = 0
        self.fee = self.protocol = self.fund = 0
        self.amount_in = self.steps = 0
        self.slot = tick // spacing
        self.units = SWAP_UNITS

    def run(self, amount_in: int, ticks_ahead: Iterable[Tick]) -> None:
        """Spend `amount_in` on the ticks ahead, in the order in which the price meets them."""
        self.amount_in = self.remaining = amount_in
        limit = MIN_SQRT_PRICE + 1 if self.zero_for_one else MAX_SQRT_PRICE - 1
        for tick in ticks_ahead:
            if self.remaining == 0 or self.price == limit:
                break
            self._walk_to(tick, limit)
        if self.amount_out > U64_MAX:
            raise InsufficientLiquidity("the amount out leaves 64 bits")

    def _walk_to(self, tick: Tick, limit: int) -> None:
        at_tick = sqrt_price_at_tick(tick.index)
        target = max(at_tick, limit) if self.zero_for_one else min(at_tick, limit)
        volatility = self.volatility
        rate, bound, skipped = self.rates.trade, target, True
        slot = tick.index // self.spacing
        self.units += EMPTY_TICK_UNITS * slots_between(self.slot, slot, TICKS_PER_ARRAY)
        self.slot = slot
        while True:
            self._count_step()
            if volatility is not None:
                rate, bound, skipped = self._bounded(volatility, target)
            moved = bound if self.price == bound else self._step(bound, rate)
            if moved == at_tick:
                self._reach(tick, at_tick, rate)
            elif moved != self.price:
                self.tick = tick_at_sqrt_price(moved)
            self.price = moved
            if volatility is not None:
                stands_at = tick.index if moved == at_tick else self.tick
                volatility.advance(stands_at, zero_for_one=self.zero_for_one, skipped=skipped)
            if self.remaining == 0 or moved == target:
                return

    def _count_step(self) -> None:
        self.units += TICK_UNITS
        if self.units > SWAP_LIMIT:
            raise out_of_units(self.amount_in, self.amount_in - self.remaining, f"{self.steps} ticks")
        self.steps += 1

    def _bounded(self, volatility: ClmmVolatility, target: int) -> tuple[int, int, bool]:
        """Return the fee rate, the price up to which it holds, and whether that may be groups away."""
        volatility.accumulate()
        rate = volatility.rate(self.rates.trade)
        if self.liquidity == 0 or volatility.at_maximum:
            return rate, target, True
        boundary = volatility.boundary(zero_for_one=self.zero_for_one)
        return rate, max(target, boundary) if self.zero_for_one else min(target, boundary), False

    def _step(self, target: int, rate: int) -> int:
        """Swap towards `target` within one stretch of liquidity; return the price reached."""
        on_input = self.rates.on_input
        available = self.remaining
        usable = available * (FEE_RATE_DENOMINATOR - rate) // FEE_RATE_DENOMINATOR if on_input else available
        moved = target
        step_in, step_out = self._amounts(target)
        if step_in > usable or step_in > U64_MAX or step_out > U64_MAX:
            moved = self._price_after(usable)
            step_in, step_out = self._amounts(moved)
        if on_input:
            reached = moved == target
            fee = ceil_div(step_in * rate, FEE_RATE_DENOMINATOR - rate) if reached else available - step_in
        else:
            fee = ceil_div(step_out * rate, FEE_RATE_DENOMINATOR)
            step_in = step_in if moved == target else available
        self._take(step_in, step_out, fee)
        return moved

    def _amounts(self, target: int) -> tuple[int, int]:
        """Return the amounts that move the price to `target`: in rounded up, out rounded down."""
        price = self.price
        if self.zero_for_one:
            moved = self.liquidity * (price - target)
            return -(-(moved << 64) // (price * target)), moved >> 64
        moved = self.liquidity * (target - price)
        return -(-moved >> 64), (moved << 64) // (price * target)

    def _price_after(self, amount_in: int) -> int:
        if self.zero_for_one:
            shifted = self.liquidity << 64
            return -(-shifted * self.price // (shifted + amount_in * self.price))
        return self.price + (amount_in << 64) // self.liquidity

    def _take(self, step_in: int, step_out: int, fee: int) -> None:
        """Add a step to the totals: its input and output before fees, and its fee on the fee's side."""
        rates = self.rates
        self.swapped_in += step_in
        self.swapped_out += step_out
        self.remaining -= step_in + fee if rates.on_input else step_in
        self.amount_out += step_out if rates.on_input else step_out - fee
        if self.remaining < 0 or step_in > U64_MAX or step_out > U64_MAX:
            raise InsufficientLiquidity("an amount of the swap leaves 64 bits")
        self.fee += fee
        protocol = fee * rates.protocol // FEE_RATE_DENOMINATOR
        fund = fee * rates.fund // FEE_RATE_DENOMINATOR
        self.fund += fund
        # without liquidity there is nobody else to pay
        self.protocol += protocol if self.liquidity else fee - fund

    def _reach(self, tick: Tick, price: int, rate: int) -> None:
        """Fill the tick's limit orders; if none is left, pass on to the liquidity beyond it."""
        if tick.unfilled and self.remaining:
            self._count_step()
            tick = tick.filled(self._fill(tick.unfilled, price, rate))
            self.filled[tick.index] = tick
        below = tick.index - 1
        if tick.unfilled:
            self.tick = tick.index if self.zero_for_one else below
            return
        self.tick = below if self.zero_for_one else tick.index
        self.liquidity += -tick.liquidity_net if self.zero_for_one else tick.liquidity_net
        if not 0 <= self.liquidity <= U128_MAX:
            raise InsufficientLiquidity(f"the liquidity beyond the tick would be {self.liquidity}")

    def _fill(self, unfilled: int, sqrt_price: int, rate: int) -> int:
        """Trade with limit orders at the tick's price; return what they sold."""
        on_input = self.rates.on_input
        fee = ceil_div(self.remaining * rate, FEE_RATE_DENOMINATOR) if on_input else 0
        step_in = self.remaining - fee
        square = sqrt_price * sqrt_price
        price = square >> 64 if self.zero_for_one else -(-square >> 64)
        sold = step_in * price >> 64 if self.zero_for_one else (step_in << 64) // price
        if sold > unfilled:
            sold = unfilled
            step_in = ceil_div(sold << 64, price) if self.zero_for_one else -(-sold * price >> 64)
            fee = ceil_div(step_in * rate, FEE_RATE_DENOMINATOR - rate)
        if not on_input:
            fee = ceil_div(sold * rate, FEE_RATE_DENOMINATOR)
        self._take(step_in, sold, fee)
        return sold
