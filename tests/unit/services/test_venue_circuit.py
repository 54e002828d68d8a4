"""A venue that keeps failing is left alone for a while."""

from contextlib import suppress

import pytest

from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import ChainStale, ChainUnavailable, VenueUnavailable, ZeroOutput
from chalicelib.ports import Blockhash, SwapRequest
from chalicelib.services.venue_circuit import VenueCircuit
from tests.fakes.clock import FakeClock
from tests.fakes.telemetry import RecordingTelemetry

ASK = VenueRequest("order", 1, SOL, USDC, 1)
SWAP = SwapRequest(
    "order", 1, 1, 1, VenueQuote("raydium", "pool", 1, 1, 0, 0), SOL, USDC, Blockhash("hash", 9)
)


class Moody:
    """A venue that answers with `mood`, or raises it."""

    name = "raydium"

    def __init__(self, clock):
        self.clock = clock
        self.asked = 0
        self.takes_ms = 0
        self.mood = None

    def quote(self, request):
        self.asked += 1
        self.clock.advance(self.takes_ms)
        if isinstance(self.mood, Exception):
            raise self.mood
        return "offer"

    def build_swap(self, request):
        return b"swap"


class Street:
    def __init__(self):
        self.clock = FakeClock()
        self.venue = Moody(self.clock)
        self.telemetry = RecordingTelemetry()
        self.circuit = VenueCircuit(
            self.venue, self.clock, self.telemetry, failures=3, rest_ms=10_000, slow_ms=1_500
        )

    def ask(self, times=1):
        for _ in range(times):
            with pytest.raises((VenueUnavailable, ZeroOutput)):
                self.circuit.quote(ASK)


@pytest.fixture
def street():
    return Street()


@pytest.mark.promise("R7")
def test_after_three_failures_in_a_row_the_venue_rests_and_is_then_tried_again(street):
    street.venue.mood = VenueUnavailable("down")
    street.ask(times=10)
    assert street.venue.asked == 3
    street.clock.advance(10_000)
    street.ask(times=2)
    assert street.venue.asked == 4
    street.clock.advance(10_000)
    street.venue.mood = None
    assert street.circuit.quote(ASK) == "offer"
    assert street.telemetry.named("circuit_changed") == [("raydium", True), ("raydium", False)]


def test_a_slow_answer_is_a_failure(street):
    street.venue.takes_ms = 1_501
    street.ask(times=4)
    assert street.venue.asked == 3


def test_a_refusal_for_good_is_an_answer(street):
    street.venue.mood = ZeroOutput("dry")
    street.ask(times=10)
    assert street.venue.asked == 10


def test_what_was_quoted_is_built_whatever_the_state(street):
    street.venue.mood = VenueUnavailable("down")
    street.ask(times=3)
    assert street.circuit.build_swap(SWAP) == b"swap"
    assert street.circuit.name == "raydium"


def test_who_asks_meanwhile_is_told_how_often_it_failed_and_for_how_long_it_rests(street):
    street.venue.mood = VenueUnavailable("It is down")
    street.ask(3)
    street.clock.advance(2_001)
    with pytest.raises(
        VenueUnavailable, match=r"^It failed 3 times in a row; it will be asked again in 8 s$"
    ):
        street.circuit.quote(ASK)


@pytest.mark.parametrize("answer", ["offer", ZeroOutput("0")], ids=["an offer", "a refusal"])
def test_whatever_answer_came_between_them_failures_are_counted_anew(street, answer):
    for mood in (VenueUnavailable("down"), VenueUnavailable("down"), answer, VenueUnavailable("down")):
        street.venue.mood = mood
        with suppress(VenueUnavailable, ZeroOutput):
            street.circuit.quote(ASK)
    street.ask()
    assert street.venue.asked == 5
    assert street.telemetry.named("circuit_changed") == []


@pytest.mark.parametrize("outage", [ChainUnavailable("no node answered"), ChainStale("behind")])
def test_an_outage_of_the_nodes_that_all_venues_share_rests_none_of_them(street, outage):
    street.venue.mood = outage
    for _ in range(9):
        with pytest.raises(type(outage)):
            street.circuit.quote(ASK)
    street.venue.mood = None
    assert street.circuit.quote(ASK) == "offer"
    assert street.venue.asked == 10


def test_an_outage_of_the_nodes_does_not_forgive_a_venue_what_it_failed_before(street):
    street.venue.mood = VenueUnavailable("down")
    street.ask(2)
    street.venue.mood = ChainUnavailable("no node answered")
    with pytest.raises(ChainUnavailable):
        street.circuit.quote(ASK)
    street.venue.mood = VenueUnavailable("down")
    street.ask(2)
    assert street.venue.asked == 4
