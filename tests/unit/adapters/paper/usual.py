"""Orders of everyday size."""

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token

USUAL = {SOL: 10**9, USDC: 200 * 10**6, USDT: 200 * 10**6, JUP: 300 * 10**6, BONK: 10**6 * 10**5}
"""An amount in of each token, in base units."""

BY_MINT: dict[str, Token] = {token.mint: token for token in PAPER_TOKENS}


def usual_amount(mint: str) -> int:
    """The amount in of the token with this mint."""
    return USUAL[BY_MINT[mint]]
