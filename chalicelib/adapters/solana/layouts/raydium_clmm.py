"""Raydium CLMM accounts: the pool, its config, its tick arrays, and the bitmap extension."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.adapters.solana.layouts import bitmaps
from chalicelib.adapters.solana.layouts.account import (
    MAINNET,
    Account,
    ProgramIds,
    key,
    require_account,
    signed,
    unsigned,
)
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.raydium_clmm import FEE_ON_TOKEN_1, RaydiumClmmPool
from chalicelib.pricing.raydium_clmm_fees import ClmmDynamicFee
from chalicelib.pricing.raydium_clmm_walk import Tick
from chalicelib.pricing.ticks import MAX_TICK, MIN_TICK, sqrt_price_at_tick

POOL_SIZE, CONFIG_SIZE, TICK_ARRAY_SIZE, EXTENSION_SIZE = 1544, 117, 10240, 1832
TICKS_PER_ARRAY, TICK_SIZE, TICKS_AT = 60, 168, 44
DYNAMIC_FEE_AT, DYNAMIC_FEE_SIZE = 1096, 80


@dataclass(frozen=True, slots=True)
class ClmmConfig:
    """The fee rates of a config account, in millionths, and the tick spacing of its pools."""

    address: str
    trade_fee_rate: int
    protocol_fee_rate: int
    fund_fee_rate: int
    tick_spacing: int


@dataclass(frozen=True, slots=True)
class TickArray:
    """The initialised ticks of one array of sixty."""

    pool: str
    start: int
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class BitmapExtension:
    """The numbers of the tick arrays that exist beyond the pool's own bitmap."""

    pool: str
    arrays: frozenset[int]


