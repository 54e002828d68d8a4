"""Decide whether an account may place one more order: can the backlog take it, is it within its rate."""

from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.errors import Overloaded
from chalicelib.ports import Admission, Clock, OrderRepository, RateLimiter

BACKLOG_KEPT_MS = 1_000
"""How long a worker trusts the backlog that it read."""


@dataclass(frozen=True, slots=True)
class _Reading:
    backlog: Backlog
    at: int


class AdmitOrder:
    """Guard the way in: one conditional write a request, and a read when the last one is over a second old.

    The backlog is asked first because it counts nothing: a request that it refuses leaves the rate untouched.
    """

    def __init__(
        self, orders: OrderRepository, limiter: RateLimiter, clock: Clock, average_execution_ms: int
    ) -> None:
        self._orders = orders
        self._limiter = limiter
        self._clock = clock
        self._average_execution_ms = average_execution_ms
        self._reading: _Reading | None = None

    def admit(self, caller: str, valid_for_seconds: int) -> Admission:
        """Count the request in the caller's rate.

        Raises
        ------
        Overloaded
            The estimated wait is too long for the order's life; nothing was counted.
        RateLimited
            The caller asked too often; the request wasn't counted.
        """
        too_long = self._backlog().seconds_too_long(valid_for_seconds)
        if too_long:
            raise Overloaded(too_long + BACKLOG_KEPT_MS // 1000)  # by then no worker trusts today's reading
        return self._limiter.admit(caller, self._clock.now())

    def _backlog(self) -> Backlog:
        now = self._clock.now()
        if self._reading is None or now - self._reading.at >= BACKLOG_KEPT_MS:
            backlog = Backlog(self._orders.count_open(), self._average_execution_ms)
            self._reading = _Reading(backlog, now)
        return self._reading.backlog
