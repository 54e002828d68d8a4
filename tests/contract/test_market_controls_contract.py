"""What an operator relies on in a market's controls, as its venues and its chain show it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.domain.steering import PAR, FeedChange, FeedState, Move, Place
from chalicelib.domain.submission import LandingError
from chalicelib.domain.tokens import SOL, USDC, USDT
from chalicelib.errors import MarketContended, SlippageExceeded, VenueUnavailable
from chalicelib.ports import MarketControls
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings, paper_tables

SETTINGS = paper_settings(paper_controls=True, paper_drift_bps=0)
BLOCK_MS = SETTINGS.paper.block_ms
RAYDIUM, METEORA = Place("raydium", (SOL, USDC)), Place("meteora", (SOL, USDC))
BOTH = (RAYDIUM, METEORA)
LIE = FeedChange(FeedState.LYING, bps=-2_000)

MakeTable = Callable[[], DynamoDbLedger]


class Rig:
    """A market that stands still unless it is moved, its controls, and a hand on its time."""

    def __init__(self, ledger: InMemoryLedger | DynamoDbLedger) -> None:
        self.ledger = ledger
        self.desk = PaperDesk(ledger, settings=SETTINGS)

    @property
    def controls(self) -> MarketControls:
        assert self.desk.controls is not None
        return self.desk.controls

    def pass_blocks(self, number: int = 1) -> None:
        self.desk.clock.advance(number * BLOCK_MS)

    def quoted(self, venue: str = "raydium", **changes: Any) -> int:
        return self.desk.venues[venue].quote(ask(**changes)).amount_out


RIGS: Mapping[str, Callable[[MakeTable], Rig]] = {
    "paper in memory": lambda _: Rig(InMemoryLedger()),
    "paper in DynamoDB": lambda make: Rig(make()),
}


@pytest.fixture(scope="module")
def new_table() -> Iterator[MakeTable]:
    with paper_tables() as make:
        yield make


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, new_table: MakeTable) -> Rig:
    return RIGS[request.param](new_table)


def near(amount: int, expected: Fraction) -> bool:
    """Whether it is what is expected, but for the steps of pools and their impact."""
    return abs(Fraction(amount) / expected - 1) < Fraction(3, 1_000)


def test_a_moved_price_is_quoted_from_the_next_block_on_for_good(rig: Rig) -> None:
    before = {venue: rig.quoted(venue) for venue in ("raydium", "meteora")}
    rig.controls.move(BOTH, Move(900_000))
    rig.pass_blocks()
    for blocks in (0, 1, 10_000):
        rig.pass_blocks(blocks)
        for venue, amount in before.items():
            assert near(rig.quoted(venue), amount * Fraction(9, 10))


def test_the_price_can_be_told_the_other_way_round(rig: Rig) -> None:
    before = rig.quoted()
    rig.controls.move([Place("raydium", (USDC, SOL))], Move(2 * PAR))
    rig.pass_blocks()
    assert near(rig.quoted(), Fraction(before, 2))


def test_a_price_moves_evenly_for_as_long_as_it_is_asked_to(rig: Rig) -> None:
    before = rig.quoted()
    started = rig.desk.clock.now()
    (course,) = rig.controls.move([RAYDIUM], Move(800_000, over_ms=600 * BLOCK_MS))
    rig.pass_blocks(300)
    assert near(rig.quoted(), before * Fraction(9, 10))
    assert course.venue == "raydium"
    assert course.level == PAR
    assert 0 <= started + 600 * BLOCK_MS - course.reached_at < BLOCK_MS
    assert (course.leaves_at, course.back_at, course.back_to) == (None, None, None)


def test_a_wick_is_over_at_the_time_it_said(rig: Rig) -> None:
    before = rig.quoted()
    (course,) = rig.controls.move([RAYDIUM], Move(800_000, for_ms=1_500))
    rig.pass_blocks()
    assert near(rig.quoted(), before * Fraction(8, 10))
    assert course.leaves_at == course.reached_at + 4 * BLOCK_MS  # 1.5 s, in whole blocks
    assert course.back_at == course.leaves_at + BLOCK_MS
    rig.desk.clock.advance(course.back_at - rig.desk.clock.now())
    assert rig.quoted() == before
    assert course.back_to == PAR


def test_one_venue_alone_can_be_moved_and_no_other_pair_is(rig: Rig) -> None:
    other, pair = rig.quoted("meteora"), rig.quoted(token_out=USDT)
    rig.controls.move([RAYDIUM], Move(500_000))
    rig.pass_blocks()
    assert (rig.quoted("meteora"), rig.quoted(token_out=USDT)) == (other, pair)


def test_what_lands_lands_at_the_price_of_its_own_block(rig: Rig) -> None:
    submission = rig.desk.submission(ask(), minimum=1)
    quoted = rig.quoted()
    rig.desk.chain.send(submission)
    rig.controls.move(BOTH, Move(500_000))
    rig.desk.clock.advance(rig.desk.settings.paper.landing_delay_ms.high)
    assert near(rig.desk.chain.fill(submission).amount_out, Fraction(quoted, 2))


def test_a_wick_that_is_over_moved_what_landed_in_it_however_late_somebody_looks(rig: Rig) -> None:
    quoted = rig.quoted()
    submission = rig.desk.submission(ask(), minimum=1)
    rig.desk.chain.send(submission)
    rig.controls.move(BOTH, Move(500_000, for_ms=30 * BLOCK_MS))
    rig.desk.clock.advance(120 * BLOCK_MS)
    assert near(rig.desk.chain.fill(submission).amount_out, Fraction(quoted, 2))


def test_a_swap_for_which_the_market_fell_too_far_simulates_and_lands_as_slippage(rig: Rig) -> None:
    message = rig.desk.message(ask(), minimum=rig.quoted() * 99 // 100)
    submission = rig.desk.sign(message)
    rig.desk.chain.send(submission)
    rig.controls.move(BOTH, Move(900_000))
    rig.pass_blocks()
    with pytest.raises(SlippageExceeded):
        rig.desk.chain.simulate(message)
    rig.desk.clock.advance(rig.desk.settings.paper.landing_delay_ms.high)
    status = reading_of(rig.desk.chain, submission).status
    assert status is not None
    assert status.error is LandingError.SLIPPAGE


def test_a_feed_that_is_down_gives_no_offer_until_its_time_is_over(rig: Rig) -> None:
    before, started = rig.quoted(), rig.desk.clock.now()
    told = rig.controls.set_feeds([RAYDIUM], FeedChange(FeedState.DOWN, for_ms=10 * BLOCK_MS))
    with pytest.raises(VenueUnavailable):
        rig.quoted()
    assert rig.quoted("meteora") > 0
    assert told.until is not None
    assert 0 <= started + 10 * BLOCK_MS - told.until < BLOCK_MS
    rig.desk.clock.advance(told.until - rig.desk.clock.now())
    assert rig.quoted() == before


def test_a_stale_feed_goes_on_showing_what_was_there(rig: Rig) -> None:
    before = rig.quoted()
    assert rig.controls.set_feeds([RAYDIUM], FeedChange(FeedState.STALE)).until is None
    rig.controls.move(BOTH, Move(900_000))
    traded = rig.desk.submission(ask(2, amount_in=1_000 * 10**9))
    rig.desk.chain.send(traded)
    rig.desk.clock.advance(rig.desk.settings.paper.landing_delay_ms.high)
    assert reading_of(rig.desk.chain, traded).status is not None
    assert rig.quoted() == before
    assert near(rig.quoted("meteora"), before * Fraction(9, 10))
    rig.controls.set_feeds([RAYDIUM], FeedChange(FeedState.OK))
    assert rig.quoted() < before * 9 // 10


@pytest.mark.parametrize("bps", [-2_000, 2_000])
def test_a_lie_is_told_in_quotes_alone_in_both_directions(rig: Rig, bps: int) -> None:
    sold, bought = rig.quoted(), rig.quoted(token_in=USDC, token_out=SOL)
    rig.controls.set_feeds([RAYDIUM], FeedChange(FeedState.LYING, bps=bps))
    told = Fraction(10_000 + bps, 10_000)
    assert rig.quoted() == int(sold * told)
    assert rig.quoted(token_in=USDC, token_out=SOL) == int(bought * told)
    message = rig.desk.message(ask(), minimum=sold)
    rig.desk.chain.simulate(message)
    submission = rig.desk.sign(message)
    rig.desk.chain.send(submission)
    rig.desk.clock.advance(rig.desk.settings.paper.landing_delay_ms.high)
    assert rig.desk.chain.fill(submission).amount_out == sold


def test_feeds_and_prices_are_steered_side_by_side(rig: Rig) -> None:
    before = rig.quoted()
    rig.controls.set_feeds(BOTH, LIE)
    rig.controls.move(BOTH, Move(900_000))
    rig.pass_blocks()
    assert near(rig.quoted(), before * Fraction(9, 10) * Fraction(8, 10))


CHANGES: Mapping[str, Callable[[MarketControls], object]] = {
    "a move": lambda controls: controls.move(BOTH, Move(500_000)),
    "a feed": lambda controls: controls.set_feeds(BOTH, LIE),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_who_meets_another_hand_at_the_same_moment_is_told_and_changes_nothing(
    rig: Rig, change: Callable[[MarketControls], object]
) -> None:
    before = rig.quoted("raydium")
    overtaken: Any = _Overtaken(rig, [METEORA])
    mine = PaperDesk(overtaken, rig.desk.clock, SETTINGS).controls
    assert mine is not None
    with pytest.raises(MarketContended):
        change(mine)
    rig.pass_blocks()
    assert rig.quoted("raydium") == before
    assert near(rig.quoted("meteora"), before * Fraction(9, 10))


class _Overtaken:
    """The rig's ledger, where somebody else is a moment faster than the next write."""

    def __init__(self, rig: Rig, places: Sequence[Place]) -> None:
        self._rig = rig
        self._places = places

    def __getattr__(self, name: str) -> object:
        if name == "steer":
            self._rig.controls.move(self._places, Move(900_000))
        return getattr(self._rig.ledger, name)
