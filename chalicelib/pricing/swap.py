"""Types and rules that all pool types share: direction, clock, fees, swap and price impact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from chalicelib.errors import InsufficientLiquidity, ZeroOutput
from chalicelib.pricing.records import Record

U32_MAX = 2**32 - 1
U64_MAX = 2**64 - 1
U128_MAX = 2**128 - 1
BASIS_POINTS = 10_000

PoolT_co = TypeVar("PoolT_co", covariant=True)


class Direction(Enum):
    """The direction of a swap. Token 0 is Raydium's coin or token 0, Meteora's X or A."""

    ZERO_FOR_ONE = "zero_for_one"
    ONE_FOR_ZERO = "one_for_zero"


class FeeSide(Enum):
    """The token in which a fee is taken, seen from the swap."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class PoolClock:
    """The chain's own time: the Clock sysvar read together with the pool, never the wall clock."""

    unix_time: int
    slot: int


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of one swap, in base units of the token that each is taken in.

    The trader pays `trade` in the token of `trade_side` and `creator`, on top, in that of `creator_side`.
    `protocol`, `fund`, `referral` and `compounding` are parts of `trade`; what they leave
    is the liquidity providers'. A kind that a pool type does not have is 0.
    """

    trade: int
    trade_side: FeeSide = FeeSide.INPUT
    protocol: int = 0
    fund: int = 0
    creator: int = 0
    creator_side: FeeSide = FeeSide.INPUT
    referral: int = 0
    compounding: int = 0

    @property
    def providers(self) -> int:
        """The part of the trade fee that stays with the liquidity providers."""
        return self.trade - self.protocol - self.fund - self.referral - self.compounding

    @property
    def on_input(self) -> int:
        """The fees that are deducted from the amount in before the curve."""
        trade = self.trade if self.trade_side is FeeSide.INPUT else 0
        return trade + (self.creator if self.creator_side is FeeSide.INPUT else 0)

    @property
    def on_output(self) -> int:
        """The fees that are deducted from the curve's output."""
        trade = self.trade if self.trade_side is FeeSide.OUTPUT else 0
        return trade + (self.creator if self.creator_side is FeeSide.OUTPUT else 0)


@dataclass(frozen=True, slots=True)
class Swap(Generic[PoolT_co]):
    """An exact-in swap, priced: the whole of `amount_in` is spent for `amount_out`.

    `price_impact_bps` is how far the executed price falls short of the spot price before the swap, fees
    excluded: see `price_impact`.
    """

    amount_in: int
    amount_out: int
    fees: Fees
    price_impact_bps: int
    settle: Callable[[], PoolT_co] = field(repr=False, compare=False)

    @property
    def pool(self) -> PoolT_co:
        """The state of the pool after the swap, computed when it is needed, because few quotes are taken."""
        return self.settle()


class Pool(Protocol):
    """A pool state: frozen, and complete enough to price an exact-in swap without any I/O."""

    KIND: ClassVar[str]

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap of `amount_in` base units; raise a `PoolError` where the program would."""
        ...

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:
        """Price a swap as `swap` does, without checking status and time; an output of zero is returned."""
        ...

    def spot_price(self, direction: Direction) -> Fraction:
        """The price of an infinitely small swap: base units out per base unit in, fees excluded."""
        ...

    def with_price_moved(self, numerator: int, denominator: int) -> Self:
        """The pool after an arbitrageur multiplied token 0's price by about numerator/denominator."""
        ...

    def to_record(self) -> Record:
        """The state as a JSON-able record."""
        ...

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The state of a record that `to_record` wrote."""
        ...


def ceil_div(dividend: int, divisor: int) -> int:
    """The quotient rounded up, for a positive divisor."""
    return -(-dividend // divisor)


def price_impact(swapped_in: int, swapped_out: int, spot: tuple[int, int]) -> int:
    """Return by how much a swap's price falls short of the spot price, in basis points rounded up.

    One definition for every pool type: ``1 - (swapped_out / swapped_in) / spot``, with what really met the
    curve: `swapped_in` is the amount in less the fees taken from it, `swapped_out` the amount out plus the
    fees taken from that. So no fee is part of it. `spot` is numerator and denominator of the price before.
    """
    numerator, denominator = spot
    at_spot = swapped_in * numerator
    lost = at_spot - swapped_out * denominator
    if lost <= 0:
        return 0
    return -(-BASIS_POINTS * lost // at_spot)


def require_u64(amount_in: int) -> None:
    """Refuse an amount that no token account can hold."""
    if not 0 <= amount_in <= U64_MAX:
        raise InsufficientLiquidity(f"the amount in was {amount_in}, which is no 64-bit amount")


def require_output(swap: Swap[PoolT_co]) -> Swap[PoolT_co]:
    """Refuse a swap that returns nothing: the programs do, at the latest for a minimum output of 1."""
    if swap.amount_out <= 0:
        raise ZeroOutput(f"an amount in of {swap.amount_in} returns nothing")
    return swap


def require_room(*held: int) -> None:
    """Refuse a swap after which an account would hold more than 64 bits."""
    if max(held) > U64_MAX:
        raise InsufficientLiquidity(f"the pool would hold {max(held)} of a token, which leaves 64 bits")


def spot_fraction(spot: tuple[int, int]) -> Fraction:
    """The price of numerator and denominator; raise `InsufficientLiquidity` where a side is empty."""
    if min(spot) <= 0:
        raise InsufficientLiquidity("the pool has no price: one of its sides is empty")
    return Fraction(*spot)
