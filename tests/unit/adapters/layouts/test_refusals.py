from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.solana.layouts import (
    meteora_damm_v2,
    meteora_dlmm,
    raydium_amm_v4,
    raydium_clmm,
    raydium_cpmm,
)
from chalicelib.adapters.solana.layouts.account import DEVNET, Account
from chalicelib.adapters.solana.layouts.tokens import TOKEN_2022_PROGRAM
from chalicelib.errors import PoolDisabled, PoolNotActive, UnsupportedPool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.layouts import accounts
from tests.unit.adapters.layouts.states import cases

AMM_V4 = cases("raydium_amm_v4")[1]["state"]
CPMM = cases("raydium_cpmm")[1]["state"]
CLMM = cases("raydium_clmm")[0]["state"]
DLMM = cases("meteora_dlmm")[1]["state"]
DAMM = cases("meteora_damm_v2")[0]["state"]
NO_FEE = "00" * 32
CLOCK = PoolClock(unix_time=1_760_000_000, slot=400_000_000)

Decode = Callable[[Account], Any]
DECODERS: list[tuple[Decode, Account]] = [
    (raydium_amm_v4.decode_pool, accounts.amm_v4_pool(AMM_V4)),
    (raydium_cpmm.decode_pool, accounts.cpmm_pool(CPMM)),
    (raydium_cpmm.decode_config, accounts.cpmm_config(CPMM)),
    (raydium_clmm.decode_pool, accounts.clmm_pool(CLMM)),
    (raydium_clmm.decode_config, accounts.clmm_config(CLMM)),
    (raydium_clmm.decode_tick_array, accounts.clmm_tick_arrays(CLMM)[0]),
    (raydium_clmm.decode_bitmap_extension, accounts.clmm_extension(CLMM)),
    (meteora_dlmm.decode_pair, accounts.dlmm_pair(DLMM)),
    (meteora_dlmm.decode_bin_array, accounts.dlmm_bin_arrays(DLMM)[0]),
    (meteora_dlmm.decode_bitmap_extension, accounts.dlmm_extension(DLMM)),
    (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, NO_FEE)),
]
every_decoder = pytest.mark.parametrize(("decode", "account"), DECODERS)


@every_decoder
def test_an_account_of_another_program_is_refused(decode: Decode, account: Account) -> None:
    with pytest.raises(UnsupportedPool, match="owner"):
        decode(replace(account, owner=accounts.address("another program")))


@every_decoder
def test_an_account_of_another_size_is_refused(decode: Decode, account: Account) -> None:
    with pytest.raises(UnsupportedPool, match="size"):
        decode(replace(account, data=account.data + b"\0"))
    with pytest.raises(UnsupportedPool, match="size"):
        decode(replace(account, data=account.data[:-1]))


@pytest.mark.parametrize(("decode", "account"), DECODERS[1:])
def test_an_account_of_another_kind_is_refused(decode: Decode, account: Account) -> None:
    with pytest.raises(UnsupportedPool, match="discriminator"):
        decode(replace(account, data=b"\0" * 8 + account.data[8:]))


def test_the_programs_of_devnet_are_others() -> None:
    on_devnet = replace(accounts.cpmm_pool(CPMM), owner=DEVNET.raydium_cpmm)
    assert raydium_cpmm.decode_pool(on_devnet, DEVNET).address == accounts.address("pool")
    with pytest.raises(UnsupportedPool, match="owner"):
        raydium_cpmm.decode_pool(on_devnet)


