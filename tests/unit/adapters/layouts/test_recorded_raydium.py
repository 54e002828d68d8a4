from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.solana.layouts import raydium_amm_v4, raydium_clmm, raydium_cpmm
from chalicelib.adapters.solana.layouts.account import MAINNET, Account
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.domain import tokens
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.layouts.recorded import account, accounts_of, document, plain_mint, unpack, vault

SOL, USDC = 10**9, 10**6
CLMM_SWAPS = document("raydium_clmm")
CLOCK = PoolClock(unix_time=1_777_000_000, slot=441_841_915)


def test_the_recorded_amm_v4_pool_is_priced_at_the_market() -> None:
    recorded = account("raydium_amm_v4", "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2")
    decoded = raydium_amm_v4.decode_pool(recorded)
    pool = decoded.pool(
        vault(decoded.coin_vault, recorded.data[400:432], 68_848_141_036_243),
        vault(decoded.pc_vault, recorded.data[432:464], 6_599_656_042_948),
    )
    assert (decoded.coin_decimals, decoded.pc_decimals, pool.status) == (9, 6, 6)
    sold = pool.swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)
    bought = pool.swap(100 * USDC, Direction.ONE_FOR_ZERO, CLOCK)
    assert 95 * USDC < sold.amount_out < 96 * USDC
    assert sold.fees.trade == SOL * 25 // 10_000
    assert sold.price_impact_bps <= 1
    assert bought.amount_out < 100 * SOL / Decimal(95)


def test_the_recorded_cpmm_pool_is_priced_within_its_fee_of_its_spot_price() -> None:
    address = "Q2sPHPdUWFMg7M7wwrQKLrn619cAucfRsmhVJffodSp"
    at = {found.address: found for found in accounts_of("raydium_cpmm", address)}
    decoded = raydium_cpmm.decode_pool(at[address])
    config = raydium_cpmm.decode_config(at[decoded.config])
    mints = plain_mint(decoded.mint_0), plain_mint(decoded.mint_1, 6)
    pool = decoded.pool(config, (at[decoded.vault_0], at[decoded.vault_1]), mints)
    assert (config.trade_fee_rate, config.protocol_fee_rate, config.fund_fee_rate) == (2500, 120_000, 40_000)
    assert pool.protocol_fees_0 > 0
    swap = pool.swap(SOL // 100, Direction.ZERO_FOR_ONE, CLOCK)
    executed = swap.amount_out / (pool.spot_price(Direction.ZERO_FOR_ONE) * swap.amount_in)
    assert Decimal("0.99") < Decimal(executed.numerator) / executed.denominator < Decimal("0.9976")


def test_the_recorded_older_config_of_cpmm_is_decoded() -> None:
    config = raydium_cpmm.decode_config(account("raydium_cpmm", "metadao_amm_config", MAINNET.raydium_cpmm))
    assert config.trade_fee_rate == 2500


def clmm_pool_of(entry: dict[str, Any]) -> Any:
    owner = MAINNET.raydium_clmm
    decoded = raydium_clmm.decode_pool(
        Account(entry["pool"]["address"], owner, unpack(entry["pool"]["data"]))
    )
    arrays = [
        raydium_clmm.decode_tick_array(Account(array["address"], owner, unpack(array["data"])))
        for array in entry["tick_arrays"]
    ]
    # the config was not recorded: 0.04 % as the pool's metadata say
    config = raydium_clmm.ClmmConfig(decoded.config, 400, 120_000, 40_000, decoded.tick_spacing)
    return decoded.pool(config, arrays, (plain_mint(decoded.mint_0), plain_mint(decoded.mint_1, 6)))


@pytest.mark.parametrize("name", CLMM_SWAPS)
def test_a_swap_that_landed_on_mainnet_is_quoted_to_the_unit(name: str) -> None:
    entry = CLMM_SWAPS[name]
    landed = entry["swap"]
    direction = Direction.ZERO_FOR_ONE if landed["zero_for_one"] else Direction.ONE_FOR_ZERO
    clock = PoolClock(unix_time=landed["block_time"], slot=landed["slot"])
    swap = clmm_pool_of(entry).swap(landed["observed_amount_in"], direction, clock)
    assert swap.amount_out == landed["observed_amount_out"]


def test_a_recorded_clmm_pool_names_the_arrays_that_its_swaps_needed() -> None:
    for entry in CLMM_SWAPS.values():
        pool = entry["pool"]
        recorded = Account(pool["address"], MAINNET.raydium_clmm, unpack(pool["data"]))
        decoded = raydium_clmm.decode_pool(recorded)
        below, above = decoded.tick_array_starts(3)
        assert below[0] == above[0] == decoded.tick_current // 60 * 60


def test_a_recorded_account_of_another_kind_is_refused() -> None:
    with pytest.raises(UnsupportedPool, match="size"):
        raydium_cpmm.decode_pool(account("raydium_cpmm", "metadao_amm_config", MAINNET.raydium_cpmm))


def test_the_traded_tokens_have_the_decimals_of_the_recorded_accounts() -> None:
    pool = account("raydium_amm_v4", "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2")
    decoded = raydium_amm_v4.decode_pool(pool)
    assert (decoded.coin_mint, decoded.coin_decimals) == (tokens.SOL.mint, tokens.SOL.decimals)
    assert (decoded.pc_mint, decoded.pc_decimals) == (tokens.USDC.mint, tokens.USDC.decimals)
    pair = "FJbEo74c2W4QLBBVUfUvi8VBWXtMdJVPuFpq2f6UV1iB"
    mint = decode_mint(account("meteora_dlmm", f"{pair}/{tokens.SOL.mint}"), tokens.SOL.mint)
    assert mint.decimals == tokens.SOL.decimals
