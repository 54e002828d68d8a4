"""A circuit breaker: stop asking a venue that keeps failing, then try it again after a while."""

from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.errors import ChainUnavailable, ExecutionError, Unavailable, VenueUnavailable
from chalicelib.ports import Clock, SwapRequest, Telemetry, Venue


class VenueCircuit:
    """A venue behind a circuit breaker: open after `failures` in a row, half open after `rest_ms`.

    While half open, requests go through; the next failure opens it again, an answer closes it. A refusal for
    good is an answer; one that took over `slow_ms` is a failure, and an outage of the chain is neither. The
    state is one worker's own.
    """

    def __init__(
        self, venue: Venue, clock: Clock, telemetry: Telemetry, *, failures: int, rest_ms: int, slow_ms: int
    ) -> None:
        self._venue = venue
        self._clock = clock
        self._telemetry = telemetry
        self._limit = failures
        self._rest_ms = rest_ms
        self._slow_ms = slow_ms
        self._failed = 0
        self._closed_from = 0

    @property
    def name(self) -> str:
        """The venue's own name."""
        return self._venue.name

    def quote(self, request: VenueRequest) -> VenueQuote:
        """Ask the venue, unless its circuit is open. Raises VenueUnavailable, or what the venue raises."""
        rest = self._closed_from - self._clock.now()
        if rest > 0:
            again = f"it will be asked again in {-(-rest // 1000)} s"
            raise VenueUnavailable(f"It failed {self._failed} times in a row; {again}")
        started = self._clock.now()
        try:
            offer = self._venue.quote(request)
        except ChainUnavailable:
            raise  # the nodes that all venues share failed, not this venue
        except Unavailable:
            self._count_failure()
            raise
        except ExecutionError:
            self._count_answer()
            raise
        if self._clock.now() - started > self._slow_ms:
            self._count_failure()
            raise VenueUnavailable(f"It took over {self._slow_ms / 1000:g} s")
        self._count_answer()
        return offer

    def build_swap(self, request: SwapRequest) -> bytes:
        """Build the swap of a quote, whatever the circuit's state."""
        return self._venue.build_swap(request)

    def _count_answer(self) -> None:
        if self._failed >= self._limit:
            self._telemetry.circuit_changed(self.name, is_open=False)
        self._failed = 0

    def _count_failure(self) -> None:
        self._failed += 1
        if self._failed >= self._limit:
            self._closed_from = self._clock.now() + self._rest_ms
        if self._failed == self._limit:
            self._telemetry.circuit_changed(self.name, is_open=True)
