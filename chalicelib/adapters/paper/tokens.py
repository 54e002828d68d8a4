"""The tokens that the paper market trades."""

from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, TokenList

PAPER_TOKENS = TokenList((SOL, USDC, USDT, JUP, BONK))
