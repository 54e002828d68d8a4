"""The exception tree of the engine.

EngineError
├── InvalidRequest              the caller's input was refused; carries field errors
│   └── BodyTooLarge            it was over the size that is read
├── UnsupportedMediaType        the body was not said to be JSON
├── OrderNotFound               no such order, or not the caller's
├── IdempotencyKeyReused        the key was used with another payload
├── RateLimited                 the account asked too often
├── Overloaded                  the backlog can't be worked off within the order's life
├── TradingReducing, TradingHalted  no new order now, at an operator's word
├── TradingActive               an operator's command asks for trading to be stopped first
├── NotCancellable              something was sent, or the order is final
├── IllegalTransition           the lifecycle table has no such move
├── VersionConflict             another writer was first; the stored order wins
├── UnsupportedSchemaVersion    written by a newer release: refused, never guessed
├── MalformedMessage            a queue message that will never be understood
├── ConnectionGone              the gateway knows no such open socket
└── ExecutionError              has a code, a kind and says whether it may be retried
    ├── ExecutionCrashed        every execution of it crashed, and nothing of it can land
    ├── Rejected                a venue or the chain refused
    │   ├── RouteNotFound       no venue offered a usable quote, for good
    │   ├── RouteBelowMinimum   the best quote was below the order's minimum
    │   ├── QuoteStale          the stored route is too old to build on
    │   ├── SlippageExceeded    the swap would return, or returned, less than the minimum
    │   ├── TransactionReverted the transaction landed with an error
    │   └── PoolError           the pool's program would reject the swap
    │       ├── ZeroOutput
    │       ├── InsufficientLiquidity
    │       ├── PriceOutOfRange
    │       ├── PoolDisabled
    │       ├── PoolNotActive
    │       └── UnsupportedPool
    ├── Expired                 the order's time was over
    │   ├── ClosedByOperator    an operator closed it before its time
    │   └── TransactionExpired  a transaction is proven not to have landed in its blocks
    └── Unavailable             a time-out, a 429 or a 5xx: nothing is known to be refused
        ├── StorageUnavailable
        ├── QueueUnavailable
        ├── VenueUnavailable
        ├── ChainUnavailable
        └── PushUnavailable
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

Kind = Literal["denied", "rejected", "expired", "unavailable"]


class EngineError(Exception):
    """Root of every error that the engine raises on purpose."""


@dataclass(frozen=True)
class FieldError:
    """One refused field: a JSON pointer into the request and what to do about it."""

    pointer: str
    detail: str


class InvalidRequest(EngineError):
    """The caller's input was refused."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{e.pointer}: {e.detail}" for e in errors))
        self.errors = errors


class BodyTooLarge(InvalidRequest):
    """The body was over the size that is read."""


class UnsupportedMediaType(EngineError):
    """The body was not said to be JSON."""


class OrderNotFound(EngineError):
    """No such order, or it belongs to somebody else."""


class IdempotencyKeyReused(EngineError):
    """The Idempotency-Key was used within its window with another payload."""


class RateLimited(EngineError):
    """The account asked too often; the same request is fine in `retry_after` seconds."""

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(f"more than {limit} requests a minute")
        self.limit = limit
        self.retry_after = retry_after


class Overloaded(EngineError):
    """The backlog can't be worked off within the order's life; it can in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the estimated wait is {retry_after} s too long")
        self.retry_after = retry_after


class TradingReducing(EngineError):
    """An operator lets what was sent be resolved, and nothing new begin."""


class TradingHalted(EngineError):
    """An operator stopped all trading."""


class TradingActive(EngineError):
    """The command would harm live orders: trading must be reducing or halted first."""


class NotCancellable(EngineError):
    """Something was sent, or the order is final."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the order is {status}")
        self.status = status


class IllegalTransition(EngineError):
    """The lifecycle table has no such move."""


class VersionConflict(EngineError):
    """Another writer changed the order first; what is stored wins."""


class UnsupportedSchemaVersion(EngineError):
    """The record was written by a newer release and is not guessed at."""