@dataclass(frozen=True, slots=True)
class ClmmAccount:
    """The content of a pool account, without its ticks (in tick arrays) and rates (in the config)."""

    address: str
    config: str
    mint_0: str
    mint_1: str
    vault_0: str
    vault_1: str
    observation: str
    decimals_0: int
    decimals_1: int
    tick_spacing: int
    liquidity: int
    sqrt_price: int
    tick_current: int
    status: int
    fee_on: int
    open_time: int
    dynamic_fee: ClmmDynamicFee | None
    arrays: frozenset[int] = field(repr=False)

    @property
    def ticks_per_array(self) -> int:
        """How many ticks an array spans."""
        return TICKS_PER_ARRAY * self.tick_spacing

    @property
    def needs_bitmap_extension(self) -> bool:
        """Whether the price lies beyond the pool's own bitmap, so that the extension must be read."""
        return bitmaps.is_beyond(self._here)

    def tick_array_starts(
        self, count: int, extension: BitmapExtension | None = None
    ) -> tuple[list[int], list[int]]:
        """The start ticks of the nearest `count` arrays that a swap zero for one, and one for zero, meets."""
        below, above = bitmaps.nearest(self._existing(extension), self._here, count)
        return [n * self.ticks_per_array for n in below], [n * self.ticks_per_array for n in above]

    def pool(
        self,
        config: ClmmConfig,
        tick_arrays: Iterable[TickArray],
        mints: tuple[Account, Account],
        extension: BitmapExtension | None = None,
    ) -> RaydiumClmmPool:
        """The state to price with, its ticks up to the first array on either side that is not at hand.

        `UnsupportedPool` if an account is another's or a mint can't be priced.
        """
        if config.address != self.config:
            raise UnsupportedPool(f"the config was {config.address}, the pool names {self.config}")
        decode_mint(mints[0], self.mint_0)
        decode_mint(mints[1], self.mint_1)
        if config.tick_spacing != self.tick_spacing:
            raise UnsupportedPool(
                f"the tick spacing was {self.tick_spacing}, the config's {config.tick_spacing}"
            )
        at_hand = {array.start // self.ticks_per_array: array for array in tick_arrays}
        for array in at_hand.values():
            if array.pool != self.address:
                raise UnsupportedPool(f"the tick array at {array.start} is of pool {array.pool}")
            if not self._holds(array):
                raise UnsupportedPool(f"the tick array at {array.start} holds ticks that are not its own")
        reached = bitmaps.contiguous(set(at_hand), self._existing(extension), self._here)
        return RaydiumClmmPool(
            sqrt_price=self.sqrt_price,
            tick_current=self.tick_current,
            liquidity=self.liquidity,
            tick_spacing=self.tick_spacing,
            ticks=tuple(tick for number in sorted(reached) for tick in at_hand[number].ticks),
            trade_fee_rate=config.trade_fee_rate,
            protocol_fee_rate=config.protocol_fee_rate,
            fund_fee_rate=config.fund_fee_rate,
            fee_on=self.fee_on,
            dynamic_fee=self.dynamic_fee,
            status=self.status,
            open_time=self.open_time,
        )

    def _holds(self, array: TickArray) -> bool:
        """Whether the array's ticks stand in order at multiples of the spacing within its range."""
        first, indexes = array.start, [tick.index for tick in array.ticks]
        allowed = range(max(first, MIN_TICK), min(first + self.ticks_per_array, MAX_TICK + 1))
        return (
            first % self.ticks_per_array == 0
            and indexes == sorted(set(indexes))
            and all(index in allowed and index % self.tick_spacing == 0 for index in indexes)
        )

    @property
    def _here(self) -> int:
        return self.tick_current // self.ticks_per_array

    def _existing(self, extension: BitmapExtension | None) -> set[int]:
        if extension is None and not self.needs_bitmap_extension:
            return set(self.arrays)
        if extension is None:
            raise UnsupportedPool(f"the bitmap extension of pool {self.address} was not read")
        if extension.pool != self.address:
            raise UnsupportedPool(f"the bitmap extension is of pool {extension.pool}")
        return {*self.arrays, *extension.arrays}


def decode_pool(account: Account, programs: ProgramIds = MAINNET) -> ClmmAccount:
    """Decode a pool account; `UnsupportedPool` if it is none, or takes fees in an unknown way."""
    data = require_account(account, programs.raydium_clmm, POOL_SIZE, "PoolState")
    pool = ClmmAccount(
        address=account.address,
        config=key(data, 9),
        mint_0=key(data, 73),
        mint_1=key(data, 105),
        vault_0=key(data, 137),
        vault_1=key(data, 169),
        observation=key(data, 201),
        decimals_0=data[233],
        decimals_1=data[234],
        tick_spacing=unsigned(data, 235, 2),
        liquidity=unsigned(data, 237, 16),
        sqrt_price=unsigned(data, 253, 16),
        tick_current=signed(data, 269, 4),
        status=data[389],
        fee_on=data[390],
        open_time=unsigned(data, 1080, 8),
        dynamic_fee=_dynamic_fee(data[DYNAMIC_FEE_AT : DYNAMIC_FEE_AT + DYNAMIC_FEE_SIZE]),
        arrays=frozenset(bitmaps.default_arrays(data[904:1032])),
    )
    if pool.fee_on > FEE_ON_TOKEN_1:
        raise UnsupportedPool(f"pool {account.address}: fee_on was {pool.fee_on}")
    if pool.tick_spacing == 0 or not _price_fits(pool):
        raise UnsupportedPool(f"pool {account.address}: price, tick and tick spacing don't fit each other")
    return pool


def decode_config(account: Account, programs: ProgramIds = MAINNET) -> ClmmConfig:
    """Decode a config account; `UnsupportedPool` if it is none."""
    data = require_account(account, programs.raydium_clmm, CONFIG_SIZE, "AmmConfig")
    return ClmmConfig(
        address=account.address,
        trade_fee_rate=unsigned(data, 47, 4),
        protocol_fee_rate=unsigned(data, 43, 4),
        fund_fee_rate=unsigned(data, 53, 4),
        tick_spacing=unsigned(data, 51, 2),
    )


def decode_tick_array(account: Account, programs: ProgramIds = MAINNET) -> TickArray:
    """Decode a tick array; `UnsupportedPool` if it is none."""
    data = require_account(account, programs.raydium_clmm, TICK_ARRAY_SIZE, "TickArrayState")
    ticks = (_tick(data, TICKS_AT + i * TICK_SIZE) for i in range(TICKS_PER_ARRAY))
    initialised = tuple(tick for tick in ticks if tick.liquidity_gross or tick.unfilled)
    return TickArray(key(data, 8), signed(data, 40, 4), initialised)


def decode_bitmap_extension(account: Account, programs: ProgramIds = MAINNET) -> BitmapExtension:
    """Decode a bitmap extension; `UnsupportedPool` if it is none."""
    data = require_account(account, programs.raydium_clmm, EXTENSION_SIZE, "TickArrayBitmapExtension")
    arrays = bitmaps.tick_extension_arrays(positive=data[40:936], negative=data[936:1832])
    return BitmapExtension(key(data, 8), frozenset(arrays))


def _tick(data: bytes, at: int) -> Tick:
    return Tick(
        index=signed(data, at, 4),
        liquidity_net=signed(data, at + 4, 16),
        liquidity_gross=unsigned(data, at + 20, 16),
        orders_amount=unsigned(data, at + 124, 8),
        part_filled_orders_remaining=unsigned(data, at + 132, 8),
    )


def _dynamic_fee(data: bytes) -> ClmmDynamicFee | None:
    """The dynamic fee of its 80 bytes, which are all zero in a pool without one."""
    if not any(data):
        return None
    return ClmmDynamicFee(
        filter_period=unsigned(data, 0, 2),
        decay_period=unsigned(data, 2, 2),
        reduction_factor=unsigned(data, 4, 2),
        dynamic_fee_control=unsigned(data, 6, 4),
        max_volatility_accumulator=unsigned(data, 10, 4),
        tick_spacing_index_reference=signed(data, 14, 4),
        volatility_reference=unsigned(data, 18, 4),
        volatility_accumulator=unsigned(data, 22, 4),
        last_update_timestamp=unsigned(data, 26, 8),
    )


def _price_fits(pool: ClmmAccount) -> bool:
    """Whether the price lies in its tick; on the upper edge it may already count as the tick above."""
    tick = pool.tick_current
    if not MIN_TICK <= tick <= MAX_TICK:
        return False
    return sqrt_price_at_tick(tick) <= pool.sqrt_price <= sqrt_price_at_tick(tick + 1)
