"""Print docs/failure-matrix.md: what every crash costs, from the runs themselves.

Usage: python -m tests.simulation.failure_matrix > docs/failure-matrix.md
"""

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby

from chalicelib.domain.order import Order, Status
from infra.output import run
from tests.fakes.taps import PortCall
from tests.simulation.crashes import Ending, Point, Scenario, Trace, kill_everywhere, trace
from tests.simulation.scenarios import SCENARIOS

UNTOLD = {"Clock", "Identifiers", "Telemetry"}
"""Ports whose calls are killed like all others, but would fill the page with nothing to learn from."""

HEAD = """# What a crash costs

Every step is killed at every call that it makes of the world, before the call takes effect and
after: {kills} crashes at {calls} calls, in {lives} lives of an order. Then the world goes on by itself:
queues and streams deliver again, Reconcile sweeps, the client asks again. In every single run the order
is final, traded at most once, its history is gapless and legal, and every client that follows it knows
all of it. What differs is who brings the order back, and the time that it costs.

Rows follow a run from its first call to its last; each is a stretch in which a crash ends alike.
Seconds are the simulated clock's, later than the same life without the crash. Calls of the clock, of
identifiers and of telemetry are killed like all others, but left out of the lists.

This page is printed from those runs by `make failure-matrix`; a test fails when it has drifted.
"""


def page() -> str:
    """The whole page."""
    calls = sum(len(trace(scenario).calls) for scenario in SCENARIOS)
    parts = [HEAD.format(kills=f"{2 * calls:,}", calls=f"{calls:,}", lives=len(SCENARIOS))]
    for step, scenarios in groupby(SCENARIOS, key=lambda scenario: scenario.step):
        parts.append(f"## {step.capitalize()}\n")
        parts.extend(_section(scenario) for scenario in scenarios)
    return "\n".join(parts)


def _section(scenario: Scenario) -> str:
    quiet = trace(scenario)
    return f"""### {scenario.title}

{" → ".join(quiet.story)}, {quiet.took / 1000:.1f} s without a crash, {len(quiet.calls)} calls.

| killed | calls there | brought back by | ending | costs |
|---|---|---|---|---|
{chr(10).join(_rows(quiet, kill_everywhere(scenario)))}
"""


def _rows(quiet: Trace, endings: Mapping[Point, Ending]) -> Iterator[str]:
    for (recoveries, status, seconds), group in groupby(
        endings, key=lambda point: _outcome(quiet, endings[point])
    ):
        stretch = list(group)
        calls = [quiet.calls[number - 1] for number, _ in stretch]
        names = ", ".join(dict.fromkeys(_name(call) for call in calls if call.port not in UNTOLD))
        where = " … ".join(dict.fromkeys(_place(quiet, point) for point in (stretch[0], stretch[-1])))
        back = ", ".join(sorted(recoveries)) or "nothing is missing"
        yield f"| {where} | {names} | {back} | {status} | {f'{seconds} s' if seconds else 'nothing'} |"


def _outcome(quiet: Trace, ending: Ending) -> tuple[frozenset[str], Status, int]:
    """What a row tells of a crash; whole seconds, since a later start may also fall better to the blocks."""
    return ending.recoveries, ending.status, max(0, round((ending.took - quiet.took) / 1000))


def _place(quiet: Trace, point: Point) -> str:
    number, moment = point
    return f"{moment} {_name(quiet.calls[number - 1])}"


def _name(call: PortCall) -> str:
    status = next((f" {value.status}" for value in call.arguments if isinstance(value, Order)), "")
    return f"`{call.port}.{call.method}{status}`"


def main() -> None:
    """Print the page."""
    sys.stdout.write(page())


if __name__ == "__main__":
    run(main)
