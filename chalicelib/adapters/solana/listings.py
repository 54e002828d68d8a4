"""The tokens and pools that trade, read from the settings: nothing is asked of a node."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.adapters import base58
from chalicelib.domain.pairs import ListedPool, Pair, PairList
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token, TokenList
from chalicelib.domain.venues import METEORA, RAYDIUM

KNOWN = "known"
"""The text of a setting that stands for what is listed here."""

KNOWN_TOKENS = (SOL, USDC, USDT, JUP, BONK)
KNOWN_POOLS = ",".join(
    f"{kind}:SOL/USDC:{address}"
    for kind, address in (
        ("raydium_amm_v4", "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2"),
        ("raydium_clmm", "3ucNos4NbumPLZNWztqGHNFFgkHeRMBQAVemeeomsUxv"),
        ("meteora_dlmm", "5rCf1DM8LjKTw4YqhnoLcngyZYeNnQqztScTogYHAS6"),
        ("meteora_damm_v2", "8Pm2kZpnxD3hoMmt4bjStX2Pw2Z9abpbHzZxMPqxPmie"),
        ("meteora_damm_v2", "CGPxT5d1uf9a8cKVJuZaJAU76t2EfLGbTmRbfvLLZp5j"),
    )
)
"""Pools of SOL and USDC on mainnet."""

VENUE_OF = {
    "raydium_amm_v4": RAYDIUM,
    "raydium_cpmm": RAYDIUM,
    "raydium_clmm": RAYDIUM,
    "meteora_dlmm": METEORA,
    "meteora_damm_v2": METEORA,
}
"""The venue of each pool type."""

MOST_POOLS = 10
"""Pools that a pair may have: with the arrays around their prices they fit into a reading of 100 accounts."""

MOST_DECIMALS = 18
_SYMBOL = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)
_DECIMALS = re.compile(r"[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Listings:
    """What trades: the tokens of all pairs, and the pairs with their pools. `known` are all listed tokens."""

    tokens: TokenList
    pairs: PairList
    known: TokenList


def read_listings(pools: str, tokens: str) -> Listings:
    """Return what the settings SOLANA_POOLS and SOLANA_TOKENS list; tokens without a pool are left out.

    Raises
    ------
    ValueError
        An entry can't be right; the text names it.
    """
    known = _tokens(tokens)
    pairs = tuple(_pairs(KNOWN_POOLS if pools == KNOWN else pools, known))
    traded = {token for pair in pairs for token in pair.tokens}
    return Listings(TokenList(token for token in known if token in traded), PairList(pairs), known)


def _tokens(text: str) -> TokenList:
    if text == KNOWN:
        return TokenList(KNOWN_TOKENS)
    tokens = [_token(entry) for entry in text.split(",")]
    if len({token.mint for token in tokens}) < len(tokens):
        raise ValueError("SOLANA_TOKENS lists a mint twice")
    return TokenList(tokens)


def _token(entry: str) -> Token:
    symbol, _, rest = entry.partition(":")
    mint, _, decimals = rest.partition(":")
    if not (_SYMBOL.fullmatch(symbol) and _is_address(mint) and _DECIMALS.fullmatch(decimals)):
        raise ValueError(f"SOLANA_TOKENS: {entry!r} is not of the form SYMBOL:MINT:DECIMALS")
    if int(decimals) > MOST_DECIMALS:
        raise ValueError(f"SOLANA_TOKENS: {entry!r} has more than {MOST_DECIMALS} decimals")
    return Token(symbol, mint, int(decimals))


def _pairs(text: str, tokens: TokenList) -> Iterator[Pair]:
    listed: dict[frozenset[str], tuple[tuple[Token, Token], list[ListedPool]]] = {}
    for entry in text.split(","):
        pair, pool = _pool(entry, tokens)
        pools = listed.setdefault(frozenset(token.mint for token in pair), (pair, []))[1]
        pools.append(pool)
    addresses = [pool.pool for _, pools in listed.values() for pool in pools]
    if len(set(addresses)) < len(addresses):
        raise ValueError("SOLANA_POOLS lists a pool twice")
    for pair, pools in listed.values():
        if len(pools) > MOST_POOLS:
            raise ValueError(f"SOLANA_POOLS lists {len(pools)} pools of a pair, which may have {MOST_POOLS}")
        yield Pair(pair, tuple(pools))


def _pool(entry: str, tokens: TokenList) -> tuple[tuple[Token, Token], ListedPool]:
    kind, _, rest = entry.partition(":")
    names, _, address = rest.partition(":")
    if kind not in VENUE_OF or not _is_address(address):
        raise ValueError(
            f"SOLANA_POOLS: {entry!r} is not of the form TYPE:SYMBOL/SYMBOL:ADDRESS, with one of the types "
            f"{', '.join(VENUE_OF)}"
        )
    first, second = (tokens.find(name) for name in (names.partition("/")[0], names.partition("/")[2]))
    if first is None or second is None or first == second:
        raise ValueError(f"SOLANA_POOLS: {entry!r} is not of two tokens that SOLANA_TOKENS lists")
    return (first, second), ListedPool(VENUE_OF[kind], address, kind)


def _is_address(text: str) -> bool:
    try:
        return bool(base58.decode(text))
    except ValueError:
        return False
