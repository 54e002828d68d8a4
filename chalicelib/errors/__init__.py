"""The exception tree of the engine.

EngineError
├── Refusal                     a client or an operator asks for what the engine does not do
│   ├── InvalidRequest          the caller's input was refused; carries field errors
│   │   └── BodyTooLarge        it was over the size that is read
│   ├── UnsupportedMediaType    the body was not said to be JSON
│   ├── NotAuthenticated        no key, or none that is known and not revoked
│   ├── ScopeMissing            the key doesn't allow this
│   ├── ApiKeyNotFound          an operator's command names a key that isn't there
│   ├── TicketRefused           the ticket was used, is too old, or never was one
│   ├── OriginRefused           a page of this origin may open no socket
│   ├── SocketsAtLimit          the account has as many open sockets as it may have
│   ├── OrdersFollowedAtLimit   the socket follows as many orders as one may
│   ├── OrderNotFound           no such order, or not the caller's
│   ├── RouteUnknown            there is nothing at this address, as the engine is set up
│   ├── IdempotencyKeyReused    the key was used with another payload
│   ├── RateLimited             the account asked too often
│   ├── LimitRefusal            a limit of the account stands against the order; carries its numbers
│   │   ├── TokenNotAllowed
│   │   ├── OrderAmountAboveLimit
│   │   ├── DailyAmountAboveLimit
│   │   ├── OpenOrdersAtLimit
│   │   ├── OrderAmountBelowMinimum
│   │   └── ArmedOrdersAtLimit, ArmedAmountAboveLimit
│   ├── TriggerRefusal          what the order waits for makes no sense, or not now; carries the prices
│   │   └── TriggerAlreadyMet, TriggerImplausible, TriggerBelowFloor
│   ├── PriceUnavailable        no price is new enough to judge the order by
│   ├── AmendmentsAtLimit       the order was amended as often as one may be
│   ├── OrderNotAmendable       it doesn't wait for its price
│   ├── OrderChanged            it is not at the sequence that the caller named
│   ├── Overloaded              the backlog can't be worked off within the order's life
│   ├── TradingReducing, TradingHalted  no new order now, at an operator's word
│   ├── TradingActive           an operator's command asks for trading to be stopped first
│   ├── TradingContended        somebody else turned the trading switch
│   ├── MarketContended         somebody else moved the market of a trial
│   └── NotCancellable          something was sent, or the order is final
├── ExecutionError              a reason why an order did not trade, or not yet: it has a code, a kind, and
│   │                           says whether it may be retried
│   ├── ExecutionCrashed        every execution of it crashed, and nothing of it can land
│   ├── PriceImpactAboveLimit   the best offer moves the price by more than is allowed
│   ├── Rejected                a venue or the chain refused
│   │   ├── RouteNotFound       no venue offered a usable quote, for good
│   │   ├── RouteBelowMinimum   the best quote was below the order's minimum
│   │   ├── QuoteStale          the stored route is too old to build on
│   │   ├── SlippageExceeded    the swap would return, or returned, less than the minimum
│   │   ├── TransactionReverted the transaction landed with an error
│   │   └── PoolError           the pool's program would reject the swap
│   │       ├── ZeroOutput
│   │       ├── InsufficientLiquidity
│   │       ├── ComputeLimitExceeded
│   │       ├── PriceOutOfRange
│   │       ├── PoolDisabled
│   │       ├── PoolNotActive
│   │       └── UnsupportedPool
│   ├── OrderExpired            the order's time was over
│   │   └── ClosedByOperator    an operator closed it before its time
│   ├── ExecutionLate           an execution of an order that waits took too long; it waits again
│   ├── TriggerDisproved        it had fired, and the market has recovered; it waits again
│   ├── FiringsSpent            it fired as often as one may
│   ├── TransactionExpired      a transaction is proven not to have landed in its blocks; the order goes on
│   └── Unavailable             a venue or the chain timed out, or answered 429, 5xx or nonsense
│       ├── VenueUnavailable
│       └── ChainUnavailable
│           ├── ChainStale      what the nodes say is too old
│           └── ChainWrong      the nodes are of another chain
├── Outage                      what the engine itself depends on did not answer; it concerns no single order
│   ├── StorageUnavailable
│   ├── QueueUnavailable
│   └── PushUnavailable
├── IllegalTransition           the lifecycle table has no such move
├── VersionConflict             another writer was first; what is stored wins
├── UnsupportedSchemaVersion    written by a newer release: refused, never guessed
├── MalformedMessage            a queue message that will never be understood
└── ConnectionGone              the gateway knows no such open socket
"""

