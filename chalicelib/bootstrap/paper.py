"""The paper market: venues, chain and wallet over one ledger. No other module makes paper adapters."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.config import Settings
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList
from chalicelib.domain.venues import VENUES
from chalicelib.ports import Chain, Clock, MarketControls, Prices, Signer, Venue

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from chalicelib.adapters.paper.ledger import Ledger


class PaperDesk:
    """`TradingDesk` over a ledger. A function that only asks for quotes makes, and imports, no chain.

    `threads` makes the threads that prices are read in, where somebody watches them.
    """

    def __init__(
        self, ledger: "Ledger", clock: Clock, settings: Settings, threads: Callable[[], "Executor"]
    ) -> None:
        self.ledger = ledger
        self.clock = clock
        self.settings = settings
        self.threads = threads

    @property
    def tokens(self) -> TokenList:
        """The tokens of the paper market."""
        return paper_tokens()

    @property
    def pairs(self) -> PairList:
        """The pairs of the paper market."""
        return paper_pairs()

    @cached_property
    def venues(self) -> Mapping[str, Venue]:
        """Every venue's paper pools, by the venue's name."""
        from chalicelib.adapters.paper.venue import PaperVenue  # noqa: PLC0415

        ours, deadline_ms = self.settings.paper, self.settings.quote_deadline_ms
        return {name: PaperVenue(name, self.ledger, self.clock, ours, deadline_ms) for name in VENUES}

    @cached_property
    def prices(self) -> Prices:
        """The prices of the paper pools."""
        from chalicelib.adapters.paper.looks import PaperPrices  # noqa: PLC0415

        return PaperPrices(self.ledger, self.clock, self.settings.paper, self.threads())

    @cached_property
    def chain(self) -> Chain:
        """The paper chain, as one worker sees it."""
        from chalicelib.adapters.paper.blocks import Blocks  # noqa: PLC0415
        from chalicelib.adapters.paper.chain import PaperChain  # noqa: PLC0415
        from chalicelib.adapters.paper.drift import Drift  # noqa: PLC0415
        from chalicelib.adapters.paper.prices import LedgerPrices  # noqa: PLC0415

        ours = self.settings.paper
        prices = LedgerPrices(self.ledger, Blocks.of(ours), Drift.of(ours))
        return PaperChain(self.ledger, prices, self.clock, ours)

    @cached_property
    def signer(self) -> Signer:
        """The paper wallet."""
        from chalicelib.adapters.paper.signer import PaperSigner  # noqa: PLC0415

        return PaperSigner(self.settings.paper)

    @property
    def controls(self) -> MarketControls | None:
        """What moves the paper market on purpose, where the settings allow it."""
        if not self.settings.paper.controls:
            return None
        from chalicelib.adapters.paper.controls import PaperControls  # noqa: PLC0415

        return PaperControls(self.ledger, self.clock, self.settings.paper)


def paper_tokens() -> TokenList:
    """Return the tokens that the paper market trades."""
    from chalicelib.adapters.paper.tokens import PAPER_TOKENS  # noqa: PLC0415

    return PAPER_TOKENS


def paper_pairs() -> PairList:
    """Return the pairs that the paper market has pools of."""
    from chalicelib.adapters.paper.pairs import PAPER_PAIRS  # noqa: PLC0415

    return PAPER_PAIRS


def make_desk(
    dynamodb: Any, clock: Clock, settings: Settings, threads: Callable[[], "Executor"]
) -> PaperDesk:
    """Return the desk over the ledger in DynamoDB."""
    from chalicelib.adapters.dynamodb.calls import Backoff  # noqa: PLC0415
    from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger  # noqa: PLC0415

    ours = settings.paper
    ledger = DynamoDbLedger(dynamodb, ours.table, Backoff(clock), is_steered=ours.controls)
    return PaperDesk(ledger, clock, settings, threads)


def seed_pools(dynamodb: Any, table: str) -> int:
    """Store the pools that paper trading starts with, if they are missing. Return how many were new."""
    from chalicelib.adapters.paper import seed  # noqa: PLC0415

    return seed.seed_pools(dynamodb, table)
