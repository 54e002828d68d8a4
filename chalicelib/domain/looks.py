"""When a look at a price counts, and how many of them confirm it.

A price can be bent for free within one slot, a node can lag, and a feed can stand still: so a look counts
only if it is fresh and its slot has grown, and a stop wants more than one. The time is always given: nothing
here has a clock.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from chalicelib.domain.amounts import BPS
from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import Reason, VenueFailure
from chalicelib.domain.readings import PairReading, VenueReading, with_venues
from chalicelib.domain.reference import cautious_median
from chalicelib.errors import VenueUnavailable

LOOK_MAX_AGE_MS = 3_000
"""Milliseconds after which nothing is decided by a reading any more."""

MOST_SLOTS_BEHIND = 10
"""Slots by which a venue's reading may be behind the newest that was seen."""

JUMP_BPS = 2_000
"""How far, in basis points of the lower one, two prices may be apart before the second is looked at again."""

CONFIRM_LOOKS = 2
"""Looks in a row in which a stop must be met; where one venue alone vouches, one more."""

APART_MS = 900
"""Milliseconds between two looks that confirm each other, at least; a look each second may be early."""

BROKEN_AFTER_MS = 10_000
"""Milliseconds without a look, after which the next one begins anew: the market is not known in between."""

STALE = Reason.of(VenueUnavailable("What was read of it is too old"))
"""The reason in place of a venue whose reading doesn't count."""


def is_fresh(reading: PairReading, now: int, max_age_ms: int = LOOK_MAX_AGE_MS) -> bool:
    """Return whether something may still be decided by the reading at this time (ms)."""
    return 0 <= now - reading.read_at < max_age_ms


@dataclass(frozen=True, slots=True)
class Look:
    """A look that counts, at one pair: its reading has STALE in place of each venue that doesn't count.

    `slot` is the oldest of the venues that count. A price that `has_jumped` since the last look is looked at
    once more before anything is decided by it.
    """

    reading: PairReading
    slot: int
    has_jumped: bool = False


class PairLooks:
    """What one watcher remembers of its looks at one pair."""

    def __init__(self, max_age_ms: int = LOOK_MAX_AGE_MS) -> None:
        self._max_age_ms = max_age_ms
        self._slots: dict[str, int] = {}
        self._prices: dict[str, Fraction] = {}
        self._newest_slot = 0

    def take(self, reading: PairReading, now: int) -> Look | None:
        """Return what counts of a reading at this time (ms), and remember it; None if nothing does.

        A venue counts if its slot is newer than when it last counted, and not too far behind the newest that
        was seen of any venue.
        """
        if not is_fresh(reading, now, self._max_age_ms):
            return None
        slots = [venue.slot for venue in reading.venues_read]
        self._newest_slot = max(self._newest_slot, reading.newest_slot, *slots, 0)
        counting = {venue.venue: venue for venue in reading.venues_read if self._counts(venue)}
        if not counting:
            return None
        jumps = [self._remember(venue, reading) for venue in counting.values()]
        venues = [
            venue if isinstance(venue, VenueFailure) else counting.get(venue.venue, _stale(venue))
            for venue in reading.venues
        ]
        slot = min(venue.slot for venue in counting.values())
        return Look(with_venues(reading, venues), slot, has_jumped=any(jumps))

    def _counts(self, venue: VenueReading) -> bool:
        has_grown = venue.slot > self._slots.get(venue.venue, -1)
        return has_grown and venue.slot >= self._newest_slot - MOST_SLOTS_BEHIND

    def _remember(self, venue: VenueReading, reading: PairReading) -> bool:
        """Remember a venue's slot and price. Return whether the price has jumped."""
        self._slots[venue.venue] = venue.slot
        spots = venue.spots(reading.tokens[0])
        if not spots:
            return False
        price = cautious_median(spots, Side.ABOVE)
        before = self._prices.get(venue.venue, price)
        self._prices[venue.venue] = price
        return max(price, before) * BPS > min(price, before) * (BPS + JUMP_BPS)


@dataclass(frozen=True, slots=True)
class Streak:
    """The looks in a row in which one order's price was met. An order that was not met has none.

    `read_at` (ms) and `slot` are those of the last one.
    """

    looks: int = 0
    read_at: int = 0
    slot: int = 0
    was_alone: bool = False
    has_jumped: bool = False

    def met_in(self, look: Look, vouching: int) -> Self:
        """Return the streak with a look in which the price was met, by the word of so many venues.

        A look too soon after the last one, or of no newer slot, confirms nothing, and ends nothing.
        """
        passed = look.reading.read_at - self.read_at
        before = type(self)() if passed > BROKEN_AFTER_MS else self
        doubted = replace(
            before,
            was_alone=before.was_alone or vouching == 1,
            has_jumped=before.has_jumped or look.has_jumped,
        )
        if before.looks and (passed < APART_MS or look.slot <= before.slot):
            return doubted
        return replace(doubted, looks=before.looks + 1, read_at=look.reading.read_at, slot=look.slot)

    def confirms(self, needed: int) -> bool:
        """Return whether that is enough for an order that needs so many looks.

        One more is needed where the price had jumped; and one more if more than one is needed and a venue
        vouched alone.
        """
        more = self.has_jumped + (self.was_alone and needed > 1)
        return self.looks >= needed + more


def looks_needed(side: Side, confirm_looks: int = CONFIRM_LOOKS) -> int:
    """Return the looks in which an order must be met: what waits for more can't be filled worse by one."""
    return confirm_looks if side is Side.BELOW else 1


def _stale(venue: VenueReading) -> VenueFailure:
    return VenueFailure(venue.venue, STALE)
