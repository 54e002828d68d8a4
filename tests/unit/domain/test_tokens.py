"""The tokens that are traded, against what stands on the chain."""

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.tokens import SOL, USDC, Token, TokenList

ON_CHAIN = {
    "SOL": ("So11111111111111111111111111111111111111112", 9),
    "USDC": ("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6),
    "USDT": ("Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", 6),
    "JUP": ("JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN", 6),
    "BONK": ("DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263", 5),
}
"""Each token's mint, and the decimals of its mint account: one more or less trades a tenth or ten times."""


def test_each_token_has_the_mint_and_the_decimals_that_stand_on_the_chain():
    assert {token.symbol: (token.mint, token.decimals) for token in PAPER_TOKENS} == ON_CHAIN


@pytest.mark.parametrize("token", list(PAPER_TOKENS), ids=lambda token: token.symbol)
def test_a_token_is_found_by_its_symbol_in_any_case_and_by_its_mint(token):
    for name in (token.symbol, token.symbol.lower(), token.symbol.title(), token.mint):
        assert PAPER_TOKENS.find(name) is token


@pytest.mark.parametrize("name", ["", "WSOL", "\u017fol", SOL.mint.lower(), SOL.mint.upper()])
def test_nothing_else_is_found(name):
    assert PAPER_TOKENS.find(name) is None


def test_two_tokens_of_one_symbol_are_no_list_of_tokens():
    with pytest.raises(ValueError, match="same symbol"):
        TokenList([SOL, Token("sol", USDC.mint, 6)])
