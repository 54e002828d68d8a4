from typing import Any

import pytest

from chalicelib.adapters.solana.layouts import (
    meteora_damm_v2,
    meteora_dlmm,
    raydium_amm_v4,
    raydium_clmm,
    raydium_cpmm,
)
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.meteora_dlmm import bin_price
from chalicelib.pricing.swap import Direction, PoolClock
from tests.golden import amm_v4_case, clmm_case, cpmm_case, damm_v2_case, dlmm_case
from tests.unit.adapters.layouts import accounts
from tests.unit.adapters.layouts.states import cases


def named(name: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases(name)]


@pytest.mark.parametrize("case", named("raydium_amm_v4"))
def test_amm_v4_accounts_decode_to_the_state_that_they_were_written_from(case: dict[str, Any]) -> None:
    state = case["state"]
    vaults = (
        accounts.token_account("vault 0", "mint 0", state["coin_vault"]),
        accounts.token_account("vault 1", "mint 1", state["pc_vault"]),
    )
    decoded = raydium_amm_v4.decode_pool(accounts.amm_v4_pool(state))
    assert decoded.pool(*vaults) == amm_v4_case.pool_of(state)
    assert (decoded.coin_decimals, decoded.pc_decimals) == (
        int(state["coin_decimals"]),
        int(state["pc_decimals"]),
    )


@pytest.mark.parametrize("case", named("raydium_cpmm"))
def test_cpmm_accounts_decode_to_the_state_that_they_were_written_from(case: dict[str, Any]) -> None:
    state = case["state"]
    vaults = (
        accounts.token_account("vault 0", "mint 0", state["vault_0"]),
        accounts.token_account("vault 1", "mint 1", state["vault_1"]),
    )
    config = raydium_cpmm.decode_config(accounts.cpmm_config(state))
    decoded = raydium_cpmm.decode_pool(accounts.cpmm_pool(state))
    assert decoded.pool(config, vaults, accounts.MINTS) == cpmm_case.pool_of(state)


@pytest.mark.parametrize("case", named("raydium_clmm"))
def test_clmm_accounts_decode_to_the_state_that_they_were_written_from(case: dict[str, Any]) -> None:
    state = case["state"]
    config = raydium_clmm.decode_config(accounts.clmm_config(state))
    arrays = [raydium_clmm.decode_tick_array(array) for array in accounts.clmm_tick_arrays(state)]
    decoded = raydium_clmm.decode_pool(accounts.clmm_pool(state))
    extension = raydium_clmm.decode_bitmap_extension(accounts.clmm_extension(state))
    assert decoded.pool(config, arrays, accounts.MINTS, extension) == clmm_case.pool_of(state)


@pytest.mark.parametrize("case", named("meteora_dlmm"))
def test_dlmm_accounts_decode_to_the_state_that_they_were_written_from(case: dict[str, Any]) -> None:
    state = case["state"]
    arrays = [meteora_dlmm.decode_bin_array(array) for array in accounts.dlmm_bin_arrays(state)]
    extension = meteora_dlmm.decode_bitmap_extension(accounts.dlmm_extension(state))
    decoded = meteora_dlmm.decode_pair(accounts.dlmm_pair(state))
    assert decoded.pool(arrays, accounts.MINTS, extension) == dlmm_case.pool_of(state)


@pytest.mark.parametrize("case", named("meteora_damm_v2"))
def test_damm_v2_accounts_decode_to_the_state_that_they_were_written_from(case: dict[str, Any]) -> None:
    state = case["state"]
    decoded = meteora_damm_v2.decode_pool(accounts.damm_v2_pool(state, case["base_fee_data_hex"]))
    assert decoded.pool(accounts.MINTS) == damm_v2_case.pool_of(state)


def test_stored_bin_prices_are_those_of_the_bins_ids() -> None:
    for case in cases("meteora_dlmm"):
        step = int(case["state"]["bin_step"])
        for row in case["state"]["bins"]:
            assert bin_price(int(row[0]), step) == int(row[3])


def dlmm_bins_with_prices(price: str) -> list[meteora_dlmm.BinArray]:
    state = cases("meteora_dlmm")[1]["state"]
    priced = {**state, "bins": [[row[0], row[1], row[2], price, *row[4:]] for row in state["bins"]]}
    return [meteora_dlmm.decode_bin_array(array) for array in accounts.dlmm_bin_arrays(priced)]


def test_bins_whose_price_was_never_stored_are_refused_by_a_swap_as_by_the_program() -> None:
    pair = meteora_dlmm.decode_pair(accounts.dlmm_pair(cases("meteora_dlmm")[1]["state"]))
    pool = pair.pool(dlmm_bins_with_prices("0"), accounts.MINTS)
    with pytest.raises(UnsupportedPool, match="no price"):
        pool.swap(10**6, Direction.ZERO_FOR_ONE, PoolClock(1_760_000_000, 1))


def test_bins_with_the_price_of_another_are_refused() -> None:
    pair = meteora_dlmm.decode_pair(accounts.dlmm_pair(cases("meteora_dlmm")[1]["state"]))
    with pytest.raises(UnsupportedPool, match="has the price 7"):
        pair.pool(dlmm_bins_with_prices("7"), accounts.MINTS)
