"""Meteora DLMM accounts: the pair, its bin arrays, and the bitmap extension."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.adapters.solana.layouts import bitmaps
from chalicelib.adapters.solana.layouts.account import (
    MAINNET,
    NO_KEY,
    Account,
    ProgramIds,
    key,
    require_account,
    signed,
    unsigned,
)
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.meteora_dlmm import ACTIVATED_BY_TIME, FEE_ON_Y, MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin, Parameters

PAIR_SIZE, BIN_ARRAY_SIZE, EXTENSION_SIZE = 904, 10136, 1576
BINS_PER_ARRAY, BIN_SIZE, BINS_AT = 70, 144, 56
REWARDS_AT, REWARD_SIZE, REWARDS = 264, 144, 2
PERMISSIONED, CUSTOMIZABLE, PERMISSIONLESS_V2 = 1, 2, 3
WITH_LIMIT_ORDERS = 2
UNDETERMINED, LIQUIDITY_MINING, LIMIT_ORDER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class BinArray:
    """The bins of one array of seventy that hold anything. A price of 0 was never stored."""

    pair: str
    index: int
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class BitmapExtension:
    """The numbers of the bin arrays that exist beyond the pair's own bitmap."""

    pair: str
    arrays: frozenset[int]


@dataclass(frozen=True, slots=True)
class DlmmAccount:
    """The content of a pair's account, without its bins, which are in bin arrays."""

    address: str
    mint_x: str
    mint_y: str
    reserve_x: str
    reserve_y: str
    oracle: str
    active_id: int
    bin_step: int
    parameters: Parameters
    volatility_accumulator: int
    volatility_reference: int
    index_reference: int
    last_update_timestamp: int
    limit_orders: bool
    collect_fee_mode: int
    status: int
    activation_point: int
    activation_type: int
    arrays: frozenset[int] = field(repr=False)

    @property
    def needs_bitmap_extension(self) -> bool:
        """Whether the active bin lies beyond the pair's own bitmap, so that the extension must be read."""
        return bitmaps.is_beyond(self.active_id // BINS_PER_ARRAY)

    def bin_array_indexes(
        self, count: int, extension: BitmapExtension | None = None
    ) -> tuple[list[int], list[int]]:
        """The nearest `count` arrays that a swap X for Y, and Y for X, meets."""
        return bitmaps.nearest(self._existing(extension), self.active_id // BINS_PER_ARRAY, count)

    def pool(
        self,
        bin_arrays: Iterable[BinArray],
        mints: tuple[Account, Account],
        extension: BitmapExtension | None = None,
    ) -> MeteoraDlmmPool:
        """The state to price with, its bins up to the first array on either side that is not at hand.

        `UnsupportedPool` if an account is another's or a mint can't be priced.
        """
        decode_mint(mints[0], self.mint_x)
        decode_mint(mints[1], self.mint_y)
        at_hand = {array.index: array for array in bin_arrays}
        for array in at_hand.values():
            if array.pair != self.address:
                raise UnsupportedPool(f"the bin array {array.index} is of pair {array.pair}")
        existing = self._existing(extension)
        reached = bitmaps.contiguous(set(at_hand), existing, self.active_id // BINS_PER_ARRAY)
        return MeteoraDlmmPool(
            active_id=self.active_id,
            bin_step=self.bin_step,
            bins=tuple(self._own(b) for index in sorted(reached) for b in at_hand[index].bins),
            parameters=self.parameters,
            volatility_accumulator=self.volatility_accumulator,
            volatility_reference=self.volatility_reference,
            index_reference=self.index_reference,
            last_update_timestamp=self.last_update_timestamp,
            limit_orders=int(self.limit_orders),
            collect_fee_mode=self.collect_fee_mode,
            status=self.status,
            activation_point=self.activation_point,
            activation_type=self.activation_type,
        )

    def _own(self, bin_: Bin) -> Bin:
        """The bin, if its price is that of its id or was never stored."""
        if bin_.price not in (0, bin_price(bin_.id, self.bin_step)):
            raise UnsupportedPool(f"bin {bin_.id} of step {self.bin_step} has the price {bin_.price}")
        return bin_

    def _existing(self, extension: BitmapExtension | None) -> set[int]:
        if extension is None and not self.needs_bitmap_extension:
            return set(self.arrays)
        if extension is None:
            raise UnsupportedPool(f"the bitmap extension of pair {self.address} was not read")
        if extension.pair != self.address:
            raise UnsupportedPool(f"the bitmap extension is of pair {extension.pair}")
        return {*self.arrays, *extension.arrays}


def decode_pair(account: Account, programs: ProgramIds = MAINNET) -> DlmmAccount:
    """Decode a pair account; `UnsupportedPool` if it is none or has an unknown type or mode."""
    data = require_account(account, programs.meteora_dlmm, PAIR_SIZE, "LbPair")
    pair_type, function_type = data[75], data[35]
    modes = (pair_type, PERMISSIONLESS_V2), (function_type, LIMIT_ORDER), (data[36], FEE_ON_Y)
    if any(mode > known for mode, known in modes) or data[86] > ACTIVATED_BY_TIME:
        raise UnsupportedPool(
            f"pair {account.address}: type {pair_type}, function {function_type}, "
            f"collect_fee_mode {data[36]} or activation_type {data[86]} is unknown"
        )
    activated = pair_type in (PERMISSIONED, CUSTOMIZABLE)
    return DlmmAccount(
        address=account.address,
        mint_x=key(data, 88),
        mint_y=key(data, 120),
        reserve_x=key(data, 152),
        reserve_y=key(data, 184),
        oracle=key(data, 552),
        active_id=signed(data, 76, 4),
        bin_step=unsigned(data, 80, 2),
        parameters=_parameters(data),
        volatility_accumulator=unsigned(data, 40, 4),
        volatility_reference=unsigned(data, 44, 4),
        index_reference=signed(data, 48, 4),
        last_update_timestamp=signed(data, 56, 8),
        limit_orders=_fills_limit_orders(data, function_type),
        collect_fee_mode=data[36],
        status=data[82],
        activation_point=unsigned(data, 816, 8) if activated else 0,
        activation_type=data[86],
        arrays=frozenset(bitmaps.default_arrays(data[584:712])),
    )


def decode_bin_array(account: Account, programs: ProgramIds = MAINNET) -> BinArray:
    """Decode a bin array; `UnsupportedPool` if it is none, or newer than we know.

    Where limit orders stand now, arrays before version 2 still hold what removed fields left behind.
    """
    data = require_account(account, programs.meteora_dlmm, BIN_ARRAY_SIZE, "BinArray")
    index, version = signed(data, 8, 8), data[16]
    if version > WITH_LIMIT_ORDERS:
        raise UnsupportedPool(f"bin array {account.address}: the version was {version}")
    first = index * BINS_PER_ARRAY
    read = _bin if version == WITH_LIMIT_ORDERS else _bin_without_orders
    bins = (read(data, BINS_AT + i * BIN_SIZE, first + i) for i in range(BINS_PER_ARRAY))
    filled = (
        b for b in bins if b.amount_x or b.amount_y or b.open_order_amount or b.processed_order_remaining
    )
    return BinArray(key(data, 24), index, tuple(filled))


def decode_bitmap_extension(account: Account, programs: ProgramIds = MAINNET) -> BitmapExtension:
    """Decode a bitmap extension; `UnsupportedPool` if it is none."""
    data = require_account(account, programs.meteora_dlmm, EXTENSION_SIZE, "BinArrayBitmapExtension")
    arrays = bitmaps.bin_extension_arrays(positive=data[40:808], negative=data[808:1576])
    return BitmapExtension(key(data, 8), frozenset(arrays))


def _parameters(data: bytes) -> Parameters:
    return Parameters(
        base_factor=unsigned(data, 8, 2),
        base_fee_power_factor=data[34],
        filter_period=unsigned(data, 10, 2),
        decay_period=unsigned(data, 12, 2),
        reduction_factor=unsigned(data, 14, 2),
        variable_fee_control=unsigned(data, 16, 4),
        max_volatility_accumulator=unsigned(data, 20, 4),
        protocol_share=unsigned(data, 32, 2),
    )


def _fills_limit_orders(data: bytes, function_type: int) -> bool:
    """A pair of undetermined function fills limit orders as long as it has no reward."""
    if function_type != UNDETERMINED:
        return function_type == LIMIT_ORDER
    return all(key(data, REWARDS_AT + i * REWARD_SIZE) == NO_KEY for i in range(REWARDS))


def _bin_without_orders(data: bytes, at: int, bin_id: int) -> Bin:
    return Bin(bin_id, unsigned(data, at, 8), unsigned(data, at + 8, 8), unsigned(data, at + 16, 16))


def _bin(data: bytes, at: int, bin_id: int) -> Bin:
    return Bin(
        id=bin_id,
        amount_x=unsigned(data, at, 8),
        amount_y=unsigned(data, at + 8, 8),
        price=unsigned(data, at + 16, 16),
        open_order_amount=unsigned(data, at + 112, 8),
        processed_order_remaining=unsigned(data, at + 128, 8),
        limit_order_ask_side=data[at + 140],
    )
