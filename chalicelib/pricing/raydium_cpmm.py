"""Raydium CPMM: a constant product over two vaults, with an optional creator fee on either token."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Self

from chalicelib.errors import InsufficientLiquidity, PoolDisabled, PoolNotActive, UnsupportedPool
from chalicelib.pricing import constant_product
from chalicelib.pricing.records import Recorded
from chalicelib.pricing.swap import (
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

FEE_RATE_DENOMINATOR = 1_000_000
SWAP_DISABLED = 1 << 2
CREATOR_FEE_ON_INPUT, CREATOR_FEE_ON_TOKEN_0, CREATOR_FEE_ON_TOKEN_1 = 0, 1, 2


@dataclass(frozen=True, slots=True)
class RaydiumCpmmPool(Recorded):
    """A CPMM pool with its vault balances and the rates of its config.

    Amounts are base units, rates are millionths. `creator_fee_rate` is 0 where the pool has not enabled it.
    The fees of the protocol, the fund and the creator lie in the vaults until they are collected; they are no
    part of the reserves.
    """

    KIND: ClassVar[str] = "raydium_cpmm"

    vault_0: int
    vault_1: int
    trade_fee_rate: int
    protocol_fee_rate: int = 0
    fund_fee_rate: int = 0
    creator_fee_rate: int = 0
    creator_fee_on: int = CREATOR_FEE_ON_INPUT
    protocol_fees_0: int = 0
    protocol_fees_1: int = 0
    fund_fees_0: int = 0
    fund_fees_1: int = 0
    creator_fees_0: int = 0
    creator_fees_1: int = 0
    status: int = 0
    open_time: int = 0

    def __post_init__(self) -> None:
        """Raise `UnsupportedPool` for rates that no pool can have: they would take more than there is."""
        rates = self.trade_fee_rate, self.creator_fee_rate, self.protocol_fee_rate, self.fund_fee_rate
        if rates[0] + rates[1] >= FEE_RATE_DENOMINATOR or rates[2] + rates[3] > FEE_RATE_DENOMINATOR:
            raise UnsupportedPool(f"the rates of trade, creator, protocol and fund were {rates} millionths")

    @property
    def reserve_0(self) -> int:
        """Token 0 on the curve."""
        return self._spot(Direction.ONE_FOR_ZERO)[0]

    @property
    def reserve_1(self) -> int:
        """Token 1 on the curve."""
        return self._spot(Direction.ZERO_FOR_ONE)[0]

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap; raise `PoolDisabled`, `PoolNotActive`, `InsufficientLiquidity` or `ZeroOutput`."""
        if self.status & SWAP_DISABLED:
            raise PoolDisabled(f"the pool's status was {self.status}: swaps are disabled")
        if clock.unix_time < self.open_time:
            raise PoolNotActive(f"the pool opens at {self.open_time}, the clock was {clock.unix_time}")
        return require_output(self.exchange(amount_in, direction, clock))

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:  # noqa: ARG002
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned."""
        require_u64(amount_in)
        spot = self._spot(direction)
        reserve_out, reserve_in = spot
        if reserve_in <= 0 or reserve_out <= 0:
            raise InsufficientLiquidity(f"the reserves were {self.reserve_0} and {self.reserve_1}")
        trade, creator, creator_on_input = self._input_fees(amount_in, direction)
        swapped_in = amount_in - trade - creator
        swapped_out = reserve_out * swapped_in // (reserve_in + swapped_in)
        amount_out = swapped_out
        if not creator_on_input:
            creator = -(-swapped_out * self.creator_fee_rate // FEE_RATE_DENOMINATOR)
            amount_out -= creator
        fees = Fees(
            trade,
            FeeSide.INPUT,
            trade * self.protocol_fee_rate // FEE_RATE_DENOMINATOR,
            trade * self.fund_fee_rate // FEE_RATE_DENOMINATOR,
            creator,
            FeeSide.INPUT if creator_on_input else FeeSide.OUTPUT,
        )
        impact = price_impact(swapped_in, swapped_out, spot)
        return Swap(
            amount_in, amount_out, fees, impact, lambda: self._after(amount_in, amount_out, fees, direction)
        )

    def spot_price(self, direction: Direction) -> Fraction:
        """Base units out per base unit in of an infinitely small swap, fees excluded."""
        return spot_fraction(self._spot(direction))

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pool at the same invariant with token 0's price times about numerator/denominator."""
        moved_0, moved_1 = constant_product.moved_reserves(
            self.reserve_0, self.reserve_1, numerator, denominator
        )
        vault_0 = self.vault_0 - self.reserve_0 + moved_0
        return replace(self, vault_0=vault_0, vault_1=self.vault_1 - self.reserve_1 + moved_1)

    def _spot(self, direction: Direction) -> tuple[int, int]:
        reserve_0 = self.vault_0 - self.protocol_fees_0 - self.fund_fees_0 - self.creator_fees_0
        reserve_1 = self.vault_1 - self.protocol_fees_1 - self.fund_fees_1 - self.creator_fees_1
        return (reserve_1, reserve_0) if direction is Direction.ZERO_FOR_ONE else (reserve_0, reserve_1)

    def _input_fees(self, amount_in: int, direction: Direction) -> tuple[int, int, bool]:
        """Trade fee, creator fee so far, and whether the creator's is taken from the input.

        One ceiling is taken over both fees together, and the creator's share of it is rounded down.
        """
        trade_rate, creator_rate = self.trade_fee_rate, self.creator_fee_rate
        if creator_rate == 0:
            return -(-amount_in * trade_rate // FEE_RATE_DENOMINATOR), 0, True
        token_in = CREATOR_FEE_ON_TOKEN_0 if direction is Direction.ZERO_FOR_ONE else CREATOR_FEE_ON_TOKEN_1
        if self.creator_fee_on not in (CREATOR_FEE_ON_INPUT, token_in):
            return -(-amount_in * trade_rate // FEE_RATE_DENOMINATOR), 0, False
        total = -(-amount_in * (trade_rate + creator_rate) // FEE_RATE_DENOMINATOR)
        creator = total * creator_rate // (trade_rate + creator_rate)
        return total - creator, creator, True

    def _after(self, amount_in: int, amount_out: int, fees: Fees, direction: Direction) -> Self:
        collected = fees.protocol, fees.fund
        on_input = fees.creator_side is FeeSide.INPUT
        creator_in, creator_out = (fees.creator, 0) if on_input else (0, fees.creator)
        if direction is Direction.ZERO_FOR_ONE:
            changes = (amount_in, -amount_out, collected[0], 0, collected[1], 0, creator_in, creator_out)
        else:
            changes = (-amount_out, amount_in, 0, collected[0], 0, collected[1], creator_out, creator_in)
        vault_0, vault_1, protocol_0, protocol_1, fund_0, fund_1, creator_0, creator_1 = changes
        return type(self)(
            self.vault_0 + vault_0,
            self.vault_1 + vault_1,
            self.trade_fee_rate,
            self.protocol_fee_rate,
            self.fund_fee_rate,
            self.creator_fee_rate,
            self.creator_fee_on,
            self.protocol_fees_0 + protocol_0,
            self.protocol_fees_1 + protocol_1,
            self.fund_fees_0 + fund_0,
            self.fund_fees_1 + fund_1,
            self.creator_fees_0 + creator_0,
            self.creator_fees_1 + creator_1,
            self.status,
            self.open_time,
        )
