"""The walk of a DLMM swap from bin to bin: each has one price, and a fee of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.errors import InsufficientLiquidity, PoolError, UnsupportedPool
from chalicelib.pricing.compute_units import SWAP_LIMIT, out_of_units, slots_between
from chalicelib.pricing.swap import BASIS_POINTS, U32_MAX, U64_MAX

FEE_DENOMINATOR = 1_000_000_000
MAX_FEE_RATE = 100_000_000
VARIABLE_FEE_SCALE = 100_000_000_000
LIMIT_ORDER_FEE_SHARE = 5_000
BINS_PER_ARRAY = 70

SWAP_UNITS, BIN_UNITS, ORDERS_UNITS, EMPTY_BIN_UNITS = 43_000, 5_620, 2_480, 290
"""Compute units: of any swap, of a bin that it trades with, more if orders wait there, of an empty bin."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin that holds something. `price` is Q64.64 of Y per X, as stored in the account.

    The two order amounts are what limit orders there still sell: X if `limit_order_ask_side`, else Y.
    """

    id: int
    amount_x: int
    amount_y: int
    price: int
    open_order_amount: int = 0
    processed_order_remaining: int = 0
    limit_order_ask_side: int = 0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a pair: those of its fee, and the protocol's share in basis points."""

    base_factor: int
    base_fee_power_factor: int = 0
    filter_period: int = 30
    decay_period: int = 600
    reduction_factor: int = 5_000
    variable_fee_control: int = 0
    max_volatility_accumulator: int = 0
    protocol_share: int = 0

    def base_rate(self, bin_step: int) -> int:
        """The fee rate of 1e9 that no volatility adds to."""
        power: int = 10**self.base_fee_power_factor
        return self.base_factor * bin_step * 10 * power


@dataclass(frozen=True, slots=True)
class Terms:
    """The direction of a swap, the side of its fee, and whether it fills limit orders."""

    swap_for_y: bool
    fee_on_input: bool
    limit_orders: bool


class DlmmVolatility:
    """The volatility of a pair while a swap walks from bin to bin; rates are of 1e9."""

    __slots__ = ("_base_rate", "_bin_step", "_parameters", "accumulator", "index_reference", "reference")

    def __init__(self, parameters: Parameters, bin_step: int, accumulator: int) -> None:
        self._parameters, self._bin_step = parameters, bin_step
        self._base_rate = parameters.base_rate(bin_step)
        self.accumulator = accumulator
        self.index_reference = self.reference = 0

    def refer(self, index_reference: int, reference: int, active_id: int, elapsed: int) -> None:
        """Bring the references up to date, as the first thing of a swap."""
        parameters = self._parameters
        if elapsed >= parameters.filter_period:
            index_reference = active_id
            reference = self._decayed() if elapsed < parameters.decay_period else 0
        self.index_reference, self.reference = index_reference, reference

    def _decayed(self) -> int:
        product = self.accumulator * self._parameters.reduction_factor
        if product > U32_MAX:
            raise PoolError(
                "the volatility times its reduction factor leaves 32 bits until the decay period ends"
            )
        return product // BASIS_POINTS

    def rate_at(self, bin_id: int) -> int:
        """The whole fee rate in a bin, whose distance from the reference is the volatility there."""
        parameters = self._parameters
        volatility = self.reference + abs(self.index_reference - bin_id) * BASIS_POINTS
        self.accumulator = min(volatility, parameters.max_volatility_accumulator)
        rate = self._base_rate
        if parameters.variable_fee_control:
            stepped = self.accumulator * self._bin_step
            rate -= -parameters.variable_fee_control * stepped * stepped // VARIABLE_FEE_SCALE
        return min(rate, MAX_FEE_RATE)


