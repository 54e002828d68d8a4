"""Real accounts, recorded from the chain: recorded_accounts/README.md tells from where."""

import json
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.layouts.tokens import TOKEN_PROGRAM
from tests.unit.adapters.layouts.accounts import number

FOLDER = Path(__file__).with_name("recorded_accounts")


def document(name: str) -> dict[str, Any]:
    """One file of recorded accounts."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def unpack(packed: str) -> bytes:
    """An account's data: zlib in base64."""
    return zlib.decompress(b64decode(packed))


def account(kind: str, name: str, owner: str = "", address: str = "") -> Account:
    """A recorded account; its owner and address are given where its data alone were recorded."""
    entry = document(kind)[name]
    return Account(
        address or entry.get("address", name), owner or entry.get("owner", ""), unpack(entry["data"])
    )


def accounts_of(kind: str, pool: str) -> Iterator[Account]:
    """What was recorded of a pool: itself and the accounts that it names."""
    for name in document(kind):
        if name.startswith(f"{pool}/"):
            yield account(kind, name)


def plain_mint(address: str, decimals: int = 9) -> Account:
    """A mint of SPL Token that was not recorded, as it is known to be."""
    return Account(address, TOKEN_PROGRAM, bytes(44) + number(decimals, 1) + b"\1" + bytes(36))


def vault(address: str, mint: bytes, amount: int) -> Account:
    """A vault whose balance was recorded without its account."""
    return Account(
        address, TOKEN_PROGRAM, mint + bytes(32) + number(amount, 8) + bytes(36) + b"\1" + bytes(56)
    )
