from base64 import b64decode
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.solana.layouts import raydium_amm_v4, raydium_clmm, raydium_cpmm
from chalicelib.adapters.solana.layouts.account import MAINNET, Account
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.layouts.recorded import POOLS, account, binary, document, plain_mint, recorded, vault

SOL, USDC = 10**9, 10**6
CLMM_SWAPS = sorted(path.name for path in (POOLS / "raydium_clmm").glob("swap_*.json"))
CLOCK = PoolClock(unix_time=1_777_000_000, slot=441_841_915)


@recorded
def test_the_recorded_amm_v4_pool_is_priced_at_the_market() -> None:
    entry = document("raydium_amm_v4/solinv_58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2.json")
    decoded = raydium_amm_v4.decode_pool(account(entry["pubkey"], entry))
    raw = b64decode(entry["data"])
    pool = decoded.pool(
        vault(decoded.coin_vault, raw[400:432], 68_848_141_036_243),
        vault(decoded.pc_vault, raw[432:464], 6_599_656_042_948),
    )
    assert (decoded.coin_decimals, decoded.pc_decimals, pool.status) == (9, 6, 6)
    sold = pool.swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)
    bought = pool.swap(100 * USDC, Direction.ONE_FOR_ZERO, CLOCK)
    assert 95 * USDC < sold.amount_out < 96 * USDC
    assert sold.fees.trade == SOL * 25 // 10_000
    assert sold.price_impact_bps <= 1
    assert bought.amount_out < 100 * SOL / Decimal(95)


@recorded
def test_the_recorded_cpmm_pool_is_priced_within_its_fee_of_its_spot_price() -> None:
    entries = document("raydium_cpmm/dripline_sol_bonk_Q2sP_slot441841911.json")
    at = {address: account(address, entry) for address, entry in entries["accounts"].items()}
    decoded = raydium_cpmm.decode_pool(at[entries["pool"]])
    config = raydium_cpmm.decode_config(at[decoded.config])
    mints = plain_mint(decoded.mint_0), plain_mint(decoded.mint_1, 6)
    pool = decoded.pool(config, (at[decoded.vault_0], at[decoded.vault_1]), mints)
    assert (config.trade_fee_rate, config.protocol_fee_rate, config.fund_fee_rate) == (2500, 120_000, 40_000)
    assert pool.protocol_fees_0 > 0
    swap = pool.swap(SOL // 100, Direction.ZERO_FOR_ONE, CLOCK)
    executed = swap.amount_out / (pool.spot_price(Direction.ZERO_FOR_ONE) * swap.amount_in)
    assert Decimal("0.99") < Decimal(executed.numerator) / executed.denominator < Decimal("0.9976")


@recorded
def test_the_recorded_older_config_of_cpmm_is_decoded() -> None:
    config = raydium_cpmm.decode_config(binary("raydium_cpmm/metadao_amm_config.bin", MAINNET.raydium_cpmm))
    assert config.trade_fee_rate == 2500


def clmm_pool_of(entry: dict[str, Any]) -> Any:
    owner = MAINNET.raydium_clmm
    decoded = raydium_clmm.decode_pool(Account(entry["pool_address"], owner, b64decode(entry["pool_b64"])))
    arrays = [
        raydium_clmm.decode_tick_array(Account(array["address"], owner, b64decode(array["data_b64"])))
        for array in entry["tick_arrays"]
    ]
    # the config was not recorded: 0.04 % as the pool's metadata say
    config = raydium_clmm.ClmmConfig(decoded.config, 400, 120_000, 40_000, decoded.tick_spacing)
    return decoded.pool(config, arrays, (plain_mint(decoded.mint_0), plain_mint(decoded.mint_1, 6)))


@recorded
@pytest.mark.parametrize("name", CLMM_SWAPS)
def test_a_swap_that_landed_on_mainnet_is_quoted_to_the_unit(name: str) -> None:
    entry = document(f"raydium_clmm/{name}")
    landed = entry["swap"]
    direction = Direction.ZERO_FOR_ONE if landed["zero_for_one"] else Direction.ONE_FOR_ZERO
    clock = PoolClock(unix_time=landed["block_time"], slot=landed["slot"])
    swap = clmm_pool_of(entry).swap(landed["observed_amount_in"], direction, clock)
    assert swap.amount_out == landed["observed_amount_out"]


@recorded
def test_a_recorded_clmm_pool_names_the_arrays_that_its_swaps_needed() -> None:
    for name in CLMM_SWAPS:
        entry = document(f"raydium_clmm/{name}")
        address, owner = entry["pool_address"], MAINNET.raydium_clmm
        decoded = raydium_clmm.decode_pool(Account(address, owner, b64decode(entry["pool_b64"])))
        below, above = decoded.tick_array_starts(3)
        assert below[0] == above[0] == decoded.tick_current // 60 * 60


@recorded
def test_a_recorded_account_of_another_kind_is_refused() -> None:
    with pytest.raises(UnsupportedPool, match="size"):
        raydium_cpmm.decode_pool(binary("raydium_cpmm/metadao_amm_config.bin", MAINNET.raydium_cpmm))