class DlmmWalk:
    """A swap under way. `amount_out` is net of fees; `swapped_in` and `swapped_out` are what met the bins.

    `remaining` is what the bins could not take; `filled` holds the bins as the swap leaves them.
    `unearned` is the last unit if it went as fee whole and bought nothing: no part of `fee`, the protocol's.
    """

    __slots__ = (
        "active_id", "amount_out", "fee", "filled", "protocol", "remaining",
        "swapped_in", "swapped_out", "terms", "unearned", "volatility",
    )  # fmt: skip

    def __init__(self, active_id: int, volatility: DlmmVolatility, terms: Terms) -> None:
        self.active_id, self.volatility, self.terms = active_id, volatility, terms
        self.filled: list[Bin] = []
        self.remaining = self.amount_out = self.swapped_in = self.swapped_out = self.fee = self.protocol = 0
        self.unearned = 0

    def run(self, amount_in: int, bins_ahead: Iterable[Bin], protocol_share: int) -> None:
        """Spend `amount_in` on the bins ahead, in the order in which the price meets them."""
        self.remaining = amount_in
        units = SWAP_UNITS
        for bin_ in bins_ahead:
            if self.remaining == 0:
                break
            liquidity = bin_.amount_y if self.terms.swap_for_y else bin_.amount_x
            orders = bin_.processed_order_remaining + bin_.open_order_amount
            if orders and not self._sells(bin_):
                orders = 0
            if liquidity or orders:
                units += BIN_UNITS + (ORDERS_UNITS if orders else 0)
                units += EMPTY_BIN_UNITS * slots_between(self.active_id, bin_.id, BINS_PER_ARRAY)
                if units > SWAP_LIMIT:
                    raise out_of_units(amount_in, amount_in - self.remaining, f"{len(self.filled)} bins")
                self.active_id = bin_.id
                rate = self.volatility.rate_at(bin_.id)
                self._trade(bin_, liquidity, orders, rate, protocol_share)
        if self.amount_out > U64_MAX:
            raise InsufficientLiquidity("the amount out leaves 64 bits")

    def _sells(self, bin_: Bin) -> bool:
        """Return whether the bin's limit orders sell the token that this swap buys."""
        return self.terms.limit_orders and self.terms.swap_for_y != bool(bin_.limit_order_ask_side)

    def _trade(self, bin_: Bin, liquidity: int, orders: int, rate: int, protocol_share: int) -> None:
        available, on_input = self.remaining, self.terms.fee_on_input
        fee = -(-available * rate // FEE_DENOMINATOR) if on_input else 0
        usable = available - fee
        taken, sold = self._fill(usable, liquidity, bin_.price)
        total_in, total_out, processed, opened = taken, sold, 0, 0
        if orders and taken < usable:
            # orders partly filled before go first
            order_in, processed = self._fill(usable - taken, bin_.processed_order_remaining, bin_.price)
            open_in, opened = self._fill(usable - taken - order_in, bin_.open_order_amount, bin_.price)
            total_in, total_out = taken + order_in + open_in, sold + processed + opened
        if total_in < usable:
            fee = -(-total_in * rate // (FEE_DENOMINATOR - rate)) if on_input else 0
            available = total_in + fee
        if not on_input:
            fee = -(-total_out * rate // FEE_DENOMINATOR)
            self.amount_out -= fee
        elif total_in == 0:
            self.unearned, fee = fee, 0
        self.remaining -= available
        self.amount_out += total_out
        self.swapped_in += total_in
        self.swapped_out += total_out
        self.fee += fee
        self.protocol += _protocol_fee(fee, protocol_share, taken, total_in)
        self.filled.append(self._after(bin_, taken, sold, processed, opened))

    def _fill(self, amount: int, layer: int, price: int) -> tuple[int, int]:
        """Return a layer's input, rounded up if it is drained, and output, rounded down if it is not."""
        if layer == 0 or amount == 0:
            return 0, 0
        if price <= 0:
            raise UnsupportedPool("a bin that holds something has no price")
        for_y = self.terms.swap_for_y
        enough = -(-(layer << 64) // price) if for_y else -(-layer * price >> 64)
        if enough > U64_MAX:
            raise InsufficientLiquidity(f"draining a bin would take {enough}, which leaves 64 bits")
        if amount >= enough:
            return enough, layer
        return amount, amount * price >> 64 if for_y else (amount << 64) // price

    def _after(self, bin_: Bin, taken: int, sold: int, processed: int, opened: int) -> Bin:
        """Return the bin after the swap; open orders that it reached become partly filled ones."""
        for_y = self.terms.swap_for_y
        remaining, open_amount = bin_.processed_order_remaining - processed, bin_.open_order_amount
        if opened:
            remaining, open_amount = open_amount - opened, 0
        amount_x = bin_.amount_x + taken if for_y else bin_.amount_x - sold
        amount_y = bin_.amount_y - sold if for_y else bin_.amount_y + taken
        if amount_x > U64_MAX or amount_y > U64_MAX:
            raise InsufficientLiquidity("what the bin would hold leaves 64 bits")
        return Bin(
            bin_.id,
            amount_x,
            amount_y,
            bin_.price,
            open_amount,
            remaining,
            bin_.limit_order_ask_side,
        )


def _protocol_fee(fee: int, protocol_share: int, taken_by_liquidity: int, taken: int) -> int:
    """The protocol's part of a bin's fee: its share of what liquidity earned, half of what orders earned."""
    if taken == taken_by_liquidity:
        return fee * protocol_share // BASIS_POINTS
    of_liquidity = -(-fee * taken_by_liquidity // taken)
    of_orders = fee - of_liquidity
    kept_by_orders = of_orders * LIMIT_ORDER_FEE_SHARE // BASIS_POINTS
    return of_orders - kept_by_orders + of_liquidity * protocol_share // BASIS_POINTS
