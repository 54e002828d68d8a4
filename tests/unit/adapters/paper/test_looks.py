"""The paper market's prices are what its venues quote, block by block, whatever its feeds make of them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.paper.feeds import STALE_BLOCKS
from chalicelib.adapters.paper.looks import PaperPrices
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.config import DelayRange
from chalicelib.domain.pairs import Pair
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import Reason, VenueFailure, VenueReply
from chalicelib.domain.readings import PairReading
from chalicelib.domain.reference import reference
from chalicelib.domain.steering import FeedChange, FeedState, Move, Place
from chalicelib.domain.tokens import SOL, USDC, Token
from chalicelib.domain.venues import VENUES
from chalicelib.errors import ExecutionError, StorageUnavailable, UnsupportedPool
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings
from tests.fakes.scripted import InlineExecutor
from tests.unit.adapters.paper.usual import USUAL

PAIR = PAPER_PAIRS.require(SOL, USDC)
HALF = Decimal("0.5")
FAULTS = ("price_missing", "price_stale", "price_lying")


def desk_with(ledger: InMemoryLedger | None = None, **changes: Any) -> PaperDesk:
    return PaperDesk(ledger, settings=paper_settings(paper_quote_delay_ms=DelayRange(0, 0), **changes))


def look(desk: PaperDesk, pair: Pair = PAIR) -> PairReading:
    return desk.prices.look([pair])[pair]


def quoted(desk: PaperDesk, venue: str, token_in: Token, token_out: Token) -> VenueReply:
    asked = ask(token_in=token_in, token_out=token_out, amount_in=USUAL[token_in])
    try:
        return desk.venues[venue].quote(asked)
    except ExecutionError as error:
        return VenueFailure(venue, Reason.of(error))


@pytest.mark.parametrize("faults", [{}, {f"paper_fault_{name}": HALF for name in FAULTS}])
def test_every_offer_is_the_one_that_the_venue_quotes_at_that_moment(faults: Mapping[str, Decimal]) -> None:
    desk = desk_with(None, **faults)
    for _ in range(10):
        desk.clock.advance(7 * desk.blocks.block_ms)
        for pair, reading in desk.prices.look(list(PAPER_PAIRS)).items():
            for token_in, token_out in (pair.tokens, reversed(pair.tokens)):
                replies = reading.replies(USUAL[token_in], token_in)
                assert replies == [quoted(desk, venue, token_in, token_out) for venue in pair.venues]


def test_a_lie_is_told_of_the_spot_price_as_of_every_offer() -> None:
    desk = desk_with(paper_controls=True)
    true = look(desk)
    assert desk.controls is not None
    desk.controls.set_feeds([Place("raydium", (SOL, USDC))], FeedChange(FeedState.LYING, bps=-2_000))
    lying = look(desk)
    for token in (SOL, USDC):
        (honest, told), (other, same) = (
            [venue.spots(token) for venue in reading.venues_read] for reading in (true, lying)
        )
        assert honest == other  # Meteora's, which comes first by its name
        assert same == [spot * 4 / 5 for spot in told]


def test_the_slot_is_that_of_the_block_whose_prices_are_shown() -> None:
    desk = desk_with()
    height = desk.blocks.height_at(desk.clock.now())
    reading = look(desk)
    assert {venue.slot for venue in reading.venues_read} == {reading.newest_slot}
    assert reading.newest_slot == desk.blocks.slot(height)
    late = look(desk_with(paper_fault_price_stale=Decimal(1)))
    assert {venue.slot for venue in late.venues_read} == {desk.blocks.slot(height - STALE_BLOCKS)}
    assert late.newest_slot == reading.newest_slot


def test_each_venue_and_pair_is_read_once_however_much_is_asked_of_the_reading() -> None:
    desk = desk_with(ledger := InMemoryLedger())
    for reading in desk.prices.look(list(PAPER_PAIRS)).values():
        reading.best_out(USUAL[reading.tokens[0]], reading.tokens[0])
        reading.extreme_spot(reading.tokens[1], Side.BELOW)
    assert ledger.calls == ["market"] * sum(len(pair.venues) for pair in PAPER_PAIRS)


class _Counting(InlineExecutor):
    """Counts what it is given."""

    def __init__(self) -> None:
        self.given = 0

    def submit(self, fn, /, *args, **kwargs):
        self.given += 1
        return super().submit(fn, *args, **kwargs)


def test_several_places_are_read_in_threads_and_one_alone_is_not() -> None:
    desk, threads = desk_with(), _Counting()
    prices = PaperPrices(desk.ledger, desk.clock, desk.settings.paper, threads)
    prices.look([replace(PAIR, pools=PAIR.pools[:1])])
    assert threads.given == 0
    prices.look([PAIR])
    assert threads.given == len(VENUES)


def test_a_venue_whose_table_does_not_answer_is_no_other_venues_loss() -> None:
    ledger = InMemoryLedger()
    desk = desk_with(ledger)

    def fail_once(_method: str, _moment: str) -> None:
        ledger.interrupt = lambda *_: None
        raise StorageUnavailable("time-out")

    ledger.interrupt = fail_once
    failed, read = look(desk).venues
    assert isinstance(failed, VenueFailure)
    assert (failed.reason.code, failed.reason.detail) == ("VENUE_UNAVAILABLE", "It did not answer")
    assert not isinstance(read, VenueFailure)


def test_a_venue_without_the_pools_that_are_listed_says_so() -> None:
    for venue in look(desk_with(InMemoryLedger([]))).venues:
        assert isinstance(venue, VenueFailure)
        assert (venue.reason.code, venue.reason.retryable) == ("ROUTE_NOT_FOUND", False)


def test_a_pool_that_can_not_be_read_or_that_the_price_has_left_behind_is_no_price() -> None:
    broken = [
        replace(pool, state=UnreadablePool(error, "it is new"))
        for pool, error in zip(seeded_pools()[:2], (StorageUnavailable, UnsupportedPool), strict=True)
    ]
    desk = desk_with(InMemoryLedger([*broken, *seeded_pools()[2:]]), paper_controls=True, paper_drift_bps=0)
    places = [Place(venue, (SOL, USDC)) for venue in VENUES]
    assert desk.controls is not None
    desk.controls.move(places, Move(100_000_000))
    desk.clock.advance(desk.blocks.block_ms)
    reading = look(desk)
    assert sorted(len(venue.pools) for venue in reading.venues_read) == [2, 3]
    least = reading.extreme_spot(SOL, Side.BELOW)
    assert least is not None
    assert least > 14  # a hundred times as much as 150 USDC: none stayed behind
    found = reference(reading, SOL, 10**9, side=Side.BELOW, max_impact_bps=1_000)
    assert found is None or found.price >= least
