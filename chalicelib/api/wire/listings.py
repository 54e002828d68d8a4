"""The listings of a market as types: its tokens, and the pairs that have a pool."""

from typing import Annotated

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.fields import CLOSED, Dex, Pool, PoolType, Success, Symbol, text

Allowed = Annotated[
    bool, Field(description="Whether an account may trade it that has no list of tokens of its own.")
]


@with_config(CLOSED)
class Token(TypedDict):
    """A token of the market."""

    symbol: Symbol
    mint: Annotated[str, text("Its mint address; orders may name it by this too.")]
    decimals: Annotated[int, Field(description="Decimal places that an amount of it may have.", examples=[9])]
    allowed: Allowed


@with_config(CLOSED)
class TokenList(TypedDict):
    """The tokens of the market."""

    success: Success
    tokens: list[Token]


@with_config(CLOSED)
class ListedPool(TypedDict):
    """A pool of a pair."""

    pool: Pool
    type: PoolType


@with_config(CLOSED)
class ListedVenue(TypedDict):
    """A venue with its pools of a pair."""

    dex: Dex
    pools: list[ListedPool]


@with_config(CLOSED)
class Pair(TypedDict):
    """Two tokens, either of which can be sold for the other."""

    tokens: Annotated[list[Symbol], Field(min_length=2, max_length=2)]
    allowed: Allowed
    venues: Annotated[list[ListedVenue], Field(min_length=1)]


@with_config(CLOSED)
class PairList(TypedDict):
    """The pairs that can be traded. There is no pool of any other two tokens."""

    success: Success
    pairs: list[Pair]
