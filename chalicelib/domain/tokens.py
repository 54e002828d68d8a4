"""The tokens that can be traded, by symbol and by mint address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """One SPL token: `decimals` places separate a whole token from its base unit."""

    symbol: str
    mint: str
    decimals: int


SOL = Token("SOL", "So11111111111111111111111111111111111111112", 9)
USDC = Token("USDC", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6)
USDT = Token("USDT", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", 6)
JUP = Token("JUP", "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN", 6)
BONK = Token("BONK", "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263", 5)

TOKENS = (SOL, USDC, USDT, JUP, BONK)

_BY_NAME = {name: token for token in TOKENS for name in (token.symbol, token.mint)}


def find_token(name: str) -> Token | None:
    """The token of this symbol or mint address; None when it is not one of ours."""
    return _BY_NAME.get(name)
