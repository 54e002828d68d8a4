"""Addresses that follow from seeds, against those that the chain has."""

import pytest

from chalicelib.adapters import base58
from chalicelib.adapters.solana.addresses import is_on_curve, program_address
from chalicelib.adapters.solana.layouts import raydium_clmm, raydium_cpmm
from chalicelib.adapters.solana.layouts.account import MAINNET, Account
from chalicelib.domain.tokens import SOL, USDC
from tests.unit.adapters.layouts.recorded import account, document, unpack

AUTHORITIES = [
    (MAINNET.raydium_amm_v4, b"amm authority", "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1"),
    (MAINNET.raydium_cpmm, b"vault_and_lp_mint_auth_seed", "GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL"),
    (MAINNET.meteora_damm_v2, b"pool_authority", "HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC"),
]


@pytest.mark.parametrize(("program", "seed", "authority"), AUTHORITIES)
def test_the_programs_authorities_are_derived(program: str, seed: bytes, authority: str) -> None:
    assert program_address(program, seed) == authority


def test_a_pool_is_found_where_its_config_and_mints_say() -> None:
    name = "Q2sPHPdUWFMg7M7wwrQKLrn619cAucfRsmhVJffodSp"
    pool = raydium_cpmm.decode_pool(account("raydium_cpmm", f"{name}/{name}"))
    parts = [base58.decode(key) for key in (pool.config, pool.mint_0, pool.mint_1)]
    assert program_address(MAINNET.raydium_cpmm, b"pool", *parts) == name


def test_every_recorded_tick_array_is_at_its_pools_address_for_it() -> None:
    checked = 0
    for entry in document("raydium_clmm").values():
        pool = base58.decode(entry["pool"]["address"])
        for array in entry["tick_arrays"]:
            data = unpack(array["data"])
            decoded = raydium_clmm.decode_tick_array(
                Account(array["address"], MAINNET.raydium_clmm, data), MAINNET
            )
            start = decoded.start.to_bytes(4, "big", signed=True)
            assert program_address(MAINNET.raydium_clmm, b"tick_array", pool, start) == array["address"]
            checked += 1
    assert checked > 17


def test_public_keys_are_points_of_the_curve_and_derived_addresses_are_not() -> None:
    known = [  # secrets 0, 1, 2, 3 hashed, as in RFC 8032's first vectors
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ]
    assert all(is_on_curve(bytes.fromhex(key)) for key in known)
    assert not any(is_on_curve(base58.decode(address)) for _, _, address in AUTHORITIES)


@pytest.mark.parametrize("address", [SOL.mint, USDC.mint, MAINNET.raydium_clmm, "1" * 32])
def test_an_address_is_read_as_it_is_written(address: str) -> None:
    assert base58.encode(base58.decode(address)) == address
    assert len(base58.decode(address)) == 32


@pytest.mark.parametrize(
    "text", ["", "1", "1" * 31, "1" * 33, "0" * 32, "z" * 44, "SOL", "é" * 32, "l" * 44, SOL.mint + "1"]
)
def test_what_is_no_address_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base58.decode(text)
