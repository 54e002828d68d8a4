from collections import Counter
from fractions import Fraction

import pytest

from chalicelib.adapters.paper.base58 import ALPHABET, encode
from chalicelib.adapters.paper.markets import METEORA, RAYDIUM, seeded_pools
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.adapters.venues.registry import PAPER_VENUES
from chalicelib.domain.tokens import BONK, JUP, SOL, TOKENS, USDC, USDT, Token
from chalicelib.pricing.pools import pool_from_record
from chalicelib.pricing.swap import Direction
from tests.fakes.paper import PaperDesk, ask, paper_settings

PAIRS = ((SOL, USDC), (SOL, USDT), (JUP, USDC), (BONK, SOL))


def decoded(text: str) -> bytes:
    number = 0
    for digit in text:
        number = number * 58 + ALPHABET.index(digit)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0a", b"hello", bytes(range(64)), b"\xff" * 32])
def test_base58_can_be_read_back(raw: bytes) -> None:
    assert decoded(encode(raw)) == raw


def test_base58_is_that_of_solana() -> None:
    assert encode(bytes(32)) == "11111111111111111111111111111111"  # the system program
    assert encode(b"Hello World!") == "2NEpo7TZRRrLZSi2U"


def test_every_pair_has_a_pool_at_every_venue_of_the_registry() -> None:
    pools = Counter((pool.venue, pool.pair) for pool in seeded_pools())
    expected = {(venue, pair_of(a.mint, b.mint)) for venue in PAPER_VENUES for a, b in PAIRS}
    assert set(pools) == expected
    assert set(PAPER_VENUES) == {RAYDIUM, METEORA}


def test_pool_addresses_are_well_formed_unique_and_recognised_as_paper() -> None:
    addresses = [pool.address for pool in seeded_pools()]
    assert len(set(addresses)) == len(addresses)
    assert all(len(decoded(address)) == 32 and address.startswith("Paper") for address in addresses)


def test_pools_hold_known_tokens() -> None:
    mints = {token.mint for token in TOKENS}
    assert {mint for pool in seeded_pools() for mint in (pool.token_0, pool.token_1)} == mints


@pytest.mark.parametrize(("base", "quote"), PAIRS)
def test_the_venues_agree_within_a_few_basis_points(base: Token, quote: Token) -> None:
    pair = pair_of(base.mint, quote.mint)
    prices = [pool.state.spot_price(Direction.ZERO_FOR_ONE) for pool in seeded_pools() if pool.pair == pair]
    assert max(prices) / min(prices) < Fraction(10_006, 10_000)


@pytest.mark.parametrize(("base", "quote"), PAIRS)
def test_one_venue_wins_small_swaps_and_the_other_large_ones(base: Token, quote: Token) -> None:
    desk = PaperDesk(settings=paper_settings(paper_drift_bps=0))
    depth = next(p for p in seeded_pools() if p.pair == pair_of(base.mint, quote.mint))
    reserve = depth.state.to_record()["vault_0"]
    winners = set()
    for amount_in in (int(reserve) // 100_000, int(reserve) // 50):
        asked = ask(token_in=base, token_out=quote, amount_in=amount_in)
        offers = {venue.quote(asked).amount_out: name for name, venue in desk.venues.items()}
        winners.add(offers[max(offers)])
    assert winners == {RAYDIUM, METEORA}


def test_a_pool_comes_back_from_its_record_as_it_was() -> None:
    assert all(pool_from_record(pool.state.to_record()) == pool.state for pool in seeded_pools())
