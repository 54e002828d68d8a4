"""The prices of a market that a test makes."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from chalicelib.domain.pairs import Pair
from chalicelib.domain.quotes import VenueFailure
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.ports import Clock
from tests.fakes.readings import DOWN, FlatPool, of_whole

SLOT_MS = 400

_Place = tuple[Pair, str]


class ShownPrices:
    """`Prices` of flat pools, one for each venue of a pair, at 150 of the second token unless told.

    Slots grow with the clock's time, but for a feed that stands still. `looks` are the pairs of each look.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._prices: dict[_Place, Fraction | None] = {}
        self._still: dict[_Place, int] = {}
        self.looks: list[Collection[Pair]] = []

    def show(self, pair: Pair, **prices: str | None) -> None:
        """Show these prices at the venues of these names; None is a venue that is down."""
        for venue, price in prices.items():
            self._prices[pair, venue] = None if price is None else of_whole(price, pair.tokens)

    def stand_still(self, pair: Pair, venue: str) -> None:
        """The venue's slot grows no more."""
        self._still[pair, venue] = self._slot()

    def go_on(self, pair: Pair, venue: str) -> None:
        """The venue's slot is again that of now."""
        del self._still[pair, venue]

    def look(self, pairs: Collection[Pair]) -> Mapping[Pair, PairReading]:
        self.looks.append(pairs)
        return {pair: self._read(pair) for pair in pairs}

    def _read(self, pair: Pair) -> PairReading:
        venues = tuple(self._read_venue(pair, venue) for venue in pair.venues)
        return PairReading(pair.tokens, self._clock.now(), venues, self._slot())

    def _read_venue(self, pair: Pair, venue: str) -> VenueReading | VenueFailure:
        price = self._prices.get((pair, venue), of_whole("150", pair.tokens))
        if price is None:
            return VenueFailure(venue, DOWN)
        slot = self._still.get((pair, venue), self._slot())
        return VenueReading(venue, slot, (FlatPool(f"{venue}-pool", pair.tokens, price, fee_bps=25),))

    def _slot(self) -> int:
        return self._clock.now() // SLOT_MS
