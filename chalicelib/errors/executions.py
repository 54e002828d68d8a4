"""Reasons: why an order did not trade, or not yet."""

from typing import ClassVar, Literal

from chalicelib.errors.root import EngineError

Kind = Literal["denied", "rejected", "expired", "unavailable"]


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


class PriceImpactAboveLimit(ExecutionError):
    """The best offer moves the price by more than is allowed."""

    code = "PRICE_IMPACT_ABOVE_LIMIT"
    kind = "denied"


class Rejected(ExecutionError):
    """A venue or the chain refused."""

    code = "VENUE_REJECTED"
    kind = "rejected"


RouteCause = Literal["amount_too_small", "amount_too_large"]
"""Why no venue can fill a swap, where all of them say the same."""


class RouteNotFound(Rejected):
    """No venue offers the pair, or every venue refused the swap for good."""

    code = "ROUTE_NOT_FOUND"

    def __init__(self, detail: str = "", *, cause: RouteCause | None = None) -> None:
        super().__init__(detail)
        self.cause = cause


class RouteBelowMinimum(Rejected):
    """The best quote was below the order's minimum: what it demands, or what its first quote fixed."""

    code = "ROUTE_BELOW_MINIMUM"
    retryable = True


class QuoteStale(Rejected):
    """The stored route was too old to build on; a new one is quoted."""

    code = "QUOTE_STALE"
    retryable = True


class SlippageExceeded(Rejected):
    """The swap would have returned less than the minimum: `amount_out` base units, where that is known."""

    code = "SLIPPAGE_EXCEEDED"
    retryable = True

    def __init__(self, detail: str = "", *, amount_out: int | None = None) -> None:
        super().__init__(detail)
        self.amount_out = amount_out


class TransactionReverted(Rejected):
    """The transaction landed with an error other than slippage."""

    code = "TRANSACTION_REVERTED"


class PoolError(Rejected):
    """The pool's program would reject the swap.

    Its text has base units and is for engineers; `taken` is how much of the amount in the pool would take, in
    base units, where that is known.
    """

    code = "POOL_REJECTED"

    def __init__(self, detail: str = "", *, taken: int | None = None) -> None:
        super().__init__(detail)
        self.taken = taken


class ZeroOutput(PoolError):
    """The swap would return nothing."""

    code = "POOL_ZERO_OUTPUT"


class InsufficientLiquidity(PoolError):
    """The pool can't fill the whole amount."""

    code = "POOL_INSUFFICIENT_LIQUIDITY"


class ComputeLimitExceeded(PoolError):
    """The swap would cross more ticks or bins than the compute units of one transaction allow."""

    code = "POOL_COMPUTE_LIMIT_EXCEEDED"


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


class OrderExpired(ExecutionError):
    """The order's time was over before anything landed."""

    code = "ORDER_EXPIRED"
    kind = "expired"


class ClosedByOperator(OrderExpired):
    """An operator closed the order while no transaction of it was recorded."""

    code = "ORDER_CLOSED_BY_OPERATOR"


class ExecutionLate(ExecutionError):
    """An execution of an order that waits for its price took longer than it may: the order waits again."""

    code = "EXECUTION_LATE"
    kind = "expired"
    retryable = True


class TriggerDisproved(ExecutionError):
    """The order had fired, and the best offer was not past its trigger any more: it waits again."""

    code = "TRIGGER_DISPROVED"
    retryable = True


class FiringsSpent(ExecutionError):
    """The order fired as often as one may, and could not be filled."""

    code = "FIRINGS_SPENT"


class TransactionExpired(ExecutionError):
    """A transaction is proven not to have landed in the blocks in which it was valid."""

    code = "TRANSACTION_EXPIRED"
    kind = "expired"
    retryable = True


class Unavailable(ExecutionError):
    """A time-out, a 429 or a 5xx: nothing is known to have been refused."""

    code = "DEPENDENCY_UNAVAILABLE"
    kind = "unavailable"
    retryable = True


class VenueUnavailable(Unavailable):
    """The venue timed out, was throttled or answered nonsense."""

    code = "VENUE_UNAVAILABLE"


class ChainUnavailable(Unavailable):
    """The chain's node timed out, was throttled or answered nonsense."""

    code = "CHAIN_UNAVAILABLE"


class ChainStale(ChainUnavailable):
    """The chain's nodes answer, but what they say is older than what is known already."""

    code = "CHAIN_STALE"


class ChainWrong(ChainUnavailable):
    """The nodes that are asked are of another chain than the one that is traded on."""

    code = "CHAIN_WRONG"
