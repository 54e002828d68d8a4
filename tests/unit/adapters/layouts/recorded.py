"""Real accounts, recorded from the chain; they lie beside the repository and may be absent."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.layouts.tokens import TOKEN_PROGRAM
from tests.unit.adapters.layouts.accounts import number

POOLS = Path(__file__).parents[5] / "shared" / "pools"

recorded = pytest.mark.skipif(not POOLS.is_dir(), reason="the recorded accounts are not at ../shared/pools")


def binary(path: str, owner: str, address: str = "") -> Account:
    file = POOLS / path
    return Account(address or file.stem, owner, file.read_bytes())


def document(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((POOLS / path).read_text())
    return found


def account(address: str, entry: Mapping[str, Any]) -> Account:
    """An account of a node's answer: the data is base64, alone or with its encoding beside it."""
    data = entry["data"]
    return Account(address, entry["owner"], b64decode(data if isinstance(data, str) else data[0]))


def answers(folder: str) -> Iterator[Account]:
    """The accounts of a folder of `solana account --output json` files."""
    for file in sorted((POOLS / folder).glob("*.json")):
        entry = json.loads(file.read_text())
        yield account(entry["pubkey"], entry["account"])


def plain_mint(address: str, decimals: int = 9) -> Account:
    """A mint of SPL Token that was not recorded, as it is known to be."""
    return Account(address, TOKEN_PROGRAM, bytes(44) + number(decimals, 1) + b"\1" + bytes(36))


def vault(address: str, mint: bytes, amount: int) -> Account:
    """A vault whose balance was recorded without its account."""
    return Account(
        address, TOKEN_PROGRAM, mint + bytes(32) + number(amount, 8) + bytes(36) + b"\1" + bytes(56)
    )
