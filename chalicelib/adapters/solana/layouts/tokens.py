"""Token accounts and mints of SPL Token and Token-2022, and which extensions leave amounts alone."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import Account, key, unsigned
from chalicelib.errors import UnsupportedPool

TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"  # noqa: S105
TOKEN_2022_PROGRAM = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"  # noqa: S105
MINT_SIZE, TOKEN_ACCOUNT_SIZE = 82, 165
ACCOUNT_TYPE_AT, EXTENSIONS_AT = 165, 166
IS_MINT, IS_TOKEN_ACCOUNT = 1, 2
INITIALIZED, FROZEN = 1, 2

# extensions of a mint that neither change what a transfer moves nor can stop it
HARMLESS_EXTENSIONS = {
    3: "mint close authority",
    4: "confidential transfer mint",
    10: "interest-bearing display",
    18: "metadata pointer",
    19: "token metadata",
    20: "group pointer",
    21: "token group",
    22: "group member pointer",
    23: "token group member",
    25: "scaled display amount",
}
REFUSED_EXTENSIONS = {
    1: "transfer fee",
    6: "default account state",
    9: "non-transferable",
    12: "permanent delegate",
    14: "transfer hook",
    16: "confidential transfer fee",
    24: "confidential mint and burn",
    26: "pausable",
}


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """A token account: what it holds, in base units, of which mint, and for whom."""

    address: str
    mint: str
    authority: str
    amount: int


@dataclass(frozen=True, slots=True)
class Mint:
    """A mint whose transfers move exactly what they say."""

    address: str
    program: str
    decimals: int


def decode_token_account(account: Account, mint: str) -> TokenAccount:
    """The token account of a vault; `UnsupportedPool` if it is none, of another mint, or frozen."""
    data = account.data
    extended = account.owner == TOKEN_2022_PROGRAM and len(data) > ACCOUNT_TYPE_AT
    if account.owner not in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM):
        raise UnsupportedPool(f"vault {account.address}: the owner was {account.owner}, no token program")
    if len(data) != TOKEN_ACCOUNT_SIZE and not (extended and data[ACCOUNT_TYPE_AT] == IS_TOKEN_ACCOUNT):
        raise UnsupportedPool(f"vault {account.address}: {len(data)} bytes are no token account")
    if key(data, 0) != mint:
        raise UnsupportedPool(f"vault {account.address}: the mint was {key(data, 0)}, expected {mint}")
    if data[108] != INITIALIZED:
        raise UnsupportedPool(
            f"vault {account.address}: the state was {data[108]}: frozen or not initialised"
        )
    return TokenAccount(account.address, mint, key(data, 32), unsigned(data, 64, 8))


def decode_mint(account: Account, address: str) -> Mint:
    """A mint; `UnsupportedPool` if it is none or an extension may change or stop what a transfer moves."""
    data = account.data
    if account.address != address:
        raise UnsupportedPool(f"the mint was {account.address}, the pool names {address}")
    if account.owner not in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM):
        raise UnsupportedPool(f"mint {address}: the owner was {account.owner}, no token program")
    extended = account.owner == TOKEN_2022_PROGRAM and len(data) > ACCOUNT_TYPE_AT
    if len(data) != MINT_SIZE and not (extended and data[ACCOUNT_TYPE_AT] == IS_MINT):
        raise UnsupportedPool(f"mint {address}: {len(data)} bytes are no mint")
    if data[45] != INITIALIZED:
        raise UnsupportedPool(f"mint {address} is not initialised")
    for extension in _extensions(data):
        if extension not in HARMLESS_EXTENSIONS:
            what = REFUSED_EXTENSIONS.get(extension, "unknown")
            raise UnsupportedPool(f"mint {address} has the Token-2022 extension {extension} ({what})")
    return Mint(address, account.owner, data[44])


def _extensions(data: bytes) -> list[int]:
    """The type numbers of the extensions that follow the base account: each u16 type, u16 length, value."""
    found: list[int] = []
    at = EXTENSIONS_AT
    while at + 4 <= len(data):
        kind = unsigned(data, at, 2)
        if kind == 0:
            break
        found.append(kind)
        at += 4 + unsigned(data, at + 2, 2)
    return found
