"""Stops over feeds that lie, stand still, are missing and jump: no venue fires one alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.looks import APART_MS, Look, PairLooks, Streak, looks_needed
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import VenueFailure
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.domain.reference import Reference, reference
from chalicelib.domain.tokens import SOL, USDC
from tests.fakes.readings import DOWN, of_whole, venue_at

TRIGGER = of_whole("130")
LIAR, HONEST = "raydium", "meteora"
SLOTS_A_LOOK = 3


@dataclass(frozen=True)
class Moment:
    """A look: the true price, and what each feed makes of it: true, missing, stale, or off by so many bps."""

    price: int
    liar: str | int = "true"
    honest: str = "true"


Judge = Callable[[PairReading], Reference | None]
Counts = Callable[[PairLooks, PairReading], Look | None]


def judged(reading: PairReading) -> Reference | None:
    return reference(reading, SOL, 10**9, side=Side.BELOW, max_impact_bps=1_000)


def counted(looks: PairLooks, reading: PairReading) -> Look | None:
    return looks.take(reading, reading.read_at)


@dataclass(frozen=True)
class Firing:
    """A look in which a stop would fire: its moment, who vouched, and how many in each look of the run."""

    moment: Moment
    vouching: frozenset[str]
    run: tuple[int, ...]

    @property
    def is_a_lie(self) -> bool:
        """Whether the honest venue had its say, and the stop was not met."""
        return HONEST in self.vouching and of_whole(str(self.moment.price)) > TRIGGER


def readings(moments: Sequence[Moment]) -> Iterator[PairReading]:
    """What is read in these moments, one look after the other."""
    shown: dict[str, VenueReading] = {}
    for number, moment in enumerate(moments):
        slot = 1_000 + number * SLOTS_A_LOOK
        for venue, state in ((LIAR, moment.liar), (HONEST, moment.honest)):
            if isinstance(state, int):
                shown[venue] = venue_at(venue, slot, Fraction(moment.price * (10_000 + state), 10_000))
            elif state == "true":
                shown[venue] = venue_at(venue, slot, Fraction(moment.price))
        states = {LIAR: moment.liar, HONEST: moment.honest}
        venues = (
            VenueFailure(venue, DOWN) if state == "missing" or venue not in shown else shown[venue]
            for venue, state in states.items()
        )
        yield PairReading((SOL, USDC), number * APART_MS, tuple(venues), slot)


def firings(
    moments: Sequence[Moment], judge: Judge = judged, count: Counts = counted, needed: int | None = None
) -> list[Firing]:
    """The looks in which a stop at TRIGGER would fire."""
    looks, streak, found = PairLooks(), Streak(), []
    run: list[int] = []
    for moment, reading in zip(moments, readings(moments), strict=True):
        look = count(looks, reading)
        told = None if look is None else judge(look.reading)
        if look is None or told is None:
            continue
        is_met = told.is_met(TRIGGER)
        streak = streak.met_in(look, told.vouching) if is_met else Streak()
        run = [*run, told.vouching] if is_met else []
        if streak.confirms(looks_needed(Side.BELOW) if needed is None else needed):
            found.append(Firing(moment, frozenset(each.venue for each in told.venues), tuple(run)))
    return found


prices = st.integers(60, 250)
moments = st.lists(
    st.builds(
        Moment,
        prices,
        st.one_of(st.sampled_from(["true", "missing", "stale"]), st.integers(-9_900, 10_000)),
        st.sampled_from(["true", "true", "missing", "stale"]),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=300)
@example([Moment(150, liar=-5_000)] * 5)
@example([Moment(150, liar=-5_000), Moment(150, liar=-5_000, honest="stale")] * 5)
@given(moments)
def test_one_lying_venue_never_fires_a_stop_that_an_honest_one_vouches_against(seen: list[Moment]) -> None:
    assert not [fired for fired in firings(seen) if fired.is_a_lie]


@settings(max_examples=300)
@example([Moment(100, honest="missing")] * 5)
@given(moments)
def test_a_stop_is_met_in_two_looks_in_a_row_and_in_three_where_a_venue_vouched_alone(
    seen: list[Moment],
) -> None:
    for fired in firings(seen):
        assert len(fired.run) >= (3 if 1 in fired.run else 2)


@given(st.integers(1, 129), st.lists(st.integers(-9_900, 0), min_size=8, max_size=8))
def test_a_true_fall_fires_whatever_a_liar_says_that_is_not_above_the_trigger(fallen, lies) -> None:
    seen = [Moment(150), *(Moment(fallen, liar=lie) for lie in lies)]
    assert firings(seen)


@given(moments)
def test_a_market_that_is_above_the_trigger_fires_nothing_while_nobody_lies(seen: list[Moment]) -> None:
    honest = [replace(each, liar="true") if isinstance(each.liar, int) else each for each in seen]
    above = [replace(each, price=each.price + 100) for each in honest]
    assert firings(above) == []


def first_venue_wins(reading: PairReading) -> Reference | None:
    """A control: the price of the first venue that answers is the price."""
    told = judged(reading)
    return told and _at(told, told.venues[0].price)


def mean_of_venues(reading: PairReading) -> Reference | None:
    """A control: a venue may be outweighed."""
    told = judged(reading)
    return told and _at(told, sum((each.price for each in told.venues), Fraction(0)) / told.vouching)


def cheapest_venue(reading: PairReading) -> Reference | None:
    """A control: a stop is judged by the venue that pays least."""
    told = judged(reading)
    return told and _at(told, min(each.price for each in told.venues))


def _at(told: Reference, price: Fraction) -> Reference:
    return Reference(told.side, price, told.venues)


@pytest.mark.parametrize("judge", [first_venue_wins, mean_of_venues, cheapest_venue])
def test_a_judge_whom_one_venue_can_deceive_is_caught(judge: Judge) -> None:
    lie = [Moment(150, liar=-5_000)] * 5
    assert any(fired.is_a_lie for fired in firings(lie, judge))
    assert firings(lie) == []


def believes_whatever_is_shown(looks: PairLooks, reading: PairReading) -> Look:
    """A control: a feed that stands still is taken for the price of now."""
    return Look(reading, reading.newest_slot)


def test_a_watcher_that_takes_an_old_price_for_the_price_of_now_is_caught() -> None:
    recovered = [Moment(100)] + [Moment(150, liar=-5_000, honest="stale")] * 5
    assert any(fired.is_a_lie for fired in firings(recovered, count=believes_whatever_is_shown))
    assert not [fired for fired in firings(recovered) if fired.is_a_lie]


def test_a_watcher_that_believes_one_look_is_caught() -> None:
    wick = [Moment(150), Moment(129), Moment(150)]
    assert [len(fired.run) for fired in firings(wick, needed=1)] == [1]
    assert firings(wick) == []
