"""Move an order to the status that follows from a proof about its transaction."""

from dataclasses import dataclass

from chalicelib.domain import transitions
from chalicelib.domain.firing import end_unfilled, late_of
from chalicelib.domain.lifecycle import Stamp, retry_wait
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.refused_swaps import reason_of
from chalicelib.domain.submission import LandingError, SignatureStatus, Verdict
from chalicelib.errors import SlippageExceeded, TransactionExpired, TransactionReverted
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry
from chalicelib.services.defer_order import DeferOrder

PROVED = frozenset(Verdict) - {Verdict.SEND_AGAIN, Verdict.WAIT}
"""The verdicts that end the wait for a landing."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A proof about an order's transaction.

    `verdict` is one of PROVED, `status` the signature's status on the chain (None if absent), `fill` what
    moved if it landed without error.
    """

    verdict: Verdict
    status: SignatureStatus | None
    fill: Fill | None = None


class ResolveLanding:
    """Save the order's next status; an order that may be tried again goes back to the executions queue."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        executions: DeferOrder,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._executions = executions
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def resolve(self, order: Order, landing: Landing) -> None:
        """Save the status that follows from a proof.

        Raises
        ------
        VersionConflict
            Somebody else moved it first, by the same proof.
        StorageUnavailable, QueueUnavailable
            It may have been moved; looking again is safe.
        """
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        reason = _reason(order, landing)
        if landing.verdict is Verdict.CONFIRM and landing.fill is not None:
            self._save(transitions.confirm(order, landing.fill, stamp))
        elif landing.verdict is Verdict.EXPIRE:
            self._save(end_unfilled(order, Status.EXPIRED, reason, stamp))
        elif landing.verdict is Verdict.FAIL and _is_dead(landing.status):
            self._save(end_unfilled(order, Status.FAILED, reason, stamp))
        elif landing.verdict is Verdict.FAIL:
            self._save(transitions.fail(order, reason, stamp))
        elif landing.verdict in {Verdict.REROUTE_SLIPPED, Verdict.REROUTE_EXPIRED}:
            retried = transitions.retry(order, reason, stamp)
            self._save(retried)
            self._executions.defer(retried, retry_wait(retried))

    def _save(self, order: Order) -> None:
        self._orders.save(order)
        self._telemetry.order_moved(order)


def _is_dead(status: SignatureStatus | None) -> bool:
    """Return whether nothing landed, or it landed and was refused for its price alone."""
    return status is None or status.error is LandingError.SLIPPAGE


def _reason(order: Order, landing: Landing) -> Reason:
    status = landing.status
    if landing.verdict is Verdict.EXPIRE:
        return late_of(order, "The {whose}'s time was over, and its transaction is proven not to have landed")
    if status is None:
        return Reason.of(
            TransactionExpired("The transaction did not land in any block in which it was valid")
        )
    if status.error is LandingError.SLIPPAGE:
        return reason_of(SlippageExceeded("The swap would have returned less than its minimum"), order)
    return Reason.of(TransactionReverted("The transaction landed with an error: nothing was swapped"))
