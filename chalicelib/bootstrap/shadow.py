"""The shadow market: live quotes from Solana's nodes, fills on paper. No other module makes its adapters."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.solana.listings import KNOWN, Listings, read_listings
from chalicelib.config import Cluster, InvalidSettings, Settings, SolanaSettings
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList
from chalicelib.domain.venues import VENUES
from chalicelib.ports import Chain, Clock, Prices, Signer, Venue

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from chalicelib.adapters.paper.ledger import Ledger
    from chalicelib.adapters.solana.recognition import Recognition
    from chalicelib.adapters.solana.rpc.fleet import Fleet
    from chalicelib.adapters.solana.snapshots import Snapshots


class ShadowDesk:
    """`TradingDesk` over Solana's nodes and a ledger of what would have been traded.

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
        """The tokens of the listed pairs."""
        return self.listings.tokens

    @property
    def pairs(self) -> PairList:
        """The listed pairs."""
        return self.listings.pairs

    @cached_property
    def listings(self) -> Listings:
        """What the settings list."""
        return listings_of(self.settings.solana)

    @cached_property
    def fleet(self) -> "Fleet":
        """The nodes, as one worker knows them."""
        from chalicelib.adapters.solana.rpc.client import RpcNode  # noqa: PLC0415
        from chalicelib.adapters.solana.rpc.endpoints import endpoints_of  # noqa: PLC0415
        from chalicelib.adapters.solana.rpc.fleet import Fleet, FleetPolicy  # noqa: PLC0415

        solana = self.settings.solana
        nodes = [RpcNode(endpoint, self.clock) for endpoint in endpoints_of(solana.rpc_urls)]
        policy = FleetPolicy(solana.cluster, solana.rpc_cooldown_ms, solana.max_slot_lag)
        return Fleet(nodes, self.clock, policy)

    @cached_property
    def snapshots(self) -> "Snapshots":
        """The readings of pairs, which venues, prices and chain share."""
        from chalicelib.adapters.solana.snapshot import programs_of  # noqa: PLC0415
        from chalicelib.adapters.solana.snapshots import Snapshots  # noqa: PLC0415

        solana = self.settings.solana
        programs = programs_of(solana.cluster)
        return Snapshots(self.fleet, self.pairs, programs, self.clock, solana.rpc_call_ms)

    @property
    def recognition(self) -> "Recognition":
        """What tells operators how to list a pool."""
        from chalicelib.adapters.solana.recognition import Recognition  # noqa: PLC0415
        from chalicelib.adapters.solana.snapshot import programs_of  # noqa: PLC0415

        solana = self.settings.solana
        programs = programs_of(solana.cluster)
        known, reading_ms = self.listings.known, solana.rpc_call_ms
        return Recognition(self.fleet, programs, known, self.clock, reading_ms)

    @cached_property
    def venues(self) -> Mapping[str, Venue]:
        """Every venue's listed pools, by the venue's name."""
        from chalicelib.adapters.shadow.venue import ShadowVenue  # noqa: PLC0415

        return {name: ShadowVenue(name, self.snapshots, self.clock) for name in VENUES}

    @cached_property
    def prices(self) -> Prices:
        """The prices of Solana's pools."""
        from chalicelib.adapters.shadow.looks import ShadowPrices  # noqa: PLC0415

        return ShadowPrices(self.snapshots, self.clock, self.threads())

    @cached_property
    def chain(self) -> Chain:
        """The paper chain, which lands swaps at the prices of Solana's pools."""
        from chalicelib.adapters.paper.chain import PaperChain  # noqa: PLC0415
        from chalicelib.adapters.shadow.prices import LivePrices  # noqa: PLC0415

        return PaperChain(self.ledger, LivePrices(self.snapshots), self.clock, self.settings.paper)

    @cached_property
    def signer(self) -> Signer:
        """The paper wallet: nothing is signed that a chain would take."""
        from chalicelib.adapters.paper.signer import PaperSigner  # noqa: PLC0415

        return PaperSigner(self.settings.paper)

    @property
    def controls(self) -> None:
        """None: nobody moves real pools on purpose."""


def listings_of(settings: SolanaSettings) -> Listings:
    """Return the tokens and pairs that the settings list. Raises InvalidSettings."""
    if settings.cluster is Cluster.DEVNET and KNOWN in {settings.pools, settings.tokens}:
        raise InvalidSettings(
            f"SOLANA_POOLS and SOLANA_TOKENS must list those of {settings.cluster}: known are mainnet's alone"
        )
    try:
        return read_listings(settings.pools, settings.tokens)
    except ValueError as error:
        raise InvalidSettings(str(error)) from None


def make_desk(
    dynamodb: Any, clock: Clock, settings: Settings, threads: Callable[[], "Executor"]
) -> ShadowDesk:
    """Return the desk whose ledger is in DynamoDB: the paper table, which holds no pools of this market."""
    from chalicelib.adapters.dynamodb.calls import Backoff  # noqa: PLC0415
    from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger  # noqa: PLC0415

    ledger = DynamoDbLedger(dynamodb, settings.paper.table, Backoff(clock))
    return ShadowDesk(ledger, clock, settings, threads)
