"""Execute an order: route, build, record, send once; continue where an earlier execution stopped.

Safety doesn't rest on who runs this, how often or when: each step is one write under a version condition, and
whoever loses it stops. Nothing is sent before its signature is recorded. What becomes of a transaction is not
watched here, where a slot is held: landings do that (land_orders.py).
"""

import base64
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain import transitions
from chalicelib.domain.amounts import minimum_amount_out
from chalicelib.domain.firing import check_trigger, disproof_of, end_unfilled, late_of, waits_for_price
from chalicelib.domain.lifecycle import Stamp, is_final, may_retry, retry_wait
from chalicelib.domain.offers import check_minimum, check_price_impact
from chalicelib.domain.order import Order, Status
from chalicelib.domain.quotes import Reason, VenueFailure, VenueQuote, VenueReply, VenueRequest
from chalicelib.domain.refused_swaps import reason_of
from chalicelib.domain.routing import Route, choose_route, needs_proof
from chalicelib.domain.submission import Submission
from chalicelib.domain.trading import may_execute
from chalicelib.errors import (
    ChainUnavailable,
    ExecutionError,
    IllegalTransition,
    OrderExpired,
    QuoteStale,
    Rejected,
    StorageUnavailable,
    TriggerDisproved,
    VenueUnavailable,
    VersionConflict,
)
from chalicelib.ports import (
    Blockhash,
    Chain,
    Clock,
    Identifiers,
    OrderQueue,
    OrderRepository,
    Signer,
    SwapRequest,
    Telemetry,
    Venue,
)
from chalicelib.services.defer_order import WAIT_SECONDS, DeferOrder
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class ExecutionPolicy:
    """The time limits of an execution (ms, or s for `..._seconds`), and its limits in basis points.

    A landing is looked for `landing_delay_seconds` after the first send: until then nothing can have landed.
    """

    quote_ttl_ms: int
    plausibility_bps: int
    landing_budget_ms: int
    landing_delay_seconds: int
    max_price_impact_bps: int
    stop_tolerance_bps: int


