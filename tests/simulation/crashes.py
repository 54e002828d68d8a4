"""Kill a step of the engine at one of its calls, let the world go on, and see how it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from chalicelib.domain.order import Status
from tests.fakes.paper import paper_settings
from tests.fakes.taps import PortCall
from tests.simulation.checks import check
from tests.simulation.world import Crash, World

Moment = Literal["before", "after"]
Point = tuple[int, Moment]
"""The n-th call that the step makes, from 1, and whether it has taken effect when the worker dies."""


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """What happens to one order while `step` is watched; `story` is its history without a crash.

    `begin` places the order and says what else there is; `weather` is what goes wrong anyhow.
    """

    step: str
    title: str
    story: tuple[Status, ...]
    begin: Callable[[World], object]
    settings: Mapping[str, Any] = field(default_factory=dict)
    weather: Callable[[World, PortCall], None] = lambda _world, _call: None


@dataclass(frozen=True, slots=True)
class Trace:
    """A quiet run: the step's calls, and the points where it can be killed, two a call, as time passed them.

    `took` (ms) is from the order's acceptance until it was final and every client knew it.
    """

    story: tuple[Status, ...]
    took: int
    calls: tuple[PortCall, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a killed run went on: what took the order up again, how it ended, and when, as `Trace.took`."""

    recoveries: frozenset[str]
    status: Status
    took: int


class _Run:
    """A scenario from its begin to its end, with its step killed at `point`, if one is given.

    `recovered_before` counts what was taken up again until then.
    """

    def __init__(self, scenario: Scenario, point: Point | None = None) -> None:
        self._scenario = scenario
        self._point = point
        self.calls: list[PortCall] = []
        self.points: list[Point] = []
        self.recovered_before: int | None = None
        self.world = World(paper_settings(**scenario.settings))
        self.world.around = self._around
        scenario.begin(self.world)
        self.world.run()
        check(self.world)
        [self.order] = self.world.orders.orders.values()
        assert self.world.parked == []

    @property
    def ended_at(self) -> int:
        return max([self.order.events[-1].at, *(client.told_at for client in self.world.clients)])

    @property
    def took(self) -> int:
        return self.ended_at - self.order.accepted_at

    def _around(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        if self.world.step != self._scenario.step:
            return self._make(call, proceed)
        self.calls.append(call)
        number = len(self.calls)
        self._pass((number, "before"))
        try:
            return self._make(call, proceed)
        finally:
            self._pass((number, "after"))

    def _make(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        self._scenario.weather(self.world, call)
        return proceed()

    def _pass(self, point: Point) -> None:
        self.points.append(point)
        if point == self._point:
            self.recovered_before = len(self.world.recoveries)
            raise Crash


@cache
def trace(scenario: Scenario) -> Trace:
    """Run a scenario quietly."""
    run = _Run(scenario)
    story = tuple(event.status for event in run.order.events)
    return Trace(story, run.took, tuple(run.calls), tuple(run.points))


def kill(scenario: Scenario, point: Point) -> Ending:
    """Run a scenario with its step killed at `point`."""
    run = _Run(scenario, point)
    assert run.recovered_before is not None, f"{point} was never reached"
    since = run.world.recoveries[run.recovered_before :]
    return Ending(frozenset(how for at, how in since if at <= run.ended_at), run.order.status, run.took)


@cache
def kill_everywhere(scenario: Scenario) -> Mapping[Point, Ending]:
    """How the scenario ends for each point at which its step can be killed."""
    return {point: kill(scenario, point) for point in trace(scenario).points}
