"""The prices of the real pools, which no paper swap moves."""

from collections.abc import Collection, Mapping
from concurrent.futures import Executor

from chalicelib.adapters.pool_offers import ReadPool
from chalicelib.adapters.solana.snapshot import Snapshot
from chalicelib.adapters.solana.snapshots import Snapshots
from chalicelib.domain.pairs import Pair
from chalicelib.domain.quotes import Reason, VenueFailure
from chalicelib.domain.readings import PairReading, VenueReading
from chalicelib.errors import ExecutionError
from chalicelib.ports import Clock

SHARED_MS = 500
"""Milliseconds for which a reading serves a look: two looks that are a second apart are of two readings."""


class ShadowPrices:
    """`Prices` over the snapshots that the venues share: one reading of a node for all venues of a pair."""

    def __init__(self, snapshots: Snapshots, clock: Clock, threads: Executor) -> None:
        self._snapshots = snapshots
        self._clock = clock
        self._threads = threads

    def look(self, pairs: Collection[Pair]) -> Mapping[Pair, PairReading]:
        """Read all of these pairs, each at the slot of its own snapshot."""
        wanted = list(pairs)
        if len(wanted) == 1:
            return {wanted[0]: self._read(wanted[0])}
        return dict(zip(wanted, self._threads.map(self._read, wanted), strict=True))

    def _read(self, pair: Pair) -> PairReading:
        asked_at = self._clock.now()
        first, second = pair.tokens
        try:
            snapshot = self._snapshots.of(first.mint, second.mint, shared_ms=SHARED_MS)
        except ExecutionError as error:
            reason = Reason.of(error)
            failures = tuple(VenueFailure(venue, reason) for venue in pair.venues)
            return PairReading(pair.tokens, asked_at, failures)
        venues = tuple(_of_venue(snapshot, venue) for venue in pair.venues)
        return PairReading(pair.tokens, snapshot.asked_at, venues, snapshot.slot)


def _of_venue(snapshot: Snapshot, venue: str) -> VenueReading:
    pools = tuple(ReadPool(pool, snapshot.clock) for pool in snapshot.of_venue(venue))
    return VenueReading(venue, snapshot.slot, pools)
