"""What a golden case is to the replay, whichever the pool type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.pricing.swap import PoolClock, Swap

Step = Mapping[str, Any]
"""One swap of a case: its `input`, what is `expected` of it, and when it happens."""


@dataclass(frozen=True)
class Question:
    """A step on our code: `swap` as the engine calls it, `outcome` the fields as the file names them."""

    swap: Callable[[], Swap[Any]]
    outcome: Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class CaseReader:
    """How the cases of one pool type are read.

    `state_names` maps the names that a file gives a state's fields to ours, where they differ.
    """

    pool_of: Callable[[Mapping[str, Any]], Any]
    question: Callable[[Any, Step], Question]
    state_names: Mapping[str, str] = field(default_factory=dict)

    def field_of(self, pool: Any, name: str) -> Any:
        """A field of a state by its name in the file, as files write it; `not known` for any other name."""
        return pool.to_record().get(self.state_names.get(name, name), "not known")


def clock_of(step: Step, otherwise: str) -> PoolClock:
    """The chain's time in a step: `timestamp` in its input and `slot`, each of them `otherwise` if absent."""
    given = step["input"]
    slot = step.get("slot", given.get("slot", otherwise))
    return PoolClock(unix_time=int(given.get("timestamp", otherwise)), slot=int(slot))


def present(state: Mapping[str, str], *names: str) -> dict[str, int]:
    """Those of the fields that the state has; the pool's own defaults stand for the others."""
    return {name: int(state[name]) for name in names if name in state}
