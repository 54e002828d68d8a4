"""The paper market's pools written as the accounts of Solana's programs, so that a node can serve them."""

from dataclasses import asdict, replace
from typing import Any

from chalicelib.adapters import base58
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.solana.addresses import program_address
from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.listings import KNOWN_TOKENS
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from tests.unit.adapters.layouts import accounts as written
from tests.unit.adapters.layouts.recorded import plain_mint, vault

DECIMALS = {token.mint: token.decimals for token in KNOWN_TOKENS}
SYMBOLS = {token.mint: token.symbol for token in KNOWN_TOKENS}


def live_address(pool: StoredPool) -> str:
    """The address of the pool's account: a real one has 32 bytes."""
    return written.address(pool.address)


def pools_setting() -> str:
    """SOLANA_POOLS for all of them."""
    return ",".join(
        f"{pool.pool_type}:{SYMBOLS[pool.token_0]}/{SYMBOLS[pool.token_1]}:{live_address(pool)}"
        for pool in seeded_pools()
    )


def live_accounts() -> dict[str, Account]:
    """The accounts of all of them, and the mints."""
    found = [plain_mint(mint, decimals) for mint, decimals in DECIMALS.items()]
    for pool in seeded_pools():
        found += accounts_of(pool)
    return {account.address: account for account in found}


def accounts_of(pool: StoredPool) -> list[Account]:
    """The accounts that a pool is priced from, without its mints."""
    writers: dict[type[Any], Any] = {
        RaydiumAmmV4Pool: _amm_v4,
        RaydiumCpmmPool: _cpmm,
        RaydiumClmmPool: _clmm,
        MeteoraDlmmPool: _dlmm,
        MeteoraDammV2Pool: _damm_v2,
    }
    found: list[Account] = writers[type(pool.state)](pool, pool.state)
    return found


def _amm_v4(pool: StoredPool, state: RaydiumAmmV4Pool) -> list[Account]:
    fields = {**asdict(state), "coin_decimals": 9, "pc_decimals": 6}
    vaults = _vaults(pool, state.coin_vault, state.pc_vault)
    keys = {336: vaults[0].address, 368: vaults[1].address, 400: pool.token_0, 432: pool.token_1}
    return [_placed(pool, written.amm_v4_pool(fields, **_keys(keys))), *vaults]


def _cpmm(pool: StoredPool, state: RaydiumCpmmPool) -> list[Account]:
    decimals = {"decimals_0": DECIMALS[pool.token_0], "decimals_1": DECIMALS[pool.token_1]}
    fields = {**asdict(state), **decimals, "enable_creator_fee": 0}
    vaults = _vaults(pool, state.vault_0, state.vault_1)
    config = replace(written.cpmm_config(fields), address=written.address(f"config of {pool.address}"))
    keys = {8: config.address, 72: vaults[0].address, 104: vaults[1].address}
    keys |= {168: pool.token_0, 200: pool.token_1}
    return [_placed(pool, written.cpmm_pool(fields, **_keys(keys))), config, *vaults]


def _clmm(pool: StoredPool, state: RaydiumClmmPool) -> list[Account]:
    ticks = [
        {
            "tick": tick.index,
            "liquidity_net": tick.liquidity_net,
            "liquidity_gross": tick.liquidity_gross,
            "orders_amount": 0,
            "part_filled_orders_remaining": 0,
        }
        for tick in state.ticks
    ]
    fields = {**asdict(state), "ticks": ticks, "sqrt_price_x64": state.sqrt_price, "dynamic_fee": None}
    config = replace(written.clmm_config(fields), address=written.address(f"config of {pool.address}"))
    keys = {9: config.address, 73: pool.token_0, 105: pool.token_1}
    arrays = [
        _array(array, 8, live_address(pool), b"tick_array", array.data[40:44][::-1])
        for array in written.clmm_tick_arrays(fields)
    ]
    return [_placed(pool, written.clmm_pool(fields, **_keys(keys))), config, *arrays]


def _dlmm(pool: StoredPool, state: MeteoraDlmmPool) -> list[Account]:
    bins = [[b.id, b.amount_x, b.amount_y, b.price, 0, 0, 0] for b in state.bins]
    fields = {**asdict(state), **asdict(state.parameters), "bins": bins, "function_type": 1}
    keys = {88: pool.token_0, 120: pool.token_1}
    arrays = [
        _array(array, 24, live_address(pool), b"bin_array", array.data[8:16])
        for array in written.dlmm_bin_arrays(fields)
    ]
    return [_placed(pool, written.dlmm_pair(fields, **_keys(keys))), *arrays]


def _damm_v2(pool: StoredPool, state: MeteoraDammV2Pool) -> list[Account]:
    cliff = state.base_fee.cliff_fee_numerator.to_bytes(8, "little")
    keys = {168: pool.token_0, 200: pool.token_1}
    return [_placed(pool, written.damm_v2_pool(asdict(state), (cliff + bytes(24)).hex(), **_keys(keys)))]


def _vaults(pool: StoredPool, amount_0: int, amount_1: int) -> tuple[Account, Account]:
    first, second = (written.address(f"vault {side} of {pool.address}") for side in (0, 1))
    mints = base58.decode(pool.token_0), base58.decode(pool.token_1)
    return vault(first, mints[0], amount_0), vault(second, mints[1], amount_1)


def _placed(pool: StoredPool, account: Account) -> Account:
    return replace(account, address=live_address(pool))


def _array(account: Account, at: int, pool: str, *seeds: bytes) -> Account:
    """An array of ticks or bins at its pool's own address for it, naming its pool at this offset."""
    key, data = base58.decode(pool), account.data
    address = program_address(account.owner, seeds[0], key, seeds[1])
    return Account(address, account.owner, data[:at] + key + data[at + 32 :])


def _keys(addresses: dict[int, str]) -> dict[str, bytes]:
    return {f"at_{at}": base58.decode(address) for at, address in addresses.items()}
