from dataclasses import replace

import pytest

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.layouts.clock import CLOCK, SYSVAR, decode_clock
from chalicelib.adapters.solana.layouts.tokens import (
    HARMLESS_EXTENSIONS,
    REFUSED_EXTENSIONS,
    TOKEN_2022_PROGRAM,
    decode_mint,
    decode_token_account,
)
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.swap import PoolClock
from tests.unit.adapters.layouts.accounts import address, mint_account, number, token_account

MINT = address("mint")


def token_2022_mint(*extensions: int) -> Account:
    values = b"".join(number(kind, 2) + number(3, 2) + b"abc" for kind in extensions)
    data = mint_account("mint").data.ljust(165, b"\0") + b"\1" + values
    return Account(MINT, TOKEN_2022_PROGRAM, data)


def test_a_vault_tells_its_amount_and_authority() -> None:
    decoded = decode_token_account(token_account("vault", "mint", 123), MINT)
    assert (decoded.amount, decoded.authority) == (123, address("authority"))


def test_an_extended_vault_of_token_2022_is_read() -> None:
    plain = token_account("vault", "mint", 123)
    extended = replace(plain, owner=TOKEN_2022_PROGRAM, data=plain.data + b"\2" + number(7, 2) + number(0, 2))
    assert decode_token_account(extended, MINT).amount == 123


def test_a_frozen_vault_is_refused() -> None:
    with pytest.raises(UnsupportedPool, match="frozen"):
        decode_token_account(token_account("vault", "mint", 1, state=2), MINT)


def test_what_is_no_token_account_is_refused() -> None:
    vault = token_account("vault", "mint", 1)
    for wrong in (replace(vault, owner=address("x")), replace(vault, data=vault.data[:-1])):
        with pytest.raises(UnsupportedPool):
            decode_token_account(wrong, MINT)
    as_mint = replace(vault, owner=TOKEN_2022_PROGRAM, data=vault.data + b"\1")
    with pytest.raises(UnsupportedPool, match="no token account"):
        decode_token_account(as_mint, MINT)


def test_a_mint_tells_its_decimals() -> None:
    assert decode_mint(mint_account("mint", 6), MINT).decimals == 6


@pytest.mark.parametrize("extension", HARMLESS_EXTENSIONS)
def test_extensions_that_leave_transfers_alone_are_accepted(extension: int) -> None:
    assert decode_mint(token_2022_mint(extension, 19), MINT).program == TOKEN_2022_PROGRAM


@pytest.mark.parametrize("extension", [*REFUSED_EXTENSIONS, 99])
def test_extensions_that_may_change_or_stop_a_transfer_are_refused(extension: int) -> None:
    with pytest.raises(UnsupportedPool, match=f"extension {extension} "):
        decode_mint(token_2022_mint(18, extension), MINT)


def test_what_is_no_mint_is_refused() -> None:
    mint = mint_account("mint")
    uninitialised = replace(mint, data=bytes(82))
    for wrong in (replace(mint, owner=address("x")), replace(mint, data=mint.data[:-1]), uninitialised):
        with pytest.raises(UnsupportedPool):
            decode_mint(wrong, MINT)
    with pytest.raises(UnsupportedPool, match="names"):
        decode_mint(mint, address("another mint"))


def test_the_clock_is_read_from_the_sysvar_only() -> None:
    data = number(433_179_580, 8) + bytes(24) + number(1_777_221_880, 8)
    clock = Account(CLOCK, SYSVAR, data)
    assert decode_clock(clock) == PoolClock(unix_time=1_777_221_880, slot=433_179_580)
    with pytest.raises(UnsupportedPool, match="owner"):
        decode_clock(replace(clock, owner=address("x")))
