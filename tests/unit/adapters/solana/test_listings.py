"""What the settings list: the tokens and pairs that trade."""

import pytest

from chalicelib.adapters.solana.listings import KNOWN, MOST_POOLS, VENUE_OF, read_listings
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from chalicelib.errors import PairNotTraded
from chalicelib.pricing.pools import POOL_TYPES
from tests.unit.adapters.layouts.accounts import address

MINT = address("a mint")


def pool(name: str, pair: str = "SOL/USDC", kind: str = "raydium_cpmm") -> str:
    return f"{kind}:{pair}:{address(name)}"


def test_without_a_list_sol_and_usdc_trade_at_both_venues() -> None:
    listings = read_listings(KNOWN, KNOWN)
    assert list(listings.tokens) == [SOL, USDC]
    assert list(listings.known) == [SOL, USDC, USDT, JUP, BONK]
    (pair,) = listings.pairs
    assert pair.venues == ["meteora", "raydium"]
    listings.pairs.require(USDC, SOL)
    with pytest.raises(PairNotTraded):
        listings.pairs.require(SOL, BONK)


def test_every_pool_type_that_is_priced_has_a_venue() -> None:
    assert set(VENUE_OF) == {kind.KIND for kind in POOL_TYPES}


def test_pools_of_a_pair_are_gathered_whichever_way_round_they_name_it() -> None:
    listings = read_listings(
        f"{pool('a')},{pool('b', 'USDC/SOL', 'meteora_dlmm')},{pool('c', 'BONK/SOL')}", KNOWN
    )
    assert [[(p.venue, p.pool) for p in pair.pools] for pair in listings.pairs] == [
        [("raydium", address("a")), ("meteora", address("b"))],
        [("raydium", address("c"))],
    ]
    assert list(listings.tokens) == [SOL, USDC, BONK]


def test_tokens_may_be_listed_with_their_mints_and_decimals() -> None:
    listings = read_listings(pool("a", "WIF/SOL"), f"WIF:{MINT}:6,SOL:{SOL.mint}:9")
    assert [(t.symbol, t.mint, t.decimals) for t in listings.tokens] == [
        ("WIF", MINT, 6),
        ("SOL", SOL.mint, 9),
    ]


@pytest.mark.parametrize(
    ("pools", "why"),
    [
        ("", "form TYPE"),
        (f"orca:SOL/USDC:{MINT}", "form TYPE"),
        (pool("a") + ",", "form TYPE"),
        ("raydium_cpmm:SOL/USDC:no-address", "form TYPE"),
        (f"raydium_cpmm:SOL/USDC:{'z' * 44}", "form TYPE"),
        (f"raydium_cpmm:{MINT}", "form TYPE"),
        (pool("a", "SOL/WIF"), "SOLANA_TOKENS lists"),
        (pool("a", "SOL/SOL"), "SOLANA_TOKENS lists"),
        (pool("a", "SOL"), "SOLANA_TOKENS lists"),
        (f"{pool('a')},{pool('a', 'BONK/SOL')}", "a pool twice"),
        (",".join(pool(str(n)) for n in range(MOST_POOLS + 1)), "11 pools of a pair"),
    ],
)
def test_pools_that_can_not_be_right_are_refused_with_the_reason(pools: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"SOLANA_POOLS.*{why}|{why}"):
        read_listings(pools, KNOWN)


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        ("SOL", "form SYMBOL"),
        (f"SOL:{SOL.mint}", "form SYMBOL"),
        (f"SOL:{SOL.mint}:nine", "form SYMBOL"),
        (f"S-L:{SOL.mint}:9", "form SYMBOL"),
        (f"SOL:{SOL.mint}:19", "more than 18 decimals"),
        (f"SOL:{SOL.mint}:9,sol:{MINT}:9", "same symbol"),
        (f"SOL:{SOL.mint}:9,WSOL:{SOL.mint}:9", "a mint twice"),
    ],
)
def test_tokens_that_can_not_be_right_are_refused_with_the_reason(tokens: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_listings(pool("a"), tokens)
