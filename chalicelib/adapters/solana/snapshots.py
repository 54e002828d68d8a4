"""Read pairs from the fleet: one reading at a time for a pair, which all who ask meanwhile share."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from chalicelib.adapters.solana.layouts.account import ProgramIds
from chalicelib.adapters.solana.rpc.fleet import Fleet
from chalicelib.adapters.solana.snapshot import PairReading, Snapshot
from chalicelib.domain.pairs import Pair, PairList
from chalicelib.errors import ChainStale, ChainUnavailable, RouteNotFound, UnsupportedPool
from chalicelib.ports import Clock

SHARED_MS = 1_000
"""Milliseconds for which a reading serves whoever asks for the pair."""

MOST_READS = 4
"""Reads of one reading: the pools, what they name, what their bitmaps name, and one more if that moved."""

TORN_SLOTS = 2
"""Slots by which a reading's Clock may differ from the slot that the node says it answered for."""

CLOCK_S = 15
"""Seconds by which the chain's clock may differ from ours."""

Mints = frozenset[str]


@dataclass(slots=True)
class _Flight:
    """A reading that was begun at `asked_at` (ms), perhaps not ended."""

    asked_at: int
    landed: "Future[Snapshot]" = field(default_factory=Future)


class Snapshots:
    """Snapshots of pairs. Threads share it, and a failure is shared as well: nobody asks twice at once."""

    def __init__(
        self, fleet: Fleet, pairs: PairList, programs: ProgramIds, clock: Clock, reading_ms: int
    ) -> None:
        self._fleet = fleet
        self._pairs: Mapping[Mints, Pair] = {frozenset(t.mint for t in pair.tokens): pair for pair in pairs}
        self._programs = programs
        self._clock = clock
        self._reading_ms = reading_ms
        self._addresses: dict[Mints, tuple[str, ...]] = {}
        self._flights: dict[Mints, _Flight] = {}
        self._lock = Lock()

    def newest_slot(self) -> int:
        """Ask for the newest slot. Raises ChainUnavailable."""
        return self._fleet.slot(ends=self._clock.now() + self._reading_ms)

    def of(self, mint: str, other: str, *, least_slot: int = 0, shared_ms: int = SHARED_MS) -> Snapshot:
        """Return the pair's pools as of now, give or take `shared_ms`, at `least_slot` or later.

        Raises
        ------
        RouteNotFound
            No pool of the two is listed.
        ChainUnavailable, ChainStale, ChainWrong
            No node gave a reading that can be believed.
        """
        mints = frozenset((mint, other))
        pair = self._pairs.get(mints)
        if pair is None:
            raise RouteNotFound("No pool of the two tokens is listed")
        flight, is_mine = self._board(mints, least_slot, shared_ms)
        if is_mine:
            self._fly(flight, mints, pair, least_slot)
        snapshot = flight.landed.result()
        if snapshot.slot < least_slot:
            return self.of(mint, other, least_slot=least_slot, shared_ms=shared_ms)
        return snapshot

    def _board(self, mints: Mints, least_slot: int, shared_ms: int) -> tuple[_Flight, bool]:
        with self._lock:
            flight = self._flights.get(mints)
            if flight is not None and self._serves(flight, least_slot, shared_ms):
                return flight, False
            flight = self._flights[mints] = _Flight(self._clock.now())
            return flight, True

    def _serves(self, flight: _Flight, least_slot: int, shared_ms: int) -> bool:
        if not flight.landed.done():
            return True
        if flight.landed.exception() is not None:
            return False
        is_young = 0 <= self._clock.now() - flight.asked_at <= shared_ms
        return is_young and flight.landed.result().slot >= least_slot

    def _fly(self, flight: _Flight, mints: Mints, pair: Pair, least_slot: int) -> None:
        try:
            flight.landed.set_result(self._read(mints, pair, least_slot, flight.asked_at))
        except BaseException as error:
            flight.landed.set_exception(error)
            raise

    def _read(self, mints: Mints, pair: Pair, least_slot: int, asked_at: int) -> Snapshot:
        """Read all accounts in one call, and everything again if the answer shows that some were not read."""
        ends = asked_at + self._reading_ms
        addresses = self._addresses.get(mints) or PairReading.unread(pair, self._programs).addresses()
        for reads_left in range(MOST_READS - 1, -1, -1):
            read = self._fleet.accounts(addresses, least_slot=least_slot, ends=ends)
            reading = PairReading(pair, self._programs, read.accounts)
            needed = reading.addresses()
            is_torn = read.is_torn or self._is_off(reading, read.slot)
            if not is_torn and (set(needed) <= set(addresses) or not reads_left):
                self._addresses[mints] = needed
                return self._believed(reading, read.slot, asked_at)
            addresses = needed
        raise ChainStale("The nodes' readings were torn: their accounts were not of one slot")

    def _is_off(self, reading: PairReading, slot: int) -> bool:
        try:
            return abs(reading.clock().slot - slot) > TORN_SLOTS
        except UnsupportedPool as error:
            raise ChainUnavailable(f"The node's answer can't be used: {error}") from None

    def _believed(self, reading: PairReading, slot: int, asked_at: int) -> Snapshot:
        clock = reading.clock()
        apart = abs(clock.unix_time - self._clock.now() // 1000)
        if apart > CLOCK_S:
            raise ChainStale(f"The chain's clock was {apart} s off ours")
        self._fleet.saw(slot)
        return Snapshot(slot, clock, asked_at, reading.pools())
