"""What is told of a pool is what the settings have to say of it."""

import pytest

from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.solana.listings import KNOWN_TOKENS, read_listings
from chalicelib.adapters.solana.recognition import Recognition
from chalicelib.adapters.solana.rpc.failures import NodeFailed
from chalicelib.adapters.solana.snapshot import programs_of
from chalicelib.config import Cluster as Name
from chalicelib.domain.tokens import SOL, USDC, Token, TokenList
from chalicelib.errors import ChainUnavailable, UnsupportedPool
from tests.fakes.live_pools import accounts_of, live_address, pools_setting
from tests.fakes.shadow import ShadowDesk

POOLS = {pool.address: pool for pool in seeded_pools()}
FIRST = seeded_pools()[0]


def recognise(desk: ShadowDesk, address: str, tokens: tuple[Token, ...] = KNOWN_TOKENS) -> list[str]:
    recognition = Recognition(desk.fleet, programs_of(Name.MAINNET), TokenList(tokens), desk.clock, 1_200)
    return list(recognition.recognise(address))


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_of_every_type_is_told_as_its_entry(name: str) -> None:
    address = live_address(POOLS[name])
    (entry,) = (each for each in pools_setting().split(",") if each.endswith(address))
    assert recognise(ShadowDesk(), address) == [f"SOLANA_POOLS: {entry}"]


def test_a_token_that_is_not_listed_is_told_with_its_decimals_and_both_entries_work() -> None:
    address = live_address(FIRST)
    pool, token = recognise(ShadowDesk(), address, (SOL,))
    assert token == f"SOLANA_TOKENS: SYMBOL:{USDC.mint}:6"
    tokens = f"SOL:{SOL.mint}:9,{token.partition(': ')[2].replace('SYMBOL', 'USDC')}"
    (pair,) = read_listings(pool.partition(": ")[2], tokens).pairs
    assert (pair.tokens, pair.pools[0].pool) == ((SOL, USDC), address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("no-address", "no-address is no address"),
        ("l" * 44, "is no address"),
        ("1" * 32, "does not exist"),
        (SOL.mint, "which is no pool program"),
        (accounts_of(FIRST)[1].address, "the size was"),
    ],
)
def test_what_is_no_pool_is_refused_with_the_reason(address: str, why: str) -> None:
    with pytest.raises(UnsupportedPool, match=why):
        recognise(ShadowDesk(), address)


def test_a_pool_whose_mint_is_missing_is_refused() -> None:
    desk = ShadowDesk()
    del desk.cluster.accounts[USDC.mint]
    with pytest.raises(UnsupportedPool, match=f"the mint {USDC.mint} does not exist"):
        recognise(desk, live_address(FIRST))


def test_while_no_node_answers_nothing_is_told_of_a_pool() -> None:
    desk = ShadowDesk()
    desk.nodes[0].mood = NodeFailed("did not answer")
    with pytest.raises(ChainUnavailable):
        recognise(desk, live_address(FIRST))
