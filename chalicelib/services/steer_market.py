"""Move the market of a trial on purpose."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.pairs import PairList
from chalicelib.domain.steering import ChangedFeeds, FeedChange, Move, MovedPrice, Place
from chalicelib.domain.tokens import Token
from chalicelib.errors import FieldError, InvalidRequest
from chalicelib.ports import MarketControls


class SteerMarket:
    """Moves prices and feeds, of one venue or of all of them. What it is asked has the right form and bounds.

    Every method raises MarketContended when somebody else moved the market at the same moment, and
    StorageUnavailable when nobody can tell whether it was moved: both may be done again.
    """

    def __init__(self, controls: MarketControls, pairs: PairList) -> None:
        self._controls = controls
        self._pairs = pairs

    def move(self, tokens: tuple[Token, Token], move: Move, venue: str | None) -> MovedPrice:
        """Move the price of the first token in the second one.

        Raises
        ------
        PairNotTraded
            There is no pool of these two.
        InvalidRequest
            The venue has no pool of them.
        """
        places = self._places([tokens], venue)
        return MovedPrice(tokens, move.level, self._controls.move(places, move))

    def set_feeds(
        self, change: FeedChange, tokens: tuple[Token, Token] | None, venue: str | None
    ) -> ChangedFeeds:
        """Change the feeds of a pair, or of all of them. Raises as `move`."""
        pairs = [pair.tokens for pair in self._pairs] if tokens is None else [tokens]
        return self._controls.set_feeds(self._places(pairs, venue), change)

    def _places(self, pairs: Iterable[tuple[Token, Token]], venue: str | None) -> Sequence[Place]:
        all_places = [Place(name, tokens) for tokens in pairs for name in self._pairs.require(*tokens).venues]
        places = [place for place in all_places if venue in {None, place.venue}]
        if not places:
            known = ", ".join(sorted({place.venue for place in all_places}))
            raise InvalidRequest(FieldError("/venue", f"must be a venue with a pool of the pair: {known}"))
        return places
