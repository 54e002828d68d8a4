"""Raydium AMM v4: a constant product over two vaults, the fee taken from the input and left in the pool.

The fee is rounded up, as the program does since August 2025. Older builds charged nothing on the smallest
amounts, so this never quotes more than they paid.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Self

from chalicelib.errors import InsufficientLiquidity, PoolDisabled, PoolNotActive, UnsupportedPool
from chalicelib.pricing import constant_product
from chalicelib.pricing.records import Recorded
from chalicelib.pricing.swap import (
    Direction,
    Fees,
    PoolClock,
    Swap,
    ceil_div,
    price_impact,
    require_output,
    require_u64,
    spot_fraction,
)

ORDER_BOOK, SWAP_ONLY, WAITING_TRADE = 1, 6, 7


@dataclass(frozen=True, slots=True)
class RaydiumAmmV4Pool(Recorded):
    """An AMM v4 pool with its vault balances, in base units; the coin is token 0, the pc token 1.

    What the pool owes its operator (`need_take_pnl_*`) lies in the vaults and is no part of the reserves.
    """

    KIND: ClassVar[str] = "raydium_amm_v4"

    coin_vault: int
    pc_vault: int
    need_take_pnl_coin: int = 0
    need_take_pnl_pc: int = 0
    swap_fee_numerator: int = 25
    swap_fee_denominator: int = 10_000
    status: int = SWAP_ONLY
    open_time: int = 0

    def __post_init__(self) -> None:
        """Raise `UnsupportedPool` for a fee that no pool can have."""
        if not 0 <= self.swap_fee_numerator < self.swap_fee_denominator:
            fee = f"{self.swap_fee_numerator}/{self.swap_fee_denominator}"
            raise UnsupportedPool(f"the pool's fee was {fee}")

    @property
    def coin_reserve(self) -> int:
        """The coin on the curve."""
        return self.coin_vault - self.need_take_pnl_coin

    @property
    def pc_reserve(self) -> int:
        """The pc token on the curve."""
        return self.pc_vault - self.need_take_pnl_pc

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap; raise a `PoolError` where the program rejects it, or keeps an order book besides."""
        if self.status == ORDER_BOOK:
            raise UnsupportedPool("the pool keeps a part of its reserves on an order book")
        if self.status not in (SWAP_ONLY, WAITING_TRADE):
            raise PoolDisabled(f"the pool's status was {self.status}: swaps are disabled")
        if self.status == WAITING_TRADE and clock.unix_time < self.open_time:
            raise PoolNotActive(f"the pool opens at {self.open_time}, the clock was {clock.unix_time}")
        return require_output(self.exchange(amount_in, direction, clock))

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:  # noqa: ARG002
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned."""
        require_u64(amount_in)
        spot = self._spot(direction)
        reserve_out, reserve_in = spot
        if reserve_in <= 0 or reserve_out <= 0:
            raise InsufficientLiquidity(f"the reserves were {self.coin_reserve} and {self.pc_reserve}")
        fee = ceil_div(amount_in * self.swap_fee_numerator, self.swap_fee_denominator)
        swapped_in = amount_in - fee
        amount_out = constant_product.amount_out(swapped_in, reserve_in, reserve_out)
        impact = price_impact(swapped_in, amount_out, spot)
        return Swap(
            amount_in, amount_out, Fees(fee), impact, lambda: self._after(amount_in, amount_out, direction)
        )

    def spot_price(self, direction: Direction) -> Fraction:
        """Base units out per base unit in of an infinitely small swap, fees excluded."""
        return spot_fraction(self._spot(direction))

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pool at the same invariant with the coin's price times about numerator/denominator."""
        coin, pc = constant_product.moved_reserves(self.coin_reserve, self.pc_reserve, numerator, denominator)
        return replace(self, coin_vault=coin + self.need_take_pnl_coin, pc_vault=pc + self.need_take_pnl_pc)

    def _spot(self, direction: Direction) -> tuple[int, int]:
        if direction is Direction.ZERO_FOR_ONE:
            return self.pc_reserve, self.coin_reserve
        return self.coin_reserve, self.pc_reserve

    def _after(self, amount_in: int, amount_out: int, direction: Direction) -> Self:
        zero_for_one = direction is Direction.ZERO_FOR_ONE
        coin, pc = (amount_in, -amount_out) if zero_for_one else (-amount_out, amount_in)
        return type(self)(
            self.coin_vault + coin,
            self.pc_vault + pc,
            self.need_take_pnl_coin,
            self.need_take_pnl_pc,
            self.swap_fee_numerator,
            self.swap_fee_denominator,
            SWAP_ONLY if self.status == WAITING_TRADE else self.status,
            self.open_time,
        )
