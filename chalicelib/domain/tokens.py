"""Tokens. A market defines which of them can be traded (`TradingDesk.tokens`)."""

from collections.abc import Iterable, Iterator
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


class TokenList:
    """Tokens, each of which can be named by its symbol, in any case, or by its mint address.

    Raises ValueError when two have the same symbol.
    """

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._tokens = tuple(tokens)
        self._by_mint = {token.mint: token for token in self._tokens}
        self._by_symbol = {token.symbol.upper(): token for token in self._tokens}
        if len(self._by_symbol) < len(self._tokens):
            raise ValueError("Two tokens have the same symbol, but for its case")

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens)

    def find(self, name: str) -> Token | None:
        """Return the token of this symbol or mint address; None when it is not listed."""
        by_symbol = self._by_symbol.get(name.upper()) if name.isascii() else None
        return self._by_mint.get(name, by_symbol)
