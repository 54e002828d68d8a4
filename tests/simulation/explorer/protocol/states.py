"""The states of a small model of the protocol: one order, two workers at a time, a chain that forks.

A worker is an execution or a landing, as Execute and Land are: one signs and sends, the other concludes.

Left out because nothing of it leaves the order: what comes before the write-ahead is one open status, and how
messages travel is a delivery at any time, so that duplicates, redrives and an early Reconcile are among them.
"""

from typing import NamedTuple

from chalicelib.domain.order import Status

OPEN, SUBMITTED = "open", Status.SUBMITTED.value
CONFIRMED, FAILED, EXPIRED = Status.CONFIRMED.value, Status.FAILED.value, Status.EXPIRED.value
FINAL = frozenset({CONFIRMED, FAILED, EXPIRED})

PERSIST, UNSURE, SEND = "persist", "unsure", "send"
LOOK, SEND_AGAIN, GLANCE = "look", "send again", "glance"
"""What a worker does next."""


class Transaction(NamedTuple):
    """What the execution of a delivery signed."""

    delivery: int
    last_valid: int


class Event(NamedTuple):
    """One write. A delivery makes a version at most once, so the delivery that wrote it is its write id."""

    status: str
    written_by: int
    transaction: Transaction | None = None


History = tuple[Event, ...]


class Sent(NamedTuple):
    """A transaction that the network has, and the block that it is in, if it is."""

    transaction: Transaction
    height: int | None = None
    slipped: bool = False


class Sight(NamedTuple):
    """What a node answers of a transaction: its newest slot, and how deep the landing lies, if it has it."""

    slot: int
    depth: int | None = None
    slipped: bool = False


class Height(NamedTuple):
    """What a node tells of the finalized height, and its newest slot."""

    block: int
    slot: int


class Worker(NamedTuple):
    """A delivery in the middle of its work: the version that it knows, with the transaction to be landed;
    what it writes next; what it has read.
    """

    delivery: int
    step: str
    version: int
    transaction: Transaction | None = None
    plan: Event | None = None
    height: Height | None = None
    sight: Sight | None = None


class State(NamedTuple):
    """Everything there is. In the air are writes that are not answered, each with the version before it.

    `executions` and `landings` are left to begin, two at a time, in any order; `faults` are left to happen:
    kills, lost answers and forks.
    Lagging nodes, frozen workers, duplicates and skewed clocks are not counted, nor is their number bounded.
    """

    order: History = (Event(OPEN, 0),)
    tip: int = 0
    sent: tuple[Sent, ...] = ()
    workers: tuple[Worker, ...] = ()
    in_the_air: tuple[tuple[int, Event], ...] = ()
    executions: int = 3
    landings: int = 2
    faults: int = 2

    @property
    def deliveries(self) -> int:
        """How many are left of both: the number of the next one."""
        return self.executions + self.landings


Move = tuple[str, State]
"""What happens, in words, and the state after it."""
