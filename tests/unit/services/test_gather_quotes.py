"""Asking the venues at the same time, with real threads."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest

from chalicelib.domain.quotes import Reason, VenueFailure, VenueQuote, VenueRequest
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import VenueUnavailable
from chalicelib.services.gather_quotes import GatherQuotes
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID
from tests.fakes.scripted import ScriptedVenue

DEADLINE_MS = 20
REQUEST = VenueRequest(ORDER_ID, 1, SOL, USDC, 1_500_000_000)


class HangingVenue(ScriptedVenue):
    """Answers only once it is let go."""

    def __init__(self, name, clock):
        super().__init__(name, clock, 999_000_000)
        self.let_go = Event()

    def quote(self, request):
        self.let_go.wait(timeout=10)  # a gathering that waits for it gets its offer, and the test fails
        return super().quote(request)


class Threads(ThreadPoolExecutor):
    """Real threads. Whichever venue does not hang has answered before the deadline begins."""

    def submit(self, fn, /, *args, **kwargs):
        asked = super().submit(fn, *args, **kwargs)
        if not isinstance(args[0], HangingVenue):
            wait([asked])
        return asked


@pytest.mark.promise("R7")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_venue_that_never_answers_costs_the_deadline_and_hides_no_other(place):
    clock = FakeClock()
    venues = [ScriptedVenue("meteora", clock, 224_000_000), ScriptedVenue("raydium", clock, 225_000_000)]
    hanging = HangingVenue("hanging", clock)
    venues.insert(place, hanging)
    with Threads(len(venues)) as threads:
        try:
            replies = list(GatherQuotes(venues, threads, clock, DEADLINE_MS).gather(REQUEST))
        finally:
            hanging.let_go.set()
    timed_out = VenueUnavailable("It gave no quote within 0.02 s")
    assert replies.pop(place) == VenueFailure("hanging", Reason.of(timed_out))
    assert [reply.amount_out for reply in replies if isinstance(reply, VenueQuote)] == [
        224_000_000,
        225_000_000,
    ]


@pytest.mark.promise("R7")
@pytest.mark.parametrize(("takes_ms", "is_in_time"), [(DEADLINE_MS, True), (DEADLINE_MS + 1, False)])
def test_an_answer_after_the_deadline_counts_as_none(takes_ms, is_in_time):
    clock = FakeClock()
    venue = ScriptedVenue("raydium", clock, 225_000_000)
    venue.takes_ms = takes_ms
    with Threads(1) as threads:
        [reply] = GatherQuotes([venue], threads, clock, DEADLINE_MS).gather(REQUEST)
    assert isinstance(reply, VenueQuote if is_in_time else VenueFailure)
