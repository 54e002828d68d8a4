"""The data of each market that is known without its desk: its tokens."""

from chalicelib.config import Market, Settings
from chalicelib.domain.tokens import TokenList


def tokens_of(settings: Settings) -> TokenList:
    """Return the tokens that the market of these settings trades. Raises InvalidSettings."""
    match settings.market:
        case Market.PAPER:
            from chalicelib.bootstrap.paper import paper_tokens  # noqa: PLC0415

            return paper_tokens()
        case Market.SHADOW:
            from chalicelib.bootstrap.shadow import listings_of  # noqa: PLC0415

            return listings_of(settings.solana).tokens