@pytest.mark.parametrize(
    ("decode", "account", "reason"),
    [
        (raydium_amm_v4.decode_pool, accounts.amm_v4_pool(AMM_V4, at_0=b"\1"), "order book"),
        (raydium_amm_v4.decode_pool, accounts.amm_v4_pool(AMM_V4, at_184=b"\1\0"), "fee"),
        (raydium_cpmm.decode_pool, accounts.cpmm_pool(CPMM, at_389=b"\3"), "creator_fee_on"),
        (raydium_clmm.decode_pool, accounts.clmm_pool(CLMM, at_390=b"\3"), "fee_on"),
        (raydium_clmm.decode_pool, accounts.clmm_pool(CLMM, at_269=b"\0\0\0\0"), "tick"),
        (meteora_dlmm.decode_pair, accounts.dlmm_pair(DLMM, at_35=b"\3"), "function"),
        (meteora_dlmm.decode_pair, accounts.dlmm_pair(DLMM, at_36=b"\2"), "collect_fee_mode"),
        (meteora_dlmm.decode_pair, accounts.dlmm_pair(DLMM, at_75=b"\4"), "type"),
        (meteora_dlmm.decode_pair, accounts.dlmm_pair(DLMM, at_86=b"\2"), "activation_type"),
        (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, "00" * 8 + "05"), "base fee mode"),
        (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, NO_FEE, at_484=b"\3"), "collect_fee_mode"),
        (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, NO_FEE, at_486=b"\2"), "fee_version"),
        (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, NO_FEE, at_480=b"\2"), "activation_type"),
        (meteora_damm_v2.decode_pool, accounts.damm_v2_pool(DAMM, NO_FEE, at_696=b"\2"), "layout_version"),
    ],
)
def test_an_unknown_mode_or_flag_is_refused_with_the_reason(
    decode: Decode, account: Account, reason: str
) -> None:
    with pytest.raises(UnsupportedPool, match=reason):
        decode(account)


def test_a_bin_array_of_a_newer_version_is_refused() -> None:
    with pytest.raises(UnsupportedPool, match="version"):
        meteora_dlmm.decode_bin_array(accounts.dlmm_bin_array(0, [], version=3))


def test_what_removed_fields_left_in_an_old_bin_array_is_no_limit_order() -> None:
    row = ["1", "5", "6", "7", "8", "9", "1"]
    (bin_,) = meteora_dlmm.decode_bin_array(accounts.dlmm_bin_array(0, [row], version=1)).bins
    assert (bin_.amount_x, bin_.amount_y, bin_.price) == (5, 6, 7)
    assert (bin_.open_order_amount, bin_.processed_order_remaining) == (0, 0)


def test_another_pools_accounts_are_refused() -> None:
    vaults = (
        accounts.token_account("vault 0", "mint 0", 1),
        accounts.token_account("vault 1", "mint 1", 1),
    )
    config = raydium_cpmm.decode_config(accounts.cpmm_config(CPMM))
    pool = raydium_cpmm.decode_pool(accounts.cpmm_pool(CPMM))
    with pytest.raises(UnsupportedPool, match="vault"):
        pool.pool(config, (vaults[1], vaults[0]), accounts.MINTS)
    with pytest.raises(UnsupportedPool, match="mint"):
        pool.pool(config, vaults, (accounts.MINTS[1], accounts.MINTS[0]))
    with pytest.raises(UnsupportedPool, match="config"):
        pool.pool(replace(config, address="another"), vaults, accounts.MINTS)
    with pytest.raises(UnsupportedPool, match="mint was"):
        pool.pool(config, (accounts.token_account("vault 0", "mint 1", 1), vaults[1]), accounts.MINTS)


def test_another_pools_ticks_and_bins_are_refused() -> None:
    config = raydium_clmm.decode_config(accounts.clmm_config(CLMM))
    ticks = raydium_clmm.decode_tick_array(accounts.clmm_tick_arrays(CLMM)[0])
    clmm = raydium_clmm.decode_pool(accounts.clmm_pool(CLMM))
    with pytest.raises(UnsupportedPool, match="tick array"):
        clmm.pool(config, [replace(ticks, pool="another")], accounts.MINTS)
    with pytest.raises(UnsupportedPool, match="extension"):
        clmm.pool(config, [ticks], accounts.MINTS, raydium_clmm.BitmapExtension("another", frozenset()))
    bins = meteora_dlmm.decode_bin_array(accounts.dlmm_bin_arrays(DLMM)[0])
    dlmm = meteora_dlmm.decode_pair(accounts.dlmm_pair(DLMM))
    with pytest.raises(UnsupportedPool, match="bin array"):
        dlmm.pool([replace(bins, pair="another")], accounts.MINTS)
    with pytest.raises(UnsupportedPool, match="extension"):
        dlmm.pool([bins], accounts.MINTS, meteora_dlmm.BitmapExtension("another", frozenset()))


