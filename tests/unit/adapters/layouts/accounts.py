"""Accounts written byte by byte from golden states, as the programs lay them out."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any

from chalicelib.adapters import base58
from chalicelib.adapters.solana.layouts.account import MAINNET, Account, discriminator
from chalicelib.adapters.solana.layouts.tokens import TOKEN_PROGRAM

State = Mapping[str, Any]


def raw_key(name: str) -> bytes:
    return sha256(name.encode()).digest()


def address(name: str) -> str:
    return base58.encode(raw_key(name))


def number(value: Any, size: int) -> bytes:
    return int(value).to_bytes(size, "little", signed=int(value) < 0)


def account(name: str, owner: str, size: int, parts: Mapping[int, bytes], kind: str | None = None) -> Account:
    """An account of zeros with `parts` at their offsets."""
    data = bytearray(size)
    if kind is not None:
        data[:8] = discriminator(kind)
    for at, part in parts.items():
        data[at : at + len(part)] = part
    return Account(address(name), owner, bytes(data))


def token_account(name: str, mint: str, amount: Any, *, state: int = 1) -> Account:
    parts = {0: raw_key(mint), 32: raw_key("authority"), 64: number(amount, 8), 108: bytes([state])}
    return account(name, TOKEN_PROGRAM, 165, parts)


def mint_account(name: str, decimals: Any = 9) -> Account:
    return account(name, TOKEN_PROGRAM, 82, {44: number(decimals, 1), 45: b"\1"})


MINTS = mint_account("mint 0"), mint_account("mint 1")


def amm_v4_pool(state: State, **changes: bytes) -> Account:
    parts = {
        0: number(state["status"], 8),
        32: number(state["coin_decimals"], 8),
        40: number(state["pc_decimals"], 8),
        176: number(state["swap_fee_numerator"], 8),
        184: number(state["swap_fee_denominator"], 8),
        192: number(state["need_take_pnl_coin"], 8),
        200: number(state["need_take_pnl_pc"], 8),
        336: raw_key("vault 0"),
        368: raw_key("vault 1"),
        400: raw_key("mint 0"),
        432: raw_key("mint 1"),
    }
    return account("pool", MAINNET.raydium_amm_v4, 752, parts | _at(changes))


def cpmm_pool(state: State, **changes: bytes) -> Account:
    parts = {8: raw_key("config"), 72: raw_key("vault 0"), 104: raw_key("vault 1")}
    parts |= {168: raw_key("mint 0"), 200: raw_key("mint 1"), 331: number(state["decimals_0"], 1)}
    parts |= {332: number(state["decimals_1"], 1), 389: number(state["creator_fee_on"], 1)}
    parts |= {390: number(state["enable_creator_fee"], 1)}
    fees = (("protocol_fees_0", 341), ("protocol_fees_1", 349), ("fund_fees_0", 357), ("fund_fees_1", 365))
    for name, at in (*fees, ("creator_fees_0", 397), ("creator_fees_1", 405)):
        parts[at] = number(state[name], 8)
    return account("pool", MAINNET.raydium_cpmm, 637, parts | _at(changes), "PoolState")


def cpmm_config(state: State) -> Account:
    rates = (
        ("trade_fee_rate", 12),
        ("protocol_fee_rate", 20),
        ("fund_fee_rate", 28),
        ("creator_fee_rate", 108),
    )
    parts = {at: number(state[name], 8) for name, at in rates}
    return account("config", MAINNET.raydium_cpmm, 236, parts, "AmmConfig")


def clmm_pool(state: State, **changes: bytes) -> Account:
    spacing = int(state["tick_spacing"])
    arrays = {int(tick["tick"]) // (60 * spacing) for tick in state["ticks"]}
    bitmap = sum(1 << (array + 512) for array in arrays if -512 <= array < 512)
    parts = {
        9: raw_key("config"),
        73: raw_key("mint 0"),
        105: raw_key("mint 1"),
        137: raw_key("vault 0"),
        169: raw_key("vault 1"),
        235: number(spacing, 2),
        237: number(state["liquidity"], 16),
        253: number(state["sqrt_price_x64"], 16),
        269: number(state["tick_current"], 4),
        390: number(state["fee_on"], 1),
        904: number(bitmap, 128),
        1096: _clmm_dynamic_fee(state["dynamic_fee"]),
    }
    return account("pool", MAINNET.raydium_clmm, 1544, parts | _at(changes), "PoolState")


def clmm_config(state: State) -> Account:
    rates = (("protocol_fee_rate", 43, 4), ("trade_fee_rate", 47, 4), ("tick_spacing", 51, 2))
    parts = {at: number(state[name], size) for name, at, size in (*rates, ("fund_fee_rate", 53, 4))}
    return account("config", MAINNET.raydium_clmm, 117, parts, "AmmConfig")


def clmm_tick_arrays(state: State) -> list[Account]:
    spacing = int(state["tick_spacing"])
    ticks = sorted(state["ticks"], key=lambda tick: int(tick["tick"]))
    arrays = groupby(ticks, key=lambda tick: int(tick["tick"]) // (60 * spacing))
    return [clmm_tick_array(array * 60 * spacing, spacing, list(group)) for array, group in arrays]


def clmm_tick_array(start: int, spacing: int, ticks: list[Mapping[str, str]]) -> Account:
    parts = {8: raw_key("pool"), 40: number(start, 4)}
    for tick in ticks:
        at = 44 + (int(tick["tick"]) - start) // spacing * 168
        parts |= {at: number(tick["tick"], 4), at + 4: number(tick["liquidity_net"], 16)}
        parts |= {at + 20: number(tick["liquidity_gross"], 16), at + 124: number(tick["orders_amount"], 8)}
        parts[at + 132] = number(tick["part_filled_orders_remaining"], 8)
    return account(f"ticks {start}", MAINNET.raydium_clmm, 10240, parts, "TickArrayState")


def clmm_extension(state: State) -> Account:
    arrays = {int(tick["tick"]) // (60 * int(state["tick_spacing"])) for tick in state["ticks"]}
    above = sum(1 << (array - 512) for array in arrays if array >= 512)
    below = sum(1 << ((-array - 513) // 512 * 512 + array % 512) for array in arrays if array < -512)
    parts = {8: raw_key("pool"), 40: number(above, 896), 936: number(below, 896)}
    return account("extension", MAINNET.raydium_clmm, 1832, parts, "TickArrayBitmapExtension")


def _clmm_dynamic_fee(fee: Mapping[str, str] | None) -> bytes:
    sizes = {"filter_period": 2, "decay_period": 2, "reduction_factor": 2, "last_update_timestamp": 8}
    names = (
        *("filter_period", "decay_period", "reduction_factor", "dynamic_fee_control"),
        *("max_volatility_accumulator", "tick_spacing_index_reference", "volatility_reference"),
        *("volatility_accumulator", "last_update_timestamp"),
    )
    return b"" if fee is None else b"".join(number(fee[name], sizes.get(name, 4)) for name in names)


def dlmm_pair(state: State, **changes: bytes) -> Account:
    arrays = {int(row[0]) // 70 for row in state["bins"]}
    sizes = {"filter_period": 10, "decay_period": 12, "reduction_factor": 14, "base_factor": 8}
    parts = {at: number(state[name], 2) for name, at in sizes.items()}
    parts |= {
        16: number(state["variable_fee_control"], 4),
        20: number(state["max_volatility_accumulator"], 4),
        32: number(state["protocol_share"], 2),
        34: number(state["base_fee_power_factor"], 1),
        35: number(state["function_type"], 1),
        36: number(state["collect_fee_mode"], 1),
        40: number(state["volatility_accumulator"], 4),
        44: number(state["volatility_reference"], 4),
        48: number(state["index_reference"], 4),
        56: number(state["last_update_timestamp"], 8),
        76: number(state["active_id"], 4),
        80: number(state["bin_step"], 2),
        86: b"\1",
        88: raw_key("mint 0"),
        120: raw_key("mint 1"),
        584: number(sum(1 << (array + 512) for array in arrays if -512 <= array < 512), 128),
    }
    return account("pair", MAINNET.meteora_dlmm, 904, parts | _at(changes), "LbPair")


def dlmm_bin_arrays(state: State) -> list[Account]:
    rows = sorted(state["bins"], key=lambda row: int(row[0]))
    return [
        dlmm_bin_array(index, list(group))
        for index, group in groupby(rows, key=lambda row: int(row[0]) // 70)
    ]


def dlmm_bin_array(index: int, rows: list[list[str]], version: int = 2) -> Account:
    parts = {8: number(index, 8), 16: number(version, 1), 24: raw_key("pair")}
    for bin_id, x, y, price, opened, processed, ask_side in rows:
        at = 56 + (int(bin_id) - index * 70) * 144
        parts |= {at: number(x, 8), at + 8: number(y, 8), at + 16: number(price, 16)}
        parts |= {at + 112: number(opened, 8), at + 128: number(processed, 8), at + 140: number(ask_side, 1)}
    return account(f"bins {index}", MAINNET.meteora_dlmm, 10136, parts, "BinArray")


def dlmm_extension(state: State) -> Account:
    arrays = {int(row[0]) // 70 for row in state["bins"]}
    above = sum(1 << (array - 512) for array in arrays if array >= 512)
    below = sum(1 << (-array - 513) for array in arrays if array < -512)
    parts = {8: raw_key("pair"), 40: number(above, 768), 808: number(below, 768)}
    return account("extension", MAINNET.meteora_dlmm, 1576, parts, "BinArrayBitmapExtension")


def damm_v2_pool(state: State, base_fee_hex: str, **changes: bytes) -> Account:
    parts = {
        8: bytes.fromhex(base_fee_hex),
        48: number(state["protocol_fee_percent"], 1),
        50: number(state["referral_fee_percent"], 1),
        54: number(state["compounding_fee_bps"], 2),
        152: number(state["init_sqrt_price"], 16),
        168: raw_key("mint 0"),
        200: raw_key("mint 1"),
        360: number(state["liquidity"], 16),
        424: number(state["sqrt_min_price"], 16),
        440: number(state["sqrt_max_price"], 16),
        456: number(state["sqrt_price"], 16),
        472: number(state["activation_point"], 8),
        480: b"\1",
        484: number(state["collect_fee_mode"], 1),
        486: number(state["fee_version"], 1),
        680: number(state["token_a_amount"], 8),
        688: number(state["token_b_amount"], 8),
        696: b"\1",
    }
    return account(
        "pool",
        MAINNET.meteora_damm_v2,
        1112,
        parts | _damm_dynamic_fee(state["dynamic_fee"]) | _at(changes),
        "Pool",
    )


def _damm_dynamic_fee(fee: Mapping[str, str] | None) -> dict[int, bytes]:
    places = {"max_volatility_accumulator": (8, 4), "variable_fee_control": (12, 4), "bin_step": (16, 2)}
    places |= {"filter_period": (18, 2), "decay_period": (20, 2), "reduction_factor": (22, 2)}
    places |= {"last_update_timestamp": (24, 8), "bin_step_u128": (32, 16), "sqrt_price_reference": (48, 16)}
    places |= {"volatility_accumulator": (64, 16), "volatility_reference": (80, 16)}
    if fee is None:
        return {}
    return {56: b"\1"} | {56 + at: number(fee[name], size) for name, (at, size) in places.items()}


def _at(changes: Mapping[str, bytes]) -> dict[int, bytes]:
    """Changes by keyword: `at_480=b"\\1"` writes at offset 480."""
    return {int(name.removeprefix("at_")): value for name, value in changes.items()}
