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

from chalicelib.errors.executions import (
    ChainUnavailable,
    ClosedByOperator,
    ExecutionCrashed,
    ExecutionError,
    Expired,
    InsufficientLiquidity,
    Kind,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    PriceOutOfRange,
    PushUnavailable,
    QueueUnavailable,
    QuoteStale,
    Rejected,
    RouteBelowMinimum,
    RouteNotFound,
    SlippageExceeded,
    StorageUnavailable,
    TransactionExpired,
    TransactionReverted,
    Unavailable,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)
from chalicelib.errors.refusals import (
    BodyTooLarge,
    ConnectionGone,
    EngineError,
    FieldError,
    IdempotencyKeyReused,
    IllegalTransition,
    InvalidRequest,
    MalformedMessage,
    NotCancellable,
    OrderNotFound,
    Overloaded,
    RateLimited,
    TradingActive,
    TradingHalted,
    TradingReducing,
    UnsupportedMediaType,
    UnsupportedSchemaVersion,
    VersionConflict,
)

__all__ = [
    "BodyTooLarge",
    "ChainUnavailable",
    "ClosedByOperator",
    "ConnectionGone",
    "EngineError",
    "ExecutionCrashed",
    "ExecutionError",
    "Expired",
    "FieldError",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "InsufficientLiquidity",
    "InvalidRequest",
    "Kind",
    "MalformedMessage",
    "NotCancellable",
    "OrderNotFound",
    "Overloaded",
    "PoolDisabled",
    "PoolError",
    "PoolNotActive",
    "PriceOutOfRange",
    "PushUnavailable",
    "QueueUnavailable",
    "QuoteStale",
    "RateLimited",
    "Rejected",
    "RouteBelowMinimum",
    "RouteNotFound",
    "SlippageExceeded",
    "StorageUnavailable",
    "TradingActive",
    "TradingHalted",
    "TradingReducing",
    "TransactionExpired",
    "TransactionReverted",
    "Unavailable",
    "UnsupportedMediaType",
    "UnsupportedPool",
    "UnsupportedSchemaVersion",
    "VenueUnavailable",
    "VersionConflict",
    "ZeroOutput",
]
