"""Pools as their accounts were recorded, taken apart so that a test can spoil one and decode them anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.solana.layouts import (
    meteora_damm_v2,
    meteora_dlmm,
    raydium_amm_v4,
    raydium_clmm,
    raydium_cpmm,
)
from chalicelib.adapters.solana.layouts.account import MAINNET, Account
from chalicelib.pricing.swap import PoolClock
from tests.unit.adapters.layouts.accounts import clmm_config
from tests.unit.adapters.layouts.recorded import account, accounts_of, document, plain_mint, unpack, vault

Accounts = dict[str, Account]
CLOCK = PoolClock(unix_time=1_777_000_000, slot=449_000_000)
"""After all of them opened."""


@dataclass(frozen=True)
class RecordedPool:
    """The accounts of one pool by their role, and how they make its state."""

    accounts: Accounts
    decode: Callable[[Accounts], Any]


def amm_v4() -> RecordedPool:
    pool = account("raydium_amm_v4", "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2")
    decoded = raydium_amm_v4.decode_pool(pool)
    accounts = {
        "pool": pool,
        "coin": vault(decoded.coin_vault, pool.data[400:432], 68_848_141_036_243),
        "pc": vault(decoded.pc_vault, pool.data[432:464], 6_599_656_042_948),
    }
    return RecordedPool(
        accounts, lambda at: raydium_amm_v4.decode_pool(at["pool"]).pool(at["coin"], at["pc"])
    )


def cpmm() -> RecordedPool:
    address = "Q2sPHPdUWFMg7M7wwrQKLrn619cAucfRsmhVJffodSp"
    at = {found.address: found for found in accounts_of("raydium_cpmm", address)}
    decoded = raydium_cpmm.decode_pool(at[address])
    accounts = {
        "pool": at[address],
        "config": at[decoded.config],
        "vault 0": at[decoded.vault_0],
        "vault 1": at[decoded.vault_1],
        "mint 0": plain_mint(decoded.mint_0),
        "mint 1": plain_mint(decoded.mint_1, 6),
    }

    def decode(at: Accounts) -> Any:
        config = raydium_cpmm.decode_config(at["config"])
        pool = raydium_cpmm.decode_pool(at["pool"])
        return pool.pool(config, (at["vault 0"], at["vault 1"]), (at["mint 0"], at["mint 1"]))

    return RecordedPool(accounts, decode)


def clmm() -> RecordedPool:
    entry = next(iter(document("raydium_clmm").values()))
    owner = MAINNET.raydium_clmm
    pool = Account(entry["pool"]["address"], owner, unpack(entry["pool"]["data"]))
    decoded = raydium_clmm.decode_pool(pool)
    rates = {"trade_fee_rate": 400, "protocol_fee_rate": 120_000, "fund_fee_rate": 40_000}
    config = clmm_config({**rates, "tick_spacing": decoded.tick_spacing})
    accounts = {
        "pool": pool,
        "config": Account(decoded.config, owner, config.data),
        "mint 0": plain_mint(decoded.mint_0),
        "mint 1": plain_mint(decoded.mint_1, 6),
    }
    for array in entry["tick_arrays"]:
        accounts[f"array {array['address']}"] = Account(array["address"], owner, unpack(array["data"]))

    def decode(at: Accounts) -> Any:
        arrays = [raydium_clmm.decode_tick_array(at[role]) for role in at if role.startswith("array ")]
        found = raydium_clmm.decode_pool(at["pool"])
        return found.pool(raydium_clmm.decode_config(at["config"]), arrays, (at["mint 0"], at["mint 1"]))

    return RecordedPool(accounts, decode)


def dlmm(folder: str) -> RecordedPool:
    owner = MAINNET.meteora_dlmm
    pair = account("meteora_dlmm", f"{folder}/lb_pair", owner, folder)
    decoded = meteora_dlmm.decode_pair(pair)
    accounts = {"pair": pair, "mint x": plain_mint(decoded.mint_x), "mint y": plain_mint(decoded.mint_y)}
    for n in (1, 2):
        accounts[f"array {n}"] = account("meteora_dlmm", f"{folder}/bin_array_{n}", owner)

    def decode(at: Accounts) -> Any:
        arrays = [meteora_dlmm.decode_bin_array(at[role]) for role in ("array 1", "array 2")]
        return meteora_dlmm.decode_pair(at["pair"]).pool(arrays, (at["mint x"], at["mint y"]))

    return RecordedPool(accounts, decode)


def damm_v2(name: str) -> RecordedPool:
    pool = account("meteora_damm_v2", name, MAINNET.meteora_damm_v2)
    decoded = meteora_damm_v2.decode_pool(pool)
    accounts = {"pool": pool, "mint a": plain_mint(decoded.mint_a), "mint b": plain_mint(decoded.mint_b)}
    return RecordedPool(
        accounts, lambda at: meteora_damm_v2.decode_pool(at["pool"]).pool((at["mint a"], at["mint b"]))
    )


RECORDED_POOLS = {
    "amm_v4": amm_v4(),
    "cpmm": cpmm(),
    "clmm": clmm(),
    "dlmm": dlmm("EtAdVRLFH22rjWh3mcUasKFF27WtHhsaCvK27tPFFWig"),
    "dlmm with limit orders": dlmm("9t3EyC9FweyL7PBWvKz3mrXg8B9fwFc9SK3QxM4ENqhd"),
    "damm_v2": damm_v2("8Pm2kZpnxD3hoMmt4bjStX2Pw2Z9abpbHzZxMPqxPmie"),
    "damm_v2 with a dynamic fee": damm_v2("CGPxT5d1uf9a8cKVJuZaJAU76t2EfLGbTmRbfvLLZp5j"),
    "damm_v2 of layout 0": damm_v2("3u2BK3ykdjv1hAeGQwAkZMxjb4otV5yvW7g72uviCaZZ"),
    "damm_v2 with a fee scheduler": damm_v2("pool_account"),
}
