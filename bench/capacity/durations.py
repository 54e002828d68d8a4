"""Durations of functions on AWS: computing at the share of a core that their memory gives, and waiting."""

from dataclasses import dataclass, field
from random import Random

from bench.capacity.assumptions import Assumptions, Even

VENUES = 2
"""Venues that are asked for quotes in parallel."""

EVENTS = 4
"""Events of an order that change it after it was accepted: routing, building, submitted, confirmed."""


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one invocation: processor time (ms of a whole core), and its waits with their counts."""

    memory_mb: int
    processor: float
    waits: dict[str, int] = field(default_factory=dict)
    quotes: bool = False

    def mean(self, assumed: Assumptions) -> float:
        """Return the mean duration (ms)."""
        waiting = sum(count * assumed.mean(name) for name, count in self.waits.items())
        if self.quotes:
            waiting += _quote(assumed).mean_of_slowest(VENUES)
        return waiting + assumed.computing(self.processor, self.memory_mb)

    def draw(self, assumed: Assumptions, random: Random) -> float:
        """Return a random duration (ms)."""
        took = assumed.computing(self.processor, self.memory_mb)
        for name, count in self.waits.items():
            time = assumed.time(name)
            for _ in range(count):
                took += time.draw(random)
        if self.quotes:
            took += max(_quote(assumed).draw(random) for _ in range(VENUES))
        return took


def works(assumed: Assumptions, *, execute_mb: int = 512, chain_waits: int = 2) -> dict[str, Work]:
    """Return the work of each function that serves an order, except Land, whose looks are simulated.

    A kind of call is counted once for each time that the function waits for it, one after the other.
    """
    processor = assumed.processor
    return {
        "api": Work(1024, processor["api"], {"table": 4, "queue_send": 1}),
        # The order, the trading switch, three saves; the simulation, the send; Land's message.
        "execute": Work(
            execute_mb,
            processor["execute"],
            {"table": 5, "chain_call": chain_waits, "queue_send": 1},
            quotes=True,
        ),
        "broadcast": Work(512, processor["broadcast"] / EVENTS, {"table": 2, "post": 1}),
        "connect": Work(512, processor["connect"], {"table": 4}),
        "backfill": Work(512, processor["backfill"], {"table": 3, "post": 1}),
        "disconnect": Work(512, processor["disconnect"], {"table": 5}),
    }


def invocations() -> dict[str, float]:
    """Return how often each function is invoked for an order that is followed over one socket."""
    return {"api": 1, "execute": 1, "broadcast": EVENTS, "connect": 1, "backfill": 1, "disconnect": 1}


def _quote(assumed: Assumptions) -> Even:
    time = assumed.time("quote")
    if not isinstance(time, Even):
        raise TypeError("A quote's time is between two bounds: only then is the mean of the slowest known")
    return time
