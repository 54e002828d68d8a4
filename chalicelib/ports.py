"""What the services need from the world, named for the need.

Each Protocol has a fake in tests/fakes and at least one adapter; both pass the same contract suite. An
adapter translates its library's errors: only the errors named here cross a port.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.domain.quotes import QuoteRequest, VenueQuote
from chalicelib.domain.submission import HeightReading, StatusReading, Submission
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tokens import Token
from chalicelib.domain.trading import Trading


class Clock(Protocol):
    """Time, so that a run can be replayed."""

    def now(self) -> int:
        """Milliseconds since the Unix epoch."""

    def sleep(self, milliseconds: int) -> None:
        """Let this much time pass."""


class Identifiers(Protocol):
    """Randomness, so that a run can be replayed."""

    def order_id(self) -> str:
        """A new order's id: a UUID in lower case."""

    def write_id(self) -> str:
        """A new write's id, never drawn twice."""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not final, as the index of open orders knows it."""

    order_id: str
    enqueued_at: int
    requeues: int


@dataclass(frozen=True, slots=True)
class HistoryPosition:
    """Where a page of an account's history ended."""

    accepted_at: int
    order_id: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Orders, newest first, and where the next page begins; None when this is the last one."""

    orders: Sequence[Order]
    following: HistoryPosition | None


class OrderRepository(Protocol):
    """The orders and their idempotency records. Every method may raise StorageUnavailable.

    Every write is conditional, and its answer is about this very write: after a failed condition or a lost
    answer a write counts as made only when the stored event has its write id.
    """

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        """Store a new order, and with it the record of its key, both or neither.

        Returns the record that holds the key now: the given one, or an earlier one that still binds at
        `order.accepted_at`, and then nothing was stored.
        """

    def find_record(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        """Read the record of a key consistently; None when there is none that binds at `now`."""

    def get(self, order_id: str) -> Order:
        """Read an order consistently. Raises OrderNotFound, UnsupportedSchemaVersion."""

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        """Store the one event that `order` has more than what is stored, with what changed.

        enqueued_at and requeues are left as they are: those are mark_enqueued's.

        With `expires_after` it is stored only while the order's own expires_at is later. Raises
        VersionConflict when the stored order isn't exactly one event behind, and is not this write.
        """

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """The open orders whose messages are oldest, at most `limit`. The index may lag by a moment."""

    def count_open(self) -> int:
        """How many orders are open. The index may lag by a moment."""

    def mark_enqueued(self, seen: OpenOrder, *, at: int, requeues: int) -> bool:
        """Record when a message is sent for an open order that still stands as it was seen; False if not."""

    def history(
        self, account: str, *, status: Status | None, limit: int, after: HistoryPosition | None
    ) -> HistoryPage:
        """An account's orders, newest first; the index may lag by a moment."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What is left of a caller's rate: `remaining` more requests within `reset_after` seconds."""

    limit: int
    remaining: int
    reset_after: int


class RateLimiter(Protocol):
    """Each caller's requests a minute. It may raise StorageUnavailable."""

    def admit(self, caller: str, now: int) -> Admission:
        """Count one request. Raises RateLimited, and then it wasn't counted."""


class TradingSwitch(Protocol):
    """An operator's switch. Every method may raise StorageUnavailable: how it stands is never guessed."""

    def read(self) -> Trading:
        """Read it consistently; as never turned while nobody has turned it."""

    def turn(self, to: Trading) -> None:
        """Store it as the turn after version `to.version - 1`. VersionConflict if another is."""


class OrderQueue(Protocol):
    """The queue that drives executions."""

    def send(self, order_id: str, *, delay_seconds: int = 0) -> None:
        """Ask for one more execution of the order, `delay_seconds` from now. Raises QueueUnavailable."""

    def running(self) -> int:
        """About how many executions run now. Raises QueueUnavailable."""


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

    def quote(self, request: QuoteRequest) -> VenueQuote:
        """Offer the best that this venue's pools give. Raises VenueUnavailable, or Rejected for good."""

    def build_swap(self, request: SwapRequest) -> bytes:
        """Build the unsigned message of the swap. Raises VenueUnavailable, Rejected."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """Bytes that may be sent any number of times, and the signature that they are known by."""

    signature: str
    transaction: bytes


class Signer(Protocol):
    """The wallet that trades."""

    def sign(self, message: bytes) -> SignedTransaction:
        """Sign a message. Equal messages give equal signatures."""


class Chain(Protocol):
    """A chain's nodes. Every method may raise ChainUnavailable, which proves nothing."""

    def latest_blockhash(self) -> Blockhash:
        """The newest confirmed blockhash."""

    def simulate(self, message: bytes) -> None:
        """Run the swap without sending it. Raises SlippageExceeded or another Rejected as it would fail."""

    def send(self, submission: Submission) -> None:
        """Hand the bytes to the network. Sending the same bytes again changes nothing."""

    def finalized_height(self) -> HeightReading:
        """The finalized block height."""

    def signature_status(self, submission: Submission) -> StatusReading:
        """What is known of the submission's signature, searched with history."""

    def fill(self, submission: Submission) -> Fill:
        """What moved in a transaction that landed without error."""


class SubscriptionRepository(Protocol):
    """Which sockets follow which orders. Every method may raise StorageUnavailable."""

    def arm(self, subscription: Subscription) -> None:
        """Store the subscription, armed, whatever stood there before: its backfill is sent next."""

    def find(self, order_id: str, connection_id: str) -> Subscription | None:
        """Read one subscription consistently."""

    def of_order(self, order_id: str) -> Sequence[Subscription]:
        """Read an order's subscriptions consistently."""

    def of_connection(self, connection_id: str) -> Sequence[str]:
        """The ids of the orders that a connection follows; may lag behind by a moment."""

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        """Record that all up to `delivered` was sent, and disarm; False if it changed since it was seen."""

    def remove(self, order_id: str, connection_id: str) -> None:
        """Forget one subscription."""

    def remove_connection(self, connection_id: str) -> None:
        """Forget all of a connection's subscriptions."""


class PushGateway(Protocol):
    """The open sockets."""

    def post(self, connection_id: str, message: bytes) -> None:
        """Hand a message to a socket. Raises ConnectionGone, PushUnavailable."""


class Telemetry(Protocol):
    """What the services report about themselves. It never raises."""

    def order_accepted(self, order: Order) -> None:
        """A new order is durable."""

    def order_replayed(self, order_id: str) -> None:
        """A key was used again, and its order was answered."""

    def request_refused(self, code: str) -> None:
        """A request was refused with this problem code."""

    def message_unsent(self, order_id: str, code: str) -> None:
        """An accepted order has no message yet: Reconcile sends it."""

    def order_moved(self, order: Order) -> None:
        """The order's newest event was stored by us."""

    def queue_waited(self, order: Order, milliseconds: int) -> None:
        """The order began to execute this long after its message was sent."""

    def record_failed(self, source: str, error: Exception) -> None:
        """Something that came in from this source could not be dealt with and was passed over."""

    def venue_failed(self, venue: str, code: str) -> None:
        """A venue gave no offer."""

    def circuit_changed(self, venue: str, *, is_open: bool) -> None:
        """A venue that kept failing is left alone from now on, or answers again."""

    def order_requeued(self, order_id: str) -> None:
        """An order that was left behind has a new message."""

    def order_stuck(self, order_id: str) -> None:
        """An order needs an operator."""

    def subscription_skipped(self, connection_id: str, why: str) -> None:
        """A socket was left unsent, or was found to be gone."""