class ExecuteOrder:
    """Executes orders. Any number of workers may execute the same order, any number of times."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        queue: OrderQueue,
        executions: DeferOrder,
        landings: OrderQueue,
        venues: dict[str, Venue],
        quotes: GatherQuotes,
        threads: Executor,
        chain: Chain,
        signer: Signer,
        trading: WatchTrading,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
        policy: ExecutionPolicy,
    ) -> None:
        self._orders = orders
        self._queue = queue
        self._executions = executions
        self._landings = landings
        self._venues = venues
        self._quotes = quotes
        self._threads = threads
        self._chain = chain
        self._signer = signer
        self._trading = trading
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry
        self._policy = policy

    def execute(self, order_id: str) -> None:
        """Advance the order as far as possible now. When this returns, its message may be acknowledged.

        An order that has to wait, for a venue, the tables or an operator, is asked for again with a delay
        before this returns: only a crash leaves its message to the queue. One that is submitted is handed
        over to the landings.

        Raises
        ------
        OrderNotFound, UnsupportedSchemaVersion, QueueUnavailable
            The message must come again.
        """
        try:
            self._run(self._orders.get(order_id))
        except VersionConflict:
            return  # whoever was first has a message of its own
        except StorageUnavailable:
            self._queue.send(order_id, delay_seconds=WAIT_SECONDS)

    def _run(self, order: Order) -> None:
        if order.status is Status.SUBMITTED:
            self._landings.send(order.order_id)
        elif not is_final(order):
            self._advance(order)

    def _advance(self, order: Order) -> None:
        if not may_execute(self._trading.state(), order.status):
            self._hold(order)
            return
        if order.status is Status.PENDING:
            self._telemetry.queue_waited(order, self._clock.now() - order.enqueued_at)
            order = self._save(transitions.start_routing(order, self._stamp()))
        blockhash = self._threads.submit(self._chain.latest_blockhash)  # beside the quotes
        try:
            if order.status is Status.BUILDING and self._is_stale(order):
                order = self._requote(order)
            if order.status is Status.ROUTING:
                order = self._route(order, blockhash)
            if order.status is Status.BUILDING:
                order = self._submit(order, blockhash.result())
        except ExecutionError as error:
            self._try_again(order, error)
            return
        if order.submission is not None:
            self._send(order, order.submission)

    def _route(self, order: Order, blockhash: Future[Blockhash]) -> Order:
        if self._is_late(order, self._clock.now()):
            return self._expire(order)
        request = VenueRequest(
            order.order_id, order.attempt, order.token_in, order.token_out, order.amount_in
        )
        replies = self._quotes.gather(request)
        for reply in replies:
            if isinstance(reply, VenueFailure):
                self._telemetry.venue_failed(reply.venue, reply.reason.code)
        route = self._choose(order, replies, blockhash)
        self._prove_trigger(order, route.best, blockhash)
        check_price_impact(route.best, self._policy.max_price_impact_bps)
        check_minimum(route.best, order.minimum_amount_out, order.token_out)
        return self._save(transitions.take_route(order, route, self._stamp()))

    def _choose(self, order: Order, replies: Sequence[VenueReply], blockhash: Future[Blockhash]) -> Route:
        """Take the best offer; one that no other venue vouches for has to pass simulation first."""
        disproved: set[str] = set()
        while True:
            route = choose_route(replies, decided_at=self._clock.now(), disproved=disproved)
            doubtful = needs_proof(route.best, replies, self._policy.plausibility_bps)
            if not doubtful or self._passes_simulation(order, route.best, blockhash.result()):
                return route
            disproved.add(route.best.venue)

    def _prove_trigger(self, order: Order, offer: VenueQuote, blockhash: Future[Blockhash]) -> None:
        """Prove that the market is where a stop's firing says: no venue that lies has it sold too early.

        Raises TriggerDisproved: the best offer, or what the chain would pay, is better than that.
        """
        disproof = disproof_of(order, self._policy.stop_tolerance_bps)
        check_trigger(offer, order, disproof)
        if disproof is not None and self._would_pay(order, offer, disproof, blockhash.result()):
            raise TriggerDisproved(
                f"{offer.venue.capitalize()} pays more than it says: the price has recovered"
            )

    def _would_pay(self, order: Order, offer: VenueQuote, minimum: int, blockhash: Blockhash) -> bool:
        try:
            self._chain.simulate(self._build(order, offer, minimum, blockhash))
        except Rejected:
            return False
        return True

    def _passes_simulation(self, order: Order, quote: VenueQuote, blockhash: Blockhash) -> bool:
        minimum = minimum_amount_out(quote.amount_out, order.terms.slippage_bps)
        try:
            self._chain.simulate(self._build(order, quote, minimum, blockhash))
        except Rejected as error:
            self._telemetry.venue_failed(quote.venue, error.code)
            return False
        return True

    def _build(self, order: Order, quote: VenueQuote, minimum: int, blockhash: Blockhash) -> bytes:
        venue = self._venues.get(quote.venue)
        if venue is None:
            raise VenueUnavailable("The venue of the route is not traded on any more")
        return venue.build_swap(
            SwapRequest(
                order_id=order.order_id,
                attempt=order.attempt,
                amount_in=order.amount_in,
                minimum_amount_out=minimum,
                quote=quote,
                token_in=order.token_in,
                token_out=order.token_out,
                blockhash=blockhash,
            )
        )

    def _submit(self, order: Order, blockhash: Blockhash) -> Order:
        if order.route is None or order.minimum_amount_out is None:
            raise IllegalTransition(f"{order.order_id} is building without a route")
        message = self._build(order, order.route.best, order.minimum_amount_out, blockhash)
        self._chain.simulate(message)
        signed = self._signer.sign(message)
        stamp = self._stamp()
        if self._is_late(order, stamp.at):
            return self._expire(order)
        if not may_execute(self._trading.state(), order.status):
            self._executions.defer(order)
            return order
        transaction = base64.b64encode(signed.transaction).decode()
        submission = Submission(signed.signature, transaction, blockhash.last_valid_block_height, stamp.at)
        budget_ends = stamp.at + self._policy.landing_budget_ms
        return self._save(transitions.submit(order, submission, stamp), expires_after=budget_ends)

    def _send(self, order: Order, submission: Submission) -> None:
        if self._clock.now() < order.expires_at:
            with suppress(ChainUnavailable):  # it proves nothing: the landings send it again
                self._chain.send(submission)
        self._landings.send(order.order_id, delay_seconds=self._policy.landing_delay_seconds)

    def _try_again(self, order: Order, error: ExecutionError) -> None:
        # What refuses a swap while it is built is asked anew: the next quotes tell whether it is for good.
        worth_it = error.retryable or order.status is Status.BUILDING
        if worth_it and may_retry(order) and not waits_for_price(order, error):
            self._retry_later(order, reason_of(error, order))
        else:
            self._end(order, Status.FAILED, reason_of(error, order))

    def _hold(self, order: Order) -> None:
        if self._is_late(order, self._clock.now()):
            self._expire(order)
        elif order.terms.waits_for_trading:
            self._executions.defer(order)
        else:
            stopped = OrderExpired("It was to trade at once or not at all, and trading is stopped")
            self._end(order, Status.EXPIRED, Reason.of(stopped))

    def _retry_later(self, order: Order, reason: Reason) -> None:
        order = self._save(transitions.retry(order, reason, self._stamp()))
        self._executions.defer(order, retry_wait(order))

    def _requote(self, order: Order) -> Order:
        most = self._policy.quote_ttl_ms / 1000
        stale = QuoteStale(f"The quote was over {most:g} s old, too old to trade on")
        if not may_retry(order):
            raise stale
        return self._save(transitions.retry(order, Reason.of(stale), self._stamp()))

    def _expire(self, order: Order) -> Order:
        least = self._policy.landing_budget_ms / 1000
        told = f"Less than {least:g} s of the {{whose}}'s life was left, too little to trade in"
        return self._end(order, Status.EXPIRED, late_of(order, told))

    def _end(self, order: Order, end: Status, reason: Reason) -> Order:
        return self._save(end_unfilled(order, end, reason, self._stamp()))

    def _is_late(self, order: Order, now: int) -> bool:
        return now + self._policy.landing_budget_ms >= order.expires_at

    def _is_stale(self, order: Order) -> bool:
        decided_at = order.route.decided_at if order.route is not None else 0
        return self._clock.now() - decided_at > self._policy.quote_ttl_ms

    def _stamp(self) -> Stamp:
        return Stamp(self._clock.now(), self._identifiers.write_id())

    def _save(self, order: Order, *, expires_after: int | None = None) -> Order:
        self._orders.save(order, expires_after=expires_after)
        self._telemetry.order_moved(order)
        return order
