"""The controls of the paper market: they write the conditions that its venues and its chain read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.conditions import TRUE, Conditions, Feed
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.path import Path
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.config import PaperSettings
from chalicelib.domain.steering import ChangedFeeds, Course, FeedChange, FeedState, Move, Place, inverse
from chalicelib.errors import MarketContended
from chalicelib.ports import Clock


class PaperControls:
    """`MarketControls` over a ledger. Every change begins with the newest block."""

    def __init__(self, ledger: Ledger, clock: Clock, settings: PaperSettings) -> None:
        self._ledger = ledger
        self._clock = clock
        self._blocks = Blocks.of(settings)

    def move(self, places: Sequence[Place], move: Move) -> Sequence[Course]:
        """Store the new path of each place. Raises MarketContended, StorageUnavailable."""
        height, stood = self._height(), self._conditions(places)
        over = self._blocks_of(move.over_ms)
        held = None if move.for_ms is None else self._blocks_of(move.for_ms)
        changes: dict[Place, Conditions] = {}
        courses: list[Course] = []
        for place, conditions in stood.items():
            path = _oriented(conditions.path, place)
            level = _turned(move.level, path, place)
            changes[place] = replace(conditions, path=path.moved(height, level, over, held))
            courses.append(self._course(place, path, height, over, held))
        self._store(changes)
        return courses

    def set_feeds(self, places: Sequence[Place], change: FeedChange) -> ChangedFeeds:
        """Store the state of each place's feed. Raises MarketContended, StorageUnavailable."""
        height = self._height()
        until = None if change.for_ms is None else height + self._blocks_of(change.for_ms)
        changes: dict[Place, Conditions] = {}
        for place in places:
            market = self._ledger.market(place.venue, _pair(place), consistently=True)
            feed = _feed(change, height, until, market.pools)
            changes[place] = replace(market.conditions, feed=feed)
        self._store(changes)
        return ChangedFeeds(places, change, None if until is None else self._blocks.begins_at(until))

    def _conditions(self, places: Sequence[Place]) -> Mapping[Place, Conditions]:
        return {
            place: self._ledger.market(place.venue, _pair(place), consistently=True).conditions
            for place in places
        }

    def _store(self, changes: Mapping[Place, Conditions]) -> None:
        next_ones = {
            (place.venue, _pair(place)): replace(conditions, change=conditions.change + 1)
            for place, conditions in changes.items()
        }
        if not self._ledger.steer(next_ones):
            raise MarketContended("Somebody else moved the market at the same moment")

    def _course(self, place: Place, path: Path, height: int, over: int, held: int | None) -> Course:
        level = path.level_of(place.tokens[0].mint, height)
        reached_at = self._blocks.begins_at(height + over)
        if held is None:
            return Course(place.venue, level, reached_at)
        leaves, back_to = height + over + held, _turned(path.end, path, place)
        leaves_at, back_at = self._blocks.begins_at(leaves), self._blocks.begins_at(leaves + over)
        return Course(place.venue, level, reached_at, leaves_at, back_at, back_to)

    def _height(self) -> int:
        return self._blocks.height_at(self._clock.now())

    def _blocks_of(self, milliseconds: int) -> int:
        """Return in how many blocks so much time has passed: one at least."""
        return max(1, -(-milliseconds // self._blocks.block_ms))


def _pair(place: Place) -> str:
    return pair_of(*(token.mint for token in place.tokens))


def _oriented(path: Path, place: Place) -> Path:
    """Return the path as that of a price: of the token that the pair is listed by, unless it is another's."""
    return path if path.token else replace(path, token=PAPER_PAIRS.require(*place.tokens).tokens[0].mint)


def _turned(level: int, path: Path, place: Place) -> int:
    """Return a level of the place's price as one of the path's, or the other way round."""
    return level if path.token == place.tokens[0].mint else inverse(level)


def _feed(change: FeedChange, height: int, until: int | None, pools: Sequence[StoredPool]) -> Feed:
    if change.state is FeedState.OK:
        return TRUE
    shown = tuple(pools) if change.state is FeedState.STALE else ()
    return Feed(change.state, height, until, change.bps, shown)
