from dataclasses import replace

import pytest

from chalicelib.adapters.solana.layouts import bitmaps, meteora_dlmm, raydium_clmm
from chalicelib.errors import InsufficientLiquidity, UnsupportedPool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.layouts import accounts
from tests.unit.adapters.layouts.states import cases

CLOCK = PoolClock(unix_time=1_760_000_000, slot=0)


def bit(number: int, size: int) -> bytes:
    return (1 << number).to_bytes(size, "little")


@pytest.mark.parametrize(("number", "array"), [(0, -512), (511, -1), (512, 0), (1023, 511)])
def test_a_pools_own_bitmap_counts_from_the_middle(number: int, array: int) -> None:
    assert bitmaps.default_arrays(bit(number, 128)) == {array}


@pytest.mark.parametrize(("number", "array"), [(0, -1024), (511, -513), (512, -1536), (1023, -1025)])
def test_raydiums_lower_extension_ascends_within_each_run(number: int, array: int) -> None:
    assert bitmaps.tick_extension_arrays(bytes(896), bit(number, 896)) == {array}


@pytest.mark.parametrize(("number", "array"), [(0, -513), (511, -1024), (512, -1025)])
def test_meteoras_lower_extension_counts_downwards(number: int, array: int) -> None:
    assert bitmaps.bin_extension_arrays(bytes(768), bit(number, 768)) == {array}


@pytest.mark.parametrize(("number", "array"), [(0, 512), (511, 1023), (512, 1024)])
def test_the_upper_extensions_go_on_where_the_pools_bitmap_ends(number: int, array: int) -> None:
    assert bitmaps.tick_extension_arrays(bit(number, 896), bytes(896)) == {array}
    assert bitmaps.bin_extension_arrays(bit(number, 768), bytes(768)) == {array}


def test_the_nearest_arrays_are_named_in_the_order_in_which_a_swap_meets_them() -> None:
    assert bitmaps.nearest({-9, -3, 0, 4, 7}, 0, 2) == ([0, -3], [0, 4])
    assert bitmaps.nearest({-9, -3, 4, 7}, 0, 3) == ([-3, -9], [4, 7])


def test_a_missing_array_ends_what_can_be_walked() -> None:
    existing = {-5, -3, 0, 4, 7}
    assert bitmaps.contiguous({-5, 0, 4, 7}, existing, 0) == {0, 4, 7}
    assert bitmaps.contiguous({-5, -3, 7}, existing, -2) == {-5, -3}


def test_nothing_can_be_walked_without_the_array_of_the_price() -> None:
    assert bitmaps.contiguous({-3, 4}, {-3, 0, 4}, 0) == set()


def test_a_clmm_swap_never_skips_a_tick_array_that_is_not_at_hand() -> None:
    state = cases("raydium_clmm")[0]["state"]
    config = raydium_clmm.decode_config(accounts.clmm_config(state))
    arrays = [raydium_clmm.decode_tick_array(array) for array in accounts.clmm_tick_arrays(state)]
    decoded = raydium_clmm.decode_pool(accounts.clmm_pool(state))
    below, _ = decoded.tick_array_starts(8)
    assert below == sorted((a.start for a in arrays if a.start <= decoded.tick_current), reverse=True)
    without_second = decoded.pool(config, [a for a in arrays if a.start != below[1]], accounts.MINTS)
    assert min(tick.index for tick in without_second.ticks) >= below[0]
    with pytest.raises(InsufficientLiquidity):
        without_second.swap(10**19, Direction.ZERO_FOR_ONE, CLOCK)


def test_a_dlmm_swap_never_skips_a_bin_array_that_is_not_at_hand() -> None:
    state = next(c["state"] for c in cases("meteora_dlmm") if len(c["state"]["bins"]) > 140)
    arrays = [meteora_dlmm.decode_bin_array(array) for array in accounts.dlmm_bin_arrays(state)]
    decoded = meteora_dlmm.decode_pair(accounts.dlmm_pair(state))
    extension = meteora_dlmm.decode_bitmap_extension(accounts.dlmm_extension(state))
    here = decoded.active_id // 70
    assert decoded.bin_array_indexes(1, extension) == ([here], [here])
    rest = [array for array in arrays if array.index != here]
    assert decoded.pool(rest, accounts.MINTS, extension).bins == ()


@pytest.mark.parametrize(("array", "beyond"), [(-513, True), (-512, False), (511, False), (512, True)])
def test_a_price_beyond_the_pools_own_bitmap_can_not_be_read_without_the_extension(
    array: int, beyond: bool
) -> None:
    clmm = raydium_clmm.decode_pool(accounts.clmm_pool(cases("raydium_clmm")[0]["state"]))
    dlmm = meteora_dlmm.decode_pair(accounts.dlmm_pair(cases("meteora_dlmm")[1]["state"]))
    far_clmm = replace(clmm, tick_current=array * clmm.ticks_per_array)
    far_dlmm = replace(dlmm, active_id=array * 70)
    assert far_clmm.needs_bitmap_extension is far_dlmm.needs_bitmap_extension is beyond
    if beyond:
        with pytest.raises(UnsupportedPool, match="bitmap extension"):
            far_clmm.tick_array_starts(1)
        with pytest.raises(UnsupportedPool, match="bitmap extension"):
            far_dlmm.bin_array_indexes(1)
    else:
        far_clmm.tick_array_starts(1)
        far_dlmm.bin_array_indexes(1)