from chalicelib.errors.conflicts import (
    ConnectionGone,
    IllegalTransition,
    MalformedMessage,
    UnsupportedSchemaVersion,
    VersionConflict,
)
from chalicelib.errors.executions import (
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    ClosedByOperator,
    ComputeLimitExceeded,
    ExecutionCrashed,
    ExecutionError,
    ExecutionLate,
    FiringsSpent,
    InsufficientLiquidity,
    Kind,
    OrderExpired,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    PriceImpactAboveLimit,
    PriceOutOfRange,
    QuoteStale,
    Rejected,
    RouteBelowMinimum,
    RouteCause,
    RouteNotFound,
    SlippageExceeded,
    TransactionExpired,
    TransactionReverted,
    TriggerDisproved,
    Unavailable,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)
from chalicelib.errors.outages import (
    Outage,
    PushUnavailable,
    QueueUnavailable,
    StorageUnavailable,
)
from chalicelib.errors.refusals import (
    AmendmentsAtLimit,
    ApiKeyNotFound,
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    BodyTooLarge,
    DailyAmountAboveLimit,
    FieldError,
    IdempotencyKeyReused,
    InvalidRequest,
    LimitRefusal,
    MarketContended,
    NotAuthenticated,
    NotCancellable,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    OrderChanged,
    OrderNotAmendable,
    OrderNotFound,
    OrdersFollowedAtLimit,
    OriginRefused,
    Overloaded,
    PairNotTraded,
    PriceUnavailable,
    RateLimited,
    Refusal,
    RouteUnknown,
    ScopeMissing,
    SocketsAtLimit,
    TicketRefused,
    TokenNotAllowed,
    TradingActive,
    TradingContended,
    TradingHalted,
    TradingReducing,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
    TriggerRefusal,
    UnsupportedMediaType,
)
from chalicelib.errors.root import (
    EngineError,
)

__all__ = [
    "AmendmentsAtLimit",
    "ApiKeyNotFound",
    "ArmedAmountAboveLimit",
    "ArmedOrdersAtLimit",
    "BodyTooLarge",
    "ChainStale",
    "ChainUnavailable",
    "ChainWrong",
    "ClosedByOperator",
    "ComputeLimitExceeded",
    "ConnectionGone",
    "DailyAmountAboveLimit",
    "EngineError",
    "ExecutionCrashed",
    "ExecutionError",
    "ExecutionLate",
    "FieldError",
    "FiringsSpent",
    "IdempotencyKeyReused",
    "IllegalTransition",
    "InsufficientLiquidity",
    "InvalidRequest",
    "Kind",
    "LimitRefusal",
    "MalformedMessage",
    "MarketContended",
    "NotAuthenticated",
    "NotCancellable",
    "OpenOrdersAtLimit",
    "OrderAmountAboveLimit",
    "OrderAmountBelowMinimum",
    "OrderChanged",
    "OrderExpired",
    "OrderNotAmendable",
    "OrderNotFound",
    "OrdersFollowedAtLimit",
    "OriginRefused",
    "Outage",
    "Overloaded",
    "PairNotTraded",
    "PoolDisabled",
    "PoolError",
    "PoolNotActive",
    "PriceImpactAboveLimit",
    "PriceOutOfRange",
    "PriceUnavailable",
    "PushUnavailable",
    "QueueUnavailable",
    "QuoteStale",
    "RateLimited",
    "Refusal",
    "Rejected",
    "RouteBelowMinimum",
    "RouteCause",
    "RouteNotFound",
    "RouteUnknown",
    "ScopeMissing",
    "SlippageExceeded",
    "SocketsAtLimit",
    "StorageUnavailable",
    "TicketRefused",
    "TokenNotAllowed",
    "TradingActive",
    "TradingContended",
    "TradingHalted",
    "TradingReducing",
    "TransactionExpired",
    "TransactionReverted",
    "TriggerAlreadyMet",
    "TriggerBelowFloor",
    "TriggerDisproved",
    "TriggerImplausible",
    "TriggerRefusal",
    "Unavailable",
    "UnsupportedMediaType",
    "UnsupportedPool",
    "UnsupportedSchemaVersion",
    "VenueUnavailable",
    "VersionConflict",
    "ZeroOutput",
]
