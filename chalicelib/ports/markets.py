"""A market: its venues, its chain, the wallet, and the desk that has all three."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.order import Fill
from chalicelib.domain.pairs import PairList
from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.domain.steering import ChangedFeeds, Course, FeedChange, Move, Place
from chalicelib.domain.submission import HeightReading, StatusReading, Submission
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.ports.prices import Prices

STATUSES_AT_ONCE = 256
"""Most signatures whose statuses a Solana node returns in one answer (getSignatureStatuses)."""


@dataclass(frozen=True, slots=True)
class Blockhash:
    """A recent blockhash and the last block height at which a transaction with it can land."""

    blockhash: str
    last_valid_block_height: int


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """A swap to build: exactly `amount_in` on the pool of `quote`, for no less than `minimum_amount_out`."""

    order_id: str
    attempt: int
    amount_in: int
    minimum_amount_out: int
    quote: VenueQuote
    token_in: Token
    token_out: Token
    blockhash: Blockhash


class Venue(Protocol):
    """One trading venue with its pools."""

    @property
    def name(self) -> str:
        """The venue's name on the wire, like "raydium"."""

    def quote(self, request: VenueRequest) -> VenueQuote:
        """Return the best offer of this venue's pools. Raises VenueUnavailable, or Rejected for good."""

    def build_swap(self, request: SwapRequest) -> bytes:
        """Build the unsigned message of the swap. Raises VenueUnavailable, Rejected."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction's bytes, which may be sent any number of times, and the signature that identifies it."""

    signature: str
    transaction: bytes


class Signer(Protocol):
    """The wallet that trades."""

    def sign(self, message: bytes) -> SignedTransaction:
        """Sign a message. Equal messages give equal signatures."""


class Chain(Protocol):
    """A chain's nodes. Every method may raise ChainUnavailable, which proves nothing."""

    def latest_blockhash(self) -> Blockhash:
        """Return the newest confirmed blockhash."""

    def simulate(self, message: bytes) -> None:
        """Run the swap without sending it. Raises SlippageExceeded or another Rejected as it would fail."""

    def send(self, submission: Submission) -> None:
        """Hand the bytes to the network. Sending the same bytes again changes nothing."""

    def finalized_height(self) -> HeightReading:
        """Read the finalized block height, with the newest slot that the node had seen when it told it."""

    def signature_statuses(self, submissions: Sequence[Submission]) -> Mapping[str, StatusReading]:
        """Read what one node knows of these signatures, searched with history, by signature.

        At most STATUSES_AT_ONCE of them. A signature whose status could not be read is left out, which proves
        nothing; one that the node doesn't know has a reading whose status is None.
        """

    def fill(self, submission: Submission) -> Fill:
        """Return the amounts that moved in a transaction that landed without error."""


class MarketControls(Protocol):
    """The controls of a market that no money depends on: they move it on purpose.

    They only write: the market's own venues, chain and wallet obey. Every method may raise MarketContended,
    when somebody else moved the market at the same moment and nothing was changed, or StorageUnavailable,
    when it may have been: doing it again is safe.
    """

    def move(self, places: Sequence[Place], move: Move) -> Sequence[Course]:
        """Move the price at all of these places, or at none. Return its course at each, in their order.

        A move takes the place of all that was asked before; a wick ends where the price was to end.
        """

    def set_feeds(self, places: Sequence[Place], change: FeedChange) -> ChangedFeeds:
        """Change the feeds of all of these places, or of none. The chain is true whatever they say."""


class TradingDesk(Protocol):
    """The trading desk of one market: its tokens, venues, chain and wallet."""

    @property
    def tokens(self) -> TokenList:
        """The tokens that the market trades."""

    @property
    def pairs(self) -> PairList:
        """The pairs that the market has pools of."""

    @property
    def venues(self) -> Mapping[str, Venue]:
        """Every venue of the market, by its name."""

    @property
    def prices(self) -> Prices:
        """What the market shows to whoever watches its prices."""

    @property
    def chain(self) -> Chain:
        """The chain that swaps are sent to."""

    @property
    def signer(self) -> Signer:
        """The wallet that signs the swaps."""

    @property
    def controls(self) -> MarketControls | None:
        """What moves the market on purpose; None where nobody may."""
