"""What a price watcher relies on in a market's prices. A new market adds its rig to RIGS."""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Protocol

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.solana.rpc.failures import NodeFailed
from chalicelib.domain.pairs import PairList
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import VenueFailure, VenueQuote
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.domain.reference import reference
from chalicelib.domain.steering import FeedChange, FeedState, Place
from chalicelib.domain.tokens import SOL, USDC, USDT
from chalicelib.ports import Prices
from tests.fakes.clock import FakeClock
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings, paper_tables
from tests.fakes.prices import ShownPrices
from tests.fakes.shadow import ShadowDesk
from tests.fakes.solana import SLOT_MS
from tests.unit.adapters.paper.usual import USUAL

A_WHILE_MS = 4_000

MakeTable = Callable[[], DynamoDbLedger]


class PricesRig(Protocol):
    """The prices of a market that lists SOL/USDC and SOL/USDT, and a hand on its feeds and its time."""

    pairs: PairList

    @property
    def prices(self) -> Prices:
        """The prices."""

    def now(self) -> int:
        """The time (ms)."""

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass."""

    def break_down(self) -> Collection[str]:
        """Let venues of SOL/USDC not be readable. Return which."""

    def stand_still(self) -> Collection[str]:
        """Let the feeds of venues of SOL/USDC stand still. Return which."""


class FakeRig:
    """The fake."""

    pairs = PAPER_PAIRS

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.prices = ShownPrices(self.clock)

    def now(self) -> int:
        return self.clock.now()

    def pass_time(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)

    def break_down(self) -> Collection[str]:
        self.prices.show(self.pairs.require(SOL, USDC), raydium=None)
        return ["raydium"]

    def stand_still(self) -> Collection[str]:
        self.prices.stand_still(self.pairs.require(SOL, USDC), "meteora")
        return ["meteora"]


class PaperRig:
    """Paper prices over a ledger, by feeds that are steered."""

    def __init__(self, ledger: InMemoryLedger | DynamoDbLedger) -> None:
        self._desk = PaperDesk(ledger, settings=paper_settings(paper_controls=True))
        self.pairs = self._desk.pairs
        self.prices: Prices = self._desk.prices

    def now(self) -> int:
        return self._desk.clock.now()

    def pass_time(self, milliseconds: int) -> None:
        self._desk.clock.advance(milliseconds)

    def break_down(self) -> Collection[str]:
        return self._set(FeedState.DOWN)

    def stand_still(self) -> Collection[str]:
        return self._set(FeedState.STALE)

    def _set(self, state: FeedState) -> Collection[str]:
        assert self._desk.controls is not None
        self._desk.controls.set_feeds([Place("raydium", (SOL, USDC))], FeedChange(state))
        return ["raydium"]


class ShadowRig:
    """The prices of pools that a node has: it fails, or lags, for all venues alike."""

    def __init__(self) -> None:
        self._desk = ShadowDesk()
        self.pairs = self._desk.desk.pairs
        self.prices: Prices = self._desk.prices
        self._is_still = False

    def now(self) -> int:
        return self._desk.clock.now()

    def pass_time(self, milliseconds: int) -> None:
        self._desk.clock.advance(milliseconds)
        if self._is_still:
            self._desk.nodes[0].lag += milliseconds // SLOT_MS

    def break_down(self) -> Collection[str]:
        self._desk.nodes[0].mood = NodeFailed("did not answer")
        return ["meteora", "raydium"]

    def stand_still(self) -> Collection[str]:
        self._is_still = True
        return ["meteora", "raydium"]


RIGS: Mapping[str, Callable[[MakeTable], PricesRig]] = {
    "a fake": lambda _: FakeRig(),
    "paper in memory": lambda _: PaperRig(InMemoryLedger()),
    "paper in DynamoDB": lambda make: PaperRig(make()),
    "in the shadow of a chain": lambda _: ShadowRig(),
}


@pytest.fixture(scope="module")
def new_table() -> Iterator[MakeTable]:
    with paper_tables() as make:
        yield make


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, new_table: MakeTable) -> PricesRig:
    return RIGS[request.param](new_table)


def look(rig: PricesRig) -> PairReading:
    pair = rig.pairs.require(SOL, USDC)
    return rig.prices.look([pair])[pair]


def slots(reading: PairReading) -> Mapping[str, int]:
    return {venue.venue: venue.slot for venue in reading.venues_read}


def test_every_pair_is_read_with_all_venues_that_have_a_pool_of_it(rig: PricesRig) -> None:
    readings = rig.prices.look(list(rig.pairs))
    assert set(readings) == set(rig.pairs)
    for pair, reading in readings.items():
        assert reading.tokens == pair.tokens
        assert [venue.venue for venue in reading.venues_read] == list(pair.venues)
        assert all(venue.pools for venue in reading.venues_read)


def test_only_the_pairs_that_are_asked_for_are_read(rig: PricesRig) -> None:
    assert rig.prices.look([]) == {}
    pairs = {rig.pairs.require(SOL, USDC), rig.pairs.require(SOL, USDT)}
    assert set(rig.prices.look(pairs)) == pairs


def test_a_reading_is_of_now(rig: PricesRig) -> None:
    look(rig)
    rig.pass_time(A_WHILE_MS)
    started = rig.now()
    assert started <= look(rig).read_at <= rig.now()


def test_a_spot_price_is_one_price_in_both_directions(rig: PricesRig) -> None:
    for reading in rig.prices.look(list(rig.pairs)).values():
        first, second = reading.tokens
        for venue in reading.venues_read:
            there, back = venue.spots(first), venue.spots(second)
            assert len(there) == len(back) == len(venue.pools)
            for product in (one * other for one, other in zip(there, back, strict=True)):
                assert abs(product - 1) < Fraction(1, 10**9)


def test_every_usual_amount_is_offered_for_and_never_beyond_the_spot_price(rig: PricesRig) -> None:
    for reading in rig.prices.look(list(rig.pairs)).values():
        for token in reading.tokens:
            greatest = reading.extreme_spot(token, Side.ABOVE)
            assert greatest is not None
            for reply in reading.replies(USUAL[token], token):
                assert isinstance(reply, VenueQuote)
                assert 0 < reply.amount_out <= reply.spot_amount_out <= greatest * USUAL[token]


def test_all_venues_vouch_for_a_usual_amount_within_the_extremes(rig: PricesRig) -> None:
    reading = look(rig)
    for side in Side:
        found = reference(reading, SOL, USUAL[SOL], side=side, max_impact_bps=1_000)
        least, greatest = (reading.extreme_spot(SOL, each) for each in (Side.BELOW, Side.ABOVE))
        assert found is not None
        assert least is not None
        assert greatest is not None
        assert found.vouching == len(reading.venues)
        assert least <= found.price <= greatest


def test_a_reading_answers_alike_however_late_it_is_asked(rig: PricesRig) -> None:
    reading = look(rig)
    before = reading.replies(USUAL[SOL], SOL), reading.extreme_spot(SOL, Side.BELOW)
    rig.pass_time(A_WHILE_MS)
    look(rig)
    assert (reading.replies(USUAL[SOL], SOL), reading.extreme_spot(SOL, Side.BELOW)) == before


def test_slots_grow_with_time_and_none_is_newer_than_the_newest(rig: PricesRig) -> None:
    before = look(rig)
    rig.pass_time(A_WHILE_MS)
    after = look(rig)
    assert after.newest_slot > before.newest_slot
    for venue, slot in slots(before).items():
        assert slot < slots(after)[venue] <= after.newest_slot


def test_a_venue_that_can_not_be_read_tells_why_and_the_others_are_read(rig: PricesRig) -> None:
    down = rig.break_down()
    for venue in look(rig).venues:
        if venue.venue in down:
            assert isinstance(venue, VenueFailure)
            assert venue.reason.retryable
        else:
            assert isinstance(venue, VenueReading)
    assert rig.prices.look(list(rig.pairs)).keys() == set(rig.pairs)


def test_the_slot_of_a_feed_that_stands_still_does_not_grow_and_the_others_do(rig: PricesRig) -> None:
    still, before = rig.stand_still(), look(rig)
    rig.pass_time(A_WHILE_MS)
    after = look(rig)
    for venue, slot in slots(before).items():
        assert (slots(after)[venue] == slot) is (venue in still)
