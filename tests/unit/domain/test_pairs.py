"""Which tokens can be traded for which."""

import pytest

from chalicelib.domain.pairs import ListedPool, Pair, PairList
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC
from chalicelib.errors import PairNotTraded

POOL = ListedPool("raydium", "pool", "raydium_clmm")
PAIRS = PairList([Pair((SOL, USDC), (POOL,)), Pair((BONK, SOL), (POOL,))])


@pytest.mark.parametrize(("token_in", "token_out"), [(SOL, USDC), (USDC, SOL), (SOL, BONK), (BONK, SOL)])
def test_a_pair_trades_in_both_directions(token_in, token_out):
    PAIRS.require(token_in, token_out)


@pytest.mark.parametrize(
    ("token_in", "token_out", "others"),
    [(USDC, BONK, ["SOL"]), (JUP, SOL, []), (SOL, JUP, ["BONK", "USDC"]), (SOL, SOL, ["BONK", "USDC"])],
)
def test_two_tokens_without_a_pool_are_refused_with_what_else_the_first_trades_for(
    token_in, token_out, others
):
    with pytest.raises(PairNotTraded) as refused:
        PAIRS.require(token_in, token_out)
    assert (refused.value.token_in, refused.value.token_out) == (token_in.symbol, token_out.symbol)
    assert refused.value.others == others


def test_a_venue_is_named_once_however_many_pools_it_has():
    meteora = ListedPool("meteora", "another", "meteora_dlmm")
    assert Pair((SOL, USDC), (POOL, meteora, POOL)).venues == ["meteora", "raydium"]
