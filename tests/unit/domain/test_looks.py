"""When a look counts, and how many of them confirm a price."""

import pytest

from chalicelib.domain.looks import (
    APART_MS,
    BROKEN_AFTER_MS,
    CONFIRM_LOOKS,
    LOOK_MAX_AGE_MS,
    MOST_SLOTS_BEHIND,
    STALE,
    Look,
    PairLooks,
    Streak,
    is_fresh,
    looks_needed,
)
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import VenueFailure
from chalicelib.domain.readings import PairReading
from chalicelib.domain.tokens import SOL, USDC
from tests.fakes.readings import DOWN, reading_at, venue_at

AGREEING = {"raydium": "150", "meteora": "151"}


def taken(looks: PairLooks, reading: PairReading, now: int | None = None) -> Look:
    look = looks.take(reading, reading.read_at if now is None else now)
    assert look is not None
    return look


def apart(raydium: int, meteora: int, newest_slot: int = 0) -> PairReading:
    """A reading whose venues were read at these slots."""
    venues = venue_at("raydium", raydium, "150"), venue_at("meteora", meteora, "151")
    return PairReading((SOL, USDC), 0, venues, newest_slot)


@pytest.mark.parametrize(
    ("age", "fresh"), [(-1, False), (0, True), (LOOK_MAX_AGE_MS - 1, True), (LOOK_MAX_AGE_MS, False)]
)
def test_nothing_is_decided_by_a_reading_that_is_too_old_or_of_the_future(age, fresh):
    reading = reading_at(AGREEING, read_at=1_000_000)
    assert is_fresh(reading, 1_000_000 + age) is fresh
    assert (PairLooks().take(reading, 1_000_000 + age) is not None) is fresh


def test_a_look_that_counts_is_the_reading_and_its_oldest_slot():
    reading = apart(100, 98)
    assert taken(PairLooks(), reading) == Look(reading, 98)


def test_a_venue_that_stands_still_or_goes_back_counts_no_more_until_its_slot_has_grown():
    looks = PairLooks()
    taken(looks, apart(100, 100))
    assert looks.take(apart(100, 99), 0) is None
    look = taken(looks, apart(100, 101))
    assert look.reading.venues[0] == VenueFailure("raydium", STALE)
    assert [venue.venue for venue in look.reading.venues_read] == ["meteora"]
    assert look.slot == 101
    assert len(taken(looks, apart(101, 102)).reading.venues_read) == 2


@pytest.mark.parametrize(("behind", "counts"), [(MOST_SLOTS_BEHIND, True), (MOST_SLOTS_BEHIND + 1, False)])
def test_a_venue_too_far_behind_the_newest_slot_does_not_count(behind, counts):
    newest = 1_000
    assert len(taken(PairLooks(), apart(newest, newest - behind)).reading.venues_read) == 1 + counts
    late = apart(newest - behind, newest - behind, newest_slot=newest)
    assert (PairLooks().take(late, 0) is not None) is counts
    seen_before = PairLooks()
    taken(seen_before, apart(newest, newest))
    fresh = PairReading((SOL, USDC), 0, (venue_at("orca", newest - behind, "150"),))
    assert (seen_before.take(fresh, 0) is not None) is counts


def test_a_venue_that_is_down_keeps_its_reason():
    look = taken(PairLooks(), reading_at({"raydium": "150", "meteora": None}))
    assert look.reading.venues[1] == VenueFailure("meteora", DOWN)
    assert PairLooks().take(reading_at({"raydium": None, "meteora": None}), 0) is None


@pytest.mark.parametrize(
    ("before", "after", "has_jumped"),
    [("100", "120", False), ("100", "120.01", True), ("120", "100", False), ("120.01", "100", True)],
)
@pytest.mark.parametrize("venue", ["raydium", "meteora"])
def test_a_price_that_is_a_fifth_away_from_the_last_one_has_jumped(before, after, has_jumped, venue):
    looks = PairLooks()
    steady = {"raydium": before, "meteora": before}
    assert not taken(looks, reading_at(steady, slot=1)).has_jumped
    assert taken(looks, reading_at({**steady, venue: after}, slot=2)).has_jumped is has_jumped
    assert not taken(looks, reading_at({**steady, venue: after}, slot=3)).has_jumped


