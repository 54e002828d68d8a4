"""The prices of the paper market, read as its venues' quotes read them."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.feeds import Feeds
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.config import PaperSettings
from chalicelib.domain.pairs import Pair
from chalicelib.domain.quotes import Reason, VenueFailure
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.errors import ExecutionError
from chalicelib.ports import Clock


class _Place(NamedTuple):
    pair: Pair
    venue: str


class PaperPrices:
    """`Prices` over a ledger: one query for each venue and pair, all of them at the same time.

    A venue's slot is that of the block whose prices its feed shows, so that of a stale feed stands still.
    """

    def __init__(self, ledger: Ledger, clock: Clock, settings: PaperSettings, threads: Executor) -> None:
        self._ledger = ledger
        self._clock = clock
        self._blocks = Blocks.of(settings)
        self._feeds = Feeds(settings)
        self._threads = threads

    def look(self, pairs: Collection[Pair]) -> Mapping[Pair, PairReading]:
        """Read all of these pairs at the block of now."""
        now = self._clock.now()
        height = self._blocks.height_at(now)
        newest_slot = self._blocks.slot(height)
        places = [_Place(pair, venue) for pair in pairs for venue in pair.venues]
        read = dict(zip(places, self._read_all(places, height), strict=True))
        return {
            pair: PairReading(
                pair.tokens, now, tuple(read[_Place(pair, venue)] for venue in pair.venues), newest_slot
            )
            for pair in pairs
        }

    def _read_all(self, places: Sequence[_Place], height: int) -> Sequence[VenueReading | VenueFailure]:
        if len(places) == 1:
            return [self._read(places[0], height)]
        return list(self._threads.map(lambda place: self._read(place, height), places))

    def _read(self, place: _Place, height: int) -> VenueReading | VenueFailure:
        try:
            glimpse = self._feeds.read(self._ledger, place.venue, place.pair.tokens, height)
        except ExecutionError as error:
            return VenueFailure(place.venue, Reason.of(error))
        return VenueReading(place.venue, self._blocks.slot(glimpse.height), glimpse.shown(self._blocks))
