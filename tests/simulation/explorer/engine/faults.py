"""What can go wrong while the engine calls the world, and the points where it is made to.

Every call is a point, numbered in the order in which the calls are made; a write is one more once it has
taken effect. A schedule names a few points and what happens there. Since nothing else is left to chance, the
schedule is the run: it can be replayed, and each run tells the points from which longer schedules branch off.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

READS = frozenset(
    {
        *(
            "get",
            "find_record",
            "open_orders",
            "count_waiting",
            "count_landing",
            "read_all",
            "read",
            "running",
        ),
        *("quote", "build_swap", "sign"),
        *("latest_blockhash", "simulate", "finalized_height", "signature_statuses", "fill"),
    }
)
"""Calls that change nothing: to be killed after one is to be killed before it. All others are writes."""


class Fault(Enum):
    """What can happen at a point."""

    KILLED_BEFORE = "killed before it"
    KILLED_AFTER = "killed after it took effect"
    LOST_REQUEST = "it never arrives"
    LOST_ANSWER = "it takes effect, its answer is lost"

    PAUSED = "the worker stands still for 3 s"
    EXECUTED = "another worker executes the order first"
    WATCHED = "another worker looks for its landing first"
    FROZEN = "the worker is frozen until all the others are done"
    SWEPT = "Reconcile comes early"
    SWEPT_AHEAD = "Reconcile comes, by a clock that is an hour ahead"
    DEAD_LETTERED = "the order is handled as a dead letter, and redriven"

    DUPLICATED = "the message is delivered twice"
    CLOCK_AHEAD = "the worker's clock is 20 s ahead"
    CLOCK_BEHIND = "the worker's clock is 20 s behind"

    NODE_BEHIND = "the node is 3 blocks behind"
    NODE_FAR_BEHIND = "the node is 20 blocks behind"

    DROPPED = "the transaction never lands"
    LATE = "the transaction lands in its last valid block"
    UNSEEN = "the transaction lands in its last valid block, on a fork that no node sees until it has won"
    REVERTED = "the transaction lands with an error"
    FORKED_AWAY = "the transaction lands on a fork that loses, and never again"
    REVERTED_ON_A_FORK = "the transaction lands with an error on a fork that loses, then without one"


INTERLUDES = (
    Fault.PAUSED,
    Fault.EXECUTED,
    Fault.WATCHED,
    Fault.FROZEN,
    Fault.SWEPT,
    Fault.SWEPT_AHEAD,
    Fault.DEAD_LETTERED,
)
"""What time and others do while a worker stands before a call, which it makes then."""

AT_A_DELIVERY = (Fault.DUPLICATED, Fault.CLOCK_AHEAD, Fault.CLOCK_BEHIND)

AT_A_FIRST_SEND = (
    Fault.DROPPED,
    Fault.LATE,
    Fault.UNSEEN,
    Fault.REVERTED,
    Fault.FORKED_AWAY,
    Fault.REVERTED_ON_A_FORK,
)

Schedule = tuple[tuple[int, Fault], ...]
"""Points and what happens there, in the order of the run."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a run where something may go wrong: who calls what, and what may happen there."""

    worker: str
    call: str
    faults: Collection[Fault]


class Director:
    """Makes a schedule happen. It counts the points that a run passes, and when asked to notes them."""

    def __init__(self, schedule: Schedule, *, notes: bool) -> None:
        self.points: list[Point] = []
        self._faults = dict(schedule)
        self._notes = notes
        self._passed = 0

    def is_over(self) -> bool:
        """Whether nothing is left to happen, or to be noted."""
        return not self._faults and not self._notes

    def pass_by(self, worker: str, call: str, faults: Callable[[], Collection[Fault]]) -> Fault | None:
        """Pass a point where these may happen; returns what does."""
        fault = self._faults.pop(self._passed, None)
        self._passed += 1
        if self._notes:
            self.points.append(Point(worker, call, faults()))
        return fault
