"""Pairs of tokens that can be traded for each other: those of which the market has pools."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.tokens import Token
from chalicelib.errors import PairNotTraded


@dataclass(frozen=True, slots=True)
class ListedPool:
    """A pool as a market lists it: its venue, its address, and the program that it is of."""

    venue: str
    pool: str
    pool_type: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tokens, either of which can be sold for the other at these pools."""

    tokens: tuple[Token, Token]
    pools: tuple[ListedPool, ...]

    @property
    def venues(self) -> Sequence[str]:
        """The names of the venues that have a pool of the pair, each once, sorted."""
        return sorted({pool.venue for pool in self.pools})


class PairList:
    """The pairs of a market, each of which has a pool."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = tuple(pairs)
        self._by_mints = {frozenset(token.mint for token in pair.tokens): pair for pair in self._pairs}

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def require(self, token_in: Token, token_out: Token) -> Pair:
        """Return the listed pair of a swap's tokens.

        Raises
        ------
        PairNotTraded
            There is no pool of the two; the error names what tokenIn can be traded for.
        """
        pair = self._by_mints.get(frozenset((token_in.mint, token_out.mint)))
        if pair is None:
            others = sorted(
                token.symbol
                for pair in self._pairs
                if token_in in pair.tokens
                for token in pair.tokens
                if token != token_in
            )
            raise PairNotTraded(token_in.symbol, token_out.symbol, others)
        return pair