def test_a_jump_is_from_when_the_venue_last_counted():
    looks = PairLooks()
    taken(looks, reading_at({"raydium": "100"}, slot=1))
    taken(looks, reading_at({"raydium": "0"}, slot=2))
    assert taken(looks, reading_at({"raydium": "150"}, slot=3)).has_jumped


def streak(*seen: tuple[int, int], vouching: int = 2, jumps: tuple[int, ...] = ()) -> Streak:
    """The streak of an order that was met in looks at these times (ms) and slots; some of them jumped."""
    found = Streak()
    for number, (read_at, slot) in enumerate(seen):
        reading = reading_at(AGREEING, slot=slot, read_at=read_at)
        found = found.met_in(Look(reading, slot, has_jumped=number in jumps), vouching)
    return found


def test_a_stop_needs_two_looks_and_what_waits_for_more_needs_one():
    assert looks_needed(Side.BELOW) == CONFIRM_LOOKS == 2
    assert looks_needed(Side.ABOVE) == 1
    assert looks_needed(Side.BELOW, confirm_looks=4) == 4
    assert not Streak().confirms(1)
    assert streak((0, 1)).confirms(1)
    assert not streak((0, 1)).confirms(2)
    assert streak((0, 1), (APART_MS, 2)).confirms(2)


def test_looks_less_than_a_second_apart_confirm_nothing_and_end_nothing():
    assert not streak((0, 1), (APART_MS - 1, 2)).confirms(2)
    assert streak((0, 1), (APART_MS - 1, 2), (APART_MS, 3)).confirms(2)


def test_looks_at_the_same_slot_or_an_older_one_confirm_nothing_and_end_nothing():
    assert not streak((0, 5), (APART_MS, 5), (2 * APART_MS, 4)).confirms(2)
    assert streak((0, 5), (APART_MS, 5), (2 * APART_MS, 6)).confirms(2)


def test_a_streak_is_broken_by_a_long_time_without_a_look():
    assert streak((0, 1), (BROKEN_AFTER_MS, 2)).confirms(2)
    assert not streak((0, 1), (BROKEN_AFTER_MS + 1, 2)).confirms(2)
    assert streak((0, 1), (BROKEN_AFTER_MS + 1, 2)) == streak((BROKEN_AFTER_MS + 1, 2))


def test_where_one_venue_vouches_alone_a_stop_needs_one_more_look_and_nothing_else_does():
    two = streak((0, 1), (APART_MS, 2), vouching=1)
    assert not two.confirms(2)
    assert streak((0, 1), (APART_MS, 2), (2 * APART_MS, 3), vouching=1).confirms(2)
    assert streak((0, 1), vouching=1).confirms(1)


def test_a_venue_that_vouched_alone_once_is_enough_for_one_more_look():
    once = streak((0, 1), vouching=1).met_in(Look(reading_at(AGREEING, read_at=APART_MS), 2), 2)
    assert not once.confirms(2)
    assert once.met_in(Look(reading_at(AGREEING, read_at=2 * APART_MS), 3), 2).confirms(2)


@pytest.mark.parametrize("jumps", [(0,), (1,), (0, 1)])
def test_a_price_that_jumped_needs_one_more_look_however_often_it_jumps(jumps):
    looks = (0, 1), (APART_MS, 2), (2 * APART_MS, 3)
    assert not streak(*looks[:1], jumps=(0,)).confirms(1)
    assert streak(*looks[:2], jumps=jumps).confirms(1)
    assert not streak(*looks[:2], jumps=jumps).confirms(2)
    assert streak(*looks, jumps=jumps).confirms(2)


def test_a_jump_in_a_look_that_confirms_nothing_is_a_doubt_all_the_same():
    assert not streak((0, 1), (1, 2), (APART_MS, 3), jumps=(1,)).confirms(2)
