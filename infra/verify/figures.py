"""How long things took, beside what is to be expected where the stack runs. Expectations are no promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Measure(Enum):
    """What is timed, by the words that a person reads. The clock starts when the request is sent."""

    FIRST_ANSWER = "first request of all, to its answer"
    FIRST_ACCEPTED = "first order, to its 202"
    FIRST_STATUS = "first order, to the first status on its socket"
    FIRST_CONFIRMED = "first order, to confirmed on its socket"
    ACCEPTED = "second order, to its 202"
    STATUS = "second order, to the first status on its socket"
    CONFIRMED = "second order, to confirmed on its socket"


class Place(Enum):
    """Where a stack runs."""

    AWS = "AWS"
    EMULATOR = "an emulator"


@dataclass(frozen=True, slots=True)
class Expected:
    """The most seconds that are to be expected, and where the number comes from."""

    seconds: float
    source: str


_COLD = "reckoned: functions that sleep start first"
_SIMULATED = "simulated: docs/capacity.json, 95 % of the orders of an idle deployment"
_MEASURED = "measured: docs/performance.md"

EXPECTED: Mapping[Place, Mapping[Measure, Expected]] = {
    Place.AWS: {
        Measure.FIRST_ANSWER: Expected(3.0, _COLD),
        Measure.FIRST_ACCEPTED: Expected(4.0, _COLD),
        Measure.FIRST_STATUS: Expected(8.0, _COLD),
        Measure.FIRST_CONFIRMED: Expected(12.0, _COLD),
        Measure.ACCEPTED: Expected(0.5, "reckoned: four calls of tables and a queue, and your way there"),
        Measure.STATUS: Expected(1.5, "reckoned: a table's stream is read four times a second"),
        Measure.CONFIRMED: Expected(4.2, _SIMULATED),
    },
    Place.EMULATOR: {
        Measure.FIRST_ANSWER: Expected(1.2, f"{_MEASURED}, a first call"),
        Measure.FIRST_ACCEPTED: Expected(1.2, f"{_MEASURED}, a first call"),
        Measure.FIRST_STATUS: Expected(1.5, f"{_MEASURED}, a first call, and its socket"),
        Measure.FIRST_CONFIRMED: Expected(6.0, f"{_MEASURED}, its aim of 5 s, and a first call"),
        Measure.ACCEPTED: Expected(0.25, f"{_MEASURED}, with ten clients at once"),
        Measure.STATUS: Expected(0.5, f"{_MEASURED}, the same, and its way to the socket"),
        Measure.CONFIRMED: Expected(5.0, f"{_MEASURED}, its aim"),
    },
}
"""docs/verify.md tells how each number was come by."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One time that was measured (s)."""

    measure: Measure
    seconds: float

    def is_late(self, place: Place) -> bool:
        """Return whether it is more than is to be expected there."""
        return self.seconds > EXPECTED[place][self.measure].seconds
