"""The data of each market that is known without its desk: its tokens."""

from chalicelib.config import Market
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList


def tokens_of(market: Market) -> TokenList:
    """Return the tokens that a market trades."""
    match market:
        case Market.PAPER:
            from chalicelib.bootstrap.paper import paper_tokens  # noqa: PLC0415

            return paper_tokens()


def pairs_of(market: Market) -> PairList:
    """Return the pairs that a market has pools of."""
    match market:
        case Market.PAPER:
            from chalicelib.bootstrap.paper import paper_pairs  # noqa: PLC0415

            return paper_pairs()
