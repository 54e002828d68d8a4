"""Every schedule of a few faults, the shorter ones first, each run to its end over the real code.

The second fault comes at any point after the first, also at those that only come up because of it. Left out
is only what would be the same run: a kill that leaves the world as the same worker's last possible one did.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod

from tests.simulation.explorer.engine.faults import Fault, Point, Schedule
from tests.simulation.explorer.engine.life import ENGINE, Life, Variant
from tests.simulation.explorer.violation import Violation


@dataclass
class Exploration:
    """What was run: schedules by their number of faults and by each fault, and how the lives ended."""

    schedules: Counter[int] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)


def explore(variant: Variant = ENGINE) -> Exploration:
    """Run every schedule to its end. Raises the Violation of the first one that breaks a promise."""
    found = Exploration()
    frontier: list[Schedule] = [()]
    for faults in range(variant.most_faults + 1):
        is_longest = faults == variant.most_faults
        longer: list[Schedule] = []
        for schedule in frontier:
            life = Life(schedule, variant, notes=not is_longest)
            try:
                order = life.live()
            except Violation as violation:
                raise Violation(f"{violation}\n{tell(schedule, variant)}") from violation
            found.schedules[faults] += 1
            found.faults.update(fault for _, fault in schedule)
            found.endings[order.status] += 1
            if not is_longest:
                longer.extend(_one_fault_longer(schedule, life.director.points, variant.faults))
        frontier = _rare_faults_first(longer)
    return found


def tell(schedule: Schedule, variant: Variant) -> str:
    """A run call by call, with its faults."""
    life = Life(schedule, variant)
    with suppress(Violation):
        life.live()
    faults = dict(schedule)
    lines = [f"{variant.name}; number of faults: {len(faults)}"]
    for number, point in enumerate(life.director.points):
        fault = f"   <-- {faults[number].value}" if number in faults else ""
        lines.append(f"{number:4} {point.worker}: {point.call}{fault}")
    return "\n".join(lines)


def _rare_faults_first(schedules: list[Schedule]) -> list[Schedule]:
    """What can happen at few points only is tried first: a flaw is found sooner, and nothing is left out."""
    places = Counter(fault for schedule in schedules for _, fault in schedule)
    return sorted(schedules, key=lambda schedule: prod(places[fault] for _, fault in schedule))


def _one_fault_longer(
    schedule: Schedule, points: Sequence[Point], faults: Collection[Fault]
) -> Iterator[Schedule]:
    """The schedules that are this one up to its last fault, and have one more after it."""
    begin = schedule[-1][0] + 1 if schedule else 0
    for number, point in enumerate(points[begin:], start=begin):
        for fault in (fault for fault in point.faults if fault in faults):
            yield (*schedule, (number, fault))
