"""Send a recorded transaction and watch it until something is proved or the slot's time is over."""

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain.lifecycle import may_retry
from chalicelib.domain.order import Fill, Order
from chalicelib.domain.quotes import Reason
from chalicelib.domain.submission import (
    LandingError,
    Observation,
    Submission,
    Verdict,
    decide,
)
from chalicelib.domain.trading import TradingState
from chalicelib.errors import (
    ChainUnavailable,
    OrderExpired,
    SlippageExceeded,
    TransactionExpired,
    TransactionReverted,
)
from chalicelib.ports import Chain, Clock
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class Landing:
    """What was proved of a submission: `verdict` is WAIT when nothing was, in time."""

    verdict: Verdict
    fill: Fill | None = None
    reason: Reason | None = None


NOTHING_PROVED = Landing(Verdict.WAIT)


def observe(chain: Chain, submission: Submission) -> Observation:
    """Look at the chain once: the height first, the status second."""
    height = chain.finalized_height()
    return Observation(height, chain.signature_status(submission))


class LandTransaction:
    """Send and observe one submission; nothing is sent after the order's expires_at.

    While trading is reducing a dead transaction isn't replaced; when it is halted, the chain is left alone.
    """

    def __init__(
        self,
        chain: Chain,
        trading: WatchTrading,
        clock: Clock,
        poll_interval_ms: int,
        resend_interval_ms: int,
    ) -> None:
        self._chain = chain
        self._trading = trading
        self._clock = clock
        self._poll_interval_ms = poll_interval_ms
        self._resend_interval_ms = resend_interval_ms

    def land(self, order: Order, submission: Submission, *, until: int, fresh: bool) -> Landing:
        """Watch until something is proved, or until `until` (ms). A `fresh` submission is sent at once."""
        next_send = self._clock.now()
        if fresh:
            next_send = self._send(order, submission)
        while self._trading.state() is not TradingState.HALTED:
            landing = self._look(order, submission)
            if landing.verdict is Verdict.SEND_AGAIN and self._clock.now() >= next_send:
                next_send = self._send(order, submission)
            if landing.verdict not in {Verdict.SEND_AGAIN, Verdict.WAIT}:
                return landing
            if self._clock.now() + self._poll_interval_ms > until:
                break
            self._clock.sleep(self._poll_interval_ms)
        return NOTHING_PROVED

    def _send(self, order: Order, submission: Submission) -> int:
        if self._clock.now() < order.expires_at:
            with suppress(ChainUnavailable):  # it proves nothing: the observation tells
                self._chain.send(submission)
        return self._clock.now() + self._resend_interval_ms

    def _look(self, order: Order, submission: Submission) -> Landing:
        try:
            observation = observe(self._chain, submission)
            verdict = decide(
                submission,
                observation,
                now=self._clock.now(),
                expires_at=order.expires_at,
                may_retry=may_retry(order) and self._trading.state() is TradingState.ACTIVE,
            )
            fill = self._chain.fill(submission) if verdict is Verdict.CONFIRM else None
        except ChainUnavailable:
            return NOTHING_PROVED
        return Landing(verdict, fill, _reason(verdict, observation))


def _reason(verdict: Verdict, observation: Observation) -> Reason | None:
    status = observation.signature.status
    if verdict is Verdict.EXPIRE:
        return Reason.of(
            OrderExpired("The order's time was over and its transaction is proven not to have landed")
        )
    if verdict in {Verdict.REROUTE_SLIPPED, Verdict.REROUTE_EXPIRED, Verdict.FAIL}:
        if status is None:
            return Reason.of(TransactionExpired("The transaction is proven not to have landed in its blocks"))
        if status.error is LandingError.SLIPPAGE:
            return Reason.of(SlippageExceeded("The swap landed with an error: below the minimum amount out"))
        return Reason.of(TransactionReverted("The transaction landed with an error; nothing was swapped"))
    return None