def test_amm_v4_refuses_vaults_of_token_2022() -> None:
    vault = replace(accounts.token_account("vault 0", "mint 0", 1), owner=TOKEN_2022_PROGRAM)
    pool = raydium_amm_v4.decode_pool(accounts.amm_v4_pool(AMM_V4))
    with pytest.raises(UnsupportedPool, match="SPL Token only"):
        pool.pool(vault, accounts.token_account("vault 1", "mint 1", 1))


def test_a_disabled_dlmm_pair_and_damm_v2_pool_are_not_priced() -> None:
    arrays = [meteora_dlmm.decode_bin_array(array) for array in accounts.dlmm_bin_arrays(DLMM)]
    pair = meteora_dlmm.decode_pair(accounts.dlmm_pair(DLMM, at_82=b"\1"))
    with pytest.raises(PoolDisabled):
        pair.pool(arrays, accounts.MINTS).swap(1_000, Direction.ZERO_FOR_ONE, CLOCK)
    pool = meteora_damm_v2.decode_pool(accounts.damm_v2_pool(DAMM, NO_FEE, at_481=b"\1"))
    with pytest.raises(PoolDisabled):
        pool.pool(accounts.MINTS).swap(1_000, Direction.ZERO_FOR_ONE, CLOCK)


def test_an_activation_ahead_counts_for_permissioned_pairs_only() -> None:
    ahead = accounts.number(CLOCK.unix_time + 1, 8)
    arrays = [meteora_dlmm.decode_bin_array(array) for array in accounts.dlmm_bin_arrays(DLMM)]
    permissioned = meteora_dlmm.decode_pair(accounts.dlmm_pair(DLMM, at_75=b"\1", at_816=ahead))
    with pytest.raises(PoolNotActive):
        permissioned.pool(arrays, accounts.MINTS).swap(1_000, Direction.ZERO_FOR_ONE, CLOCK)
    open_to_all = meteora_dlmm.decode_pair(accounts.dlmm_pair(DLMM, at_75=b"\3", at_816=ahead))
    assert open_to_all.pool(arrays, accounts.MINTS).activation_point == 0


def test_an_activation_slot_is_compared_with_the_slot() -> None:
    at_slot = accounts.number(CLOCK.slot + 1, 8)
    decoded = meteora_damm_v2.decode_pool(accounts.damm_v2_pool(DAMM, NO_FEE, at_472=at_slot, at_480=b"\0"))
    pool = decoded.pool(accounts.MINTS)
    with pytest.raises(PoolNotActive):
        pool.swap(1_000, Direction.ZERO_FOR_ONE, CLOCK)
    assert pool.swap(1_000_000, Direction.ZERO_FOR_ONE, replace(CLOCK, slot=CLOCK.slot + 1)).amount_out


def test_a_config_of_another_tick_spacing_is_refused() -> None:
    config = raydium_clmm.decode_config(accounts.clmm_config(CLMM))
    pool = raydium_clmm.decode_pool(accounts.clmm_pool(CLMM))
    with pytest.raises(UnsupportedPool, match="tick spacing"):
        pool.pool(replace(config, tick_spacing=config.tick_spacing + 1), (), accounts.MINTS)


def test_a_tick_array_with_ticks_that_are_not_its_own_is_refused() -> None:
    config = raydium_clmm.decode_config(accounts.clmm_config(CLMM))
    pool = raydium_clmm.decode_pool(accounts.clmm_pool(CLMM))
    array = raydium_clmm.decode_tick_array(accounts.clmm_tick_arrays(CLMM)[0])
    first, spacing = array.ticks[0], pool.tick_spacing
    assert spacing > 1
    wrong = [
        replace(array, start=array.start + spacing),
        replace(array, ticks=(replace(first, index=first.index + 1),)),
        replace(array, ticks=(replace(first, index=array.start - spacing),)),
        replace(array, ticks=(replace(first, index=array.start + pool.ticks_per_array),)),
        replace(array, ticks=(first, first)),
        replace(
            array, ticks=(replace(first, index=array.start + spacing), replace(first, index=array.start))
        ),
    ]
    for spoilt in wrong:
        with pytest.raises(UnsupportedPool, match="not its own"):
            pool.pool(config, [spoilt], accounts.MINTS)
