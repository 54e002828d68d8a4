"""Watch what executions sent: many transactions with one height and one answer of statuses a look."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain.lifecycle import may_retry
from chalicelib.domain.order import Order, Status
from chalicelib.domain.submission import Observation, Submission, Verdict, decide
from chalicelib.domain.trading import TradingState
from chalicelib.errors import (
    ChainUnavailable,
    StorageUnavailable,
    VersionConflict,
)
from chalicelib.ports import Chain, Clock, OrderQueue, OrderRepository, Telemetry
from chalicelib.services.defer_order import WAIT_SECONDS, DeferOrder
from chalicelib.services.resolve_landing import PROVED, Landing, ResolveLanding
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class LandingPolicy:
    """The longest watch of a batch, and the intervals of looks and of sends; all in milliseconds."""

    wait_ms: int
    poll_interval_ms: int
    resend_interval_ms: int


@dataclass(slots=True)
class Watched:
    """A submitted order that is watched, and when (ms) its bytes may be sent again."""

    order: Order
    submission: Submission
    next_send: int


class LandOrders:
    """Observe a batch of submitted orders until each is resolved, or the wait is over.

    Safe to run any number of times, by any number of workers, over any batches: every move is one write under
    a version condition. Nothing is sent after an order's `expires_at`. While trading is reducing a dead
    transaction isn't replaced; when it is halted the chain is left alone.
    """

    def __init__(
        self,
        *,
        orders: OrderRepository,
        queue: OrderQueue,
        landings: DeferOrder,
        chain: Chain,
        resolve: ResolveLanding,
        trading: WatchTrading,
        clock: Clock,
        telemetry: Telemetry,
        policy: LandingPolicy,
    ) -> None:
        self._orders = orders
        self._queue = queue
        self._landings = landings
        self._chain = chain
        self._resolve = resolve
        self._trading = trading
        self._clock = clock
        self._telemetry = telemetry
        self._policy = policy

    def land(self, order_ids: Sequence[str]) -> frozenset[str]:
        """Watch these orders; return the ids of those whose messages must come again.

        All others may be acknowledged: they are resolved, somebody else's, or asked for again with a delay.

        Raises
        ------
        QueueUnavailable
            The tables did not answer and no order could be asked for again: all messages must come again.
        """
        deadline = self._clock.now() + self._policy.wait_ms
        failed: set[str] = set()
        try:
            watched = self._watch(self._read(list(dict.fromkeys(order_ids)), failed))
        except StorageUnavailable:
            for order_id in order_ids:
                self._queue.send(order_id, delay_seconds=WAIT_SECONDS)
            return frozenset()
        while watched := self._look(watched, failed):
            if self._clock.now() + self._policy.poll_interval_ms > deadline:
                break
            self._clock.sleep(self._policy.poll_interval_ms)
        self._defer(watched, failed)
        return frozenset(failed)

    def _read(self, order_ids: Sequence[str], failed: set[str]) -> Sequence[Order]:
        """Read the orders; the ids of those that can't be read are added to `failed`."""
        found = self._orders.read_all(order_ids)
        for error in found.unreadable.values():
            self._telemetry.record_failed("landing", error)
        failed.update(set(order_ids) - {order.order_id for order in found.orders})
        return found.orders

    def _watch(self, orders: Iterable[Order]) -> list[Watched]:
        """Return the submitted orders to watch; one that has moved on has another message already."""
        resend = self._policy.resend_interval_ms
        return [
            Watched(order, order.submission, order.submission.submitted_at + resend)
            for order in orders
            if order.status is Status.SUBMITTED and order.submission is not None
        ]

    def _look(self, watched: list[Watched], failed: set[str]) -> list[Watched]:
        """Look at the chain once, resolve the orders with a proof, and return the others."""
        if not watched:
            return []
        if self._is_halted():
            self._defer(watched, failed)
            return []
        try:
            height = self._chain.finalized_height()
            statuses = self._chain.signature_statuses([one.submission for one in watched])
        except ChainUnavailable:
            return watched

        def is_unproved(one: Watched) -> bool:
            reading = statuses.get(one.submission.signature)
            return reading is None or not self._resolved(one, Observation(height, reading))

        return [one for one in watched if self._apart(one, failed, is_unproved)]

    def _resolved(self, one: Watched, observation: Observation) -> bool:
        verdict = decide(
            one.submission,
            observation,
            now=self._clock.now(),
            expires_at=one.order.expires_at,
            may_retry=may_retry(one.order) and self._trading.state() is TradingState.ACTIVE,
        )
        if verdict is Verdict.SEND_AGAIN and self._clock.now() >= one.next_send:
            self._send(one)
        if verdict not in PROVED:
            return False
        try:
            fill = self._chain.fill(one.submission) if verdict is Verdict.CONFIRM else None
        except ChainUnavailable:
            return False
        self._resolve.resolve(one.order, Landing(verdict, observation.signature.status, fill))
        return True

    def _send(self, one: Watched) -> None:
        with suppress(ChainUnavailable):  # it proves nothing: the observation tells
            self._chain.send(one.submission)
        one.next_send = self._clock.now() + self._policy.resend_interval_ms

    def _is_halted(self) -> bool:
        """Return whether the chain must not be asked: trading is halted, or the switch can't be read."""
        try:
            return self._trading.state() is TradingState.HALTED
        except StorageUnavailable:
            return True

    def _defer(self, watched: Iterable[Watched], failed: set[str]) -> None:
        def deferred(one: Watched) -> bool:
            self._landings.defer(one.order)
            return False

        for one in watched:
            self._apart(one, failed, deferred)

    def _apart(self, one: Watched, failed: set[str], step: Callable[[Watched], bool]) -> bool:
        """Take a step with one order; return its result, or False if the order is settled.

        A failure doesn't keep the other orders from their steps.
        """
        try:
            return step(one)
        except VersionConflict:
            return False  # whoever was first has resolved it
        except StorageUnavailable:
            self._queue.send(one.order.order_id, delay_seconds=WAIT_SECONDS)
        except Exception as error:  # noqa: BLE001 - its message comes again, and is parked in the end
            self._telemetry.record_failed("landing", error)
            failed.add(one.order.order_id)
        return False
