"""Ask every venue at the same time, within a deadline; each yields a quote or the reason why not."""

from collections.abc import Sequence
from concurrent.futures import Executor, wait

from chalicelib.domain.quotes import Reason, VenueFailure, VenueReply, VenueRequest
from chalicelib.errors import ExecutionError, VenueUnavailable
from chalicelib.ports import Clock, Venue


class GatherQuotes:
    """Collect the venues' replies. A venue that is down, slow or broken doesn't affect the others."""

    def __init__(self, venues: Sequence[Venue], executor: Executor, clock: Clock, deadline_ms: int) -> None:
        self._venues = venues
        self._executor = executor
        self._clock = clock
        self._deadline_ms = deadline_ms

    def gather(self, request: VenueRequest) -> Sequence[VenueReply]:
        """Return one reply per venue, in the venues' order, within the deadline."""
        asked = {self._executor.submit(self._ask, venue, request): venue for venue in self._venues}
        done, _ = wait(asked, timeout=self._deadline_ms / 1000)
        return [asking.result() if asking in done else self._timed_out(v) for asking, v in asked.items()]

    def _ask(self, venue: Venue, request: VenueRequest) -> VenueReply:
        started = self._clock.now()
        try:
            quote = venue.quote(request)
        except ExecutionError as error:
            return VenueFailure(venue.name, Reason.of(error))
        except Exception as error:  # noqa: BLE001 - whatever a venue's answer breaks, the others still count
            broken = VenueUnavailable(f"Its answer could not be used ({type(error).__name__})")
            return VenueFailure(venue.name, Reason.of(broken))
        if self._clock.now() - started > self._deadline_ms:
            return self._timed_out(venue)
        return quote

    def _timed_out(self, venue: Venue) -> VenueFailure:
        error = VenueUnavailable(f"It gave no quote within {self._deadline_ms / 1000:g} s")
        return VenueFailure(venue.name, Reason.of(error))
