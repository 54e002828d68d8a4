from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest

from chalicelib.adapters.base58 import ALPHABET, encode
from chalicelib.adapters.paper.items import pool_item
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.quotes import VenueQuote
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.domain.venues import METEORA, RAYDIUM, VENUES
from chalicelib.pricing.pools import POOL_TYPES, pool_from_record
from chalicelib.pricing.swap import Direction
from tests.fakes.paper import PaperDesk, ask, paper_settings
from tests.unit.adapters.paper.usual import USUAL, usual_amount

PAIRS = ((SOL, USDC), (SOL, USDT), (JUP, USDC), (BONK, SOL))
SIZES = (1, 10, 50, 100, 300, 1_000, 3_000)
"""In orders of everyday size."""

KINDS = {pool_type.KIND for pool_type in POOL_TYPES}
MOST_BYTES = 16 * 1024
"""Of an item: a quarter of 64 KB, and 16 read units for all that a quote reads."""


def decoded(text: str) -> bytes:
    number = 0
    for digit in text:
        number = number * 58 + ALPHABET.index(digit)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def pools_of(base: Token, quote: Token) -> list[StoredPool]:
    return [pool for pool in seeded_pools() if pool.pair == pair_of(base.mint, quote.mint)]


def base_price(pool: StoredPool, base: Token) -> Fraction:
    forwards = pool.token_0 == base.mint
    return pool.state.spot_price(Direction.ZERO_FOR_ONE if forwards else Direction.ONE_FOR_ZERO)


def offers(base: Token, quote: Token) -> Iterator[Sequence[VenueQuote]]:
    """Without drift, what the venues offer for each size, in both directions."""
    desk = PaperDesk(settings=paper_settings(paper_drift_bps=0))
    for token_in, token_out in ((base, quote), (quote, base)):
        for size in SIZES:
            asked = ask(token_in=token_in, token_out=token_out, amount_in=size * USUAL[token_in])
            yield [venue.quote(asked) for venue in desk.venues.values()]


def item_bytes(item: dict[str, dict[str, str]]) -> int:
    """The size as DynamoDB counts it, a little over for numbers."""
    return sum(len(name) + len(value) for name, typed in item.items() for value in typed.values())


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0a", b"hello", bytes(range(64)), b"\xff" * 32])
def test_base58_can_be_read_back(raw: bytes) -> None:
    assert decoded(encode(raw)) == raw


def test_base58_is_that_of_solana() -> None:
    assert encode(bytes(32)) == "11111111111111111111111111111111"  # the system program
    assert encode(b"Hello World!") == "2NEpo7TZRRrLZSi2U"


def test_every_pair_has_pools_of_more_than_one_kind_at_every_venue_of_the_registry() -> None:
    kinds = Counter((pool.venue, pool.pair) for pool in seeded_pools())
    expected = {(venue, pair_of(a.mint, b.mint)) for venue in VENUES for a, b in PAIRS}
    assert set(kinds) == expected
    assert min(kinds.values()) >= 2
    assert set(VENUES) == {RAYDIUM, METEORA}


def test_sol_and_usdc_have_pools_of_all_five_kinds_each_at_its_own_venue() -> None:
    kinds = [pool.state.KIND for pool in pools_of(SOL, USDC)]
    assert len(KINDS) == 5
    assert sorted(kinds) == sorted(KINDS)
    assert all(pool.state.KIND.startswith(pool.venue) for pool in seeded_pools())


def test_pool_addresses_are_well_formed_unique_and_recognised_as_paper() -> None:
    addresses = [pool.address for pool in seeded_pools()]
    assert len(set(addresses)) == len(addresses)
    assert all(len(decoded(address)) == 32 and address.startswith("Paper") for address in addresses)


def test_pools_hold_known_tokens() -> None:
    mints = {token.mint for token in PAPER_TOKENS}
    assert {mint for pool in seeded_pools() for mint in (pool.token_0, pool.token_1)} == mints


@pytest.mark.parametrize(("base", "quote"), PAIRS)
def test_the_pools_of_a_pair_agree_within_a_few_basis_points_and_not_entirely(
    base: Token, quote: Token
) -> None:
    prices = [base_price(pool, base) for pool in pools_of(base, quote)]
    assert max(prices) / min(prices) < Fraction(10_010, 10_000)
    assert len(set(prices)) == len(prices)


@pytest.mark.parametrize(("base", "quote"), PAIRS)
def test_which_pool_of_all_wins_depends_on_the_size(base: Token, quote: Token) -> None:
    best = [max(answers, key=lambda answer: answer.amount_out).pool for answers in offers(base, quote)]
    assert len(set(best[: len(SIZES)])) > 1
    assert len(set(best[len(SIZES) :])) > 1


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize(("base", "quote"), PAIRS)
def test_which_pool_of_a_venue_wins_depends_on_the_size(base: Token, quote: Token, venue: str) -> None:
    assert (
        len({answer.pool for answers in offers(base, quote) for answer in answers if answer.venue == venue})
        > 1
    )


def test_every_kind_is_the_best_of_its_venue_somewhere_and_every_venue_the_best_of_all() -> None:
    kinds = {pool.address: pool.state.KIND for pool in seeded_pools()}
    answered = [answers for base, quote in PAIRS for answers in offers(base, quote)]
    assert {kinds[answer.pool] for answers in answered for answer in answers} == KINDS
    assert {max(answers, key=lambda answer: answer.amount_out).venue for answers in answered} == {
        RAYDIUM,
        METEORA,
    }


def test_small_sol_orders_go_to_concentrated_pools_and_large_ones_to_deep_ones() -> None:
    answers = list(offers(SOL, USDC))[: len(SIZES)]
    kinds = {pool.address: pool.state.KIND for pool in seeded_pools()}
    best = [kinds[max(each, key=lambda answer: answer.amount_out).pool] for each in answers]
    assert best[0] == "meteora_dlmm"
    assert best[3] == "raydium_clmm"
    assert best[-1] == "raydium_amm_v4"


def test_a_pool_comes_back_from_its_record_as_it_was() -> None:
    assert all(pool_from_record(pool.state.to_record()) == pool.state for pool in seeded_pools())


def test_a_pools_item_is_small_before_it_is_traded_on_and_after() -> None:
    desk = PaperDesk()
    clock = desk.blocks.pool_clock(desk.blocks.height_at(desk.clock.now()))
    for pool in seeded_pools():
        swaps = [pool.swap(50 * usual_amount(mint), mint, clock) for mint in (pool.token_0, pool.token_1)]
        for stored in (pool, *(pool.after(swap.pool) for swap in swaps)):
            assert item_bytes(pool_item(stored)) < MOST_BYTES, pool.address


def test_the_pairs_that_are_listed_are_those_of_the_seeded_pools() -> None:
    listed = [
        (pool.venue, pool.pool, pool.pool_type, pair_of(pair.tokens[0].mint, pair.tokens[1].mint))
        for pair in PAPER_PAIRS
        for pool in pair.pools
    ]
    assert listed == [(pool.venue, pool.address, pool.state.KIND, pool.pair) for pool in seeded_pools()]