class MalformedMessage(EngineError):
    """The body was not one of ours: it never will be, however often it comes."""


class ConnectionGone(EngineError):
    """The gateway knows no such open socket: it is closed, or not open yet."""


class ExecutionError(EngineError):
    """Why an order did not trade, or not yet.

    `code` is stable and reads CATEGORY_CONDITION; `retryable` says whether the same order may
    be tried again.
    """

    code: ClassVar[str] = "EXECUTION_FAILED"
    kind: ClassVar[Kind] = "rejected"
    retryable: ClassVar[bool] = False


class ExecutionCrashed(ExecutionError):
    """Every execution of the order crashed, and no transaction of it can land any more."""

    code = "EXECUTION_CRASHED"


class Rejected(ExecutionError):
    """A venue or the chain refused."""

    code = "VENUE_REJECTED"
    kind = "rejected"


class RouteNotFound(Rejected):
    """No venue offers the pair, or every venue refused the swap for good."""

    code = "ROUTE_NOT_FOUND"


class RouteBelowMinimum(Rejected):
    """The best quote was below the minimum fixed at the order's first quote."""

    code = "ROUTE_BELOW_MINIMUM"
    retryable = True


class QuoteStale(Rejected):
    """The stored route was too old to build on; a new one is quoted."""

    code = "QUOTE_STALE"
    retryable = True


class SlippageExceeded(Rejected):
    """The swap would have returned, or did return, less than the minimum."""

    code = "SLIPPAGE_EXCEEDED"
    retryable = True


class TransactionReverted(Rejected):
    """The transaction landed with an error other than slippage."""

    code = "TRANSACTION_REVERTED"


class PoolError(Rejected):
    """The pool's program would reject the swap."""

    code = "POOL_REJECTED"


class ZeroOutput(PoolError):
    """The swap would return nothing."""

    code = "POOL_ZERO_OUTPUT"


class InsufficientLiquidity(PoolError):
    """The pool can't fill the whole amount."""

    code = "POOL_INSUFFICIENT_LIQUIDITY"


class PriceOutOfRange(PoolError):
    """The swap would push the price out of the pool's range."""

    code = "POOL_PRICE_OUT_OF_RANGE"


class PoolDisabled(PoolError):
    """The pool's status does not allow swaps."""

    code = "POOL_DISABLED"


class PoolNotActive(PoolError):
    """The pool's activation point lies ahead."""

    code = "POOL_NOT_ACTIVE"


class UnsupportedPool(PoolError):
    """The pool uses a feature whose mathematics we don't implement."""

    code = "POOL_UNSUPPORTED"


class Expired(ExecutionError):
    """The order's time was over before anything landed."""

    code = "ORDER_EXPIRED"
    kind = "expired"


class ClosedByOperator(Expired):
    """An operator closed the order while no transaction of it was recorded."""

    code = "ORDER_CLOSED_BY_OPERATOR"


class TransactionExpired(Expired):
    """A transaction is proven not to have landed in the blocks in which it was valid."""

    code = "TRANSACTION_EXPIRED"
    retryable = True


class Unavailable(ExecutionError):
    """A time-out, a 429 or a 5xx: nothing is known to have been refused."""

    code = "DEPENDENCY_UNAVAILABLE"
    kind = "unavailable"
    retryable = True


class StorageUnavailable(Unavailable):
    """The tables did not answer in time, or were throttled."""

    code = "STORAGE_UNAVAILABLE"


class QueueUnavailable(Unavailable):
    """The queue did not take the message."""

    code = "QUEUE_UNAVAILABLE"


class VenueUnavailable(Unavailable):
    """The venue timed out, was throttled or answered nonsense."""

    code = "VENUE_UNAVAILABLE"


class ChainUnavailable(Unavailable):
    """The chain's node timed out, was throttled or answered nonsense."""

    code = "CHAIN_UNAVAILABLE"


class PushUnavailable(Unavailable):
    """A socket message could not be handed to the gateway."""

    code = "PUSH_UNAVAILABLE"
