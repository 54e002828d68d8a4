"""Every call that a step makes of its ports, killed before and after it takes effect.

A quiet run is traced; then, for each of its calls, two more runs are killed there. Messages and records come
again, Reconcile sweeps, the client asks again: the order ends as it does without the crash.
"""

from pathlib import Path

import pytest

from chalicelib import ports
from tests.simulation.crashes import kill_everywhere, trace
from tests.simulation.failure_matrix import page
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.world import World

PAGE = Path(__file__).parents[2] / "docs" / "failure-matrix.md"
STEPS = {"accept", "execute", "land", "connect", "publish", "reconcile", "dead-letter"}
AT_THE_DOOR = {"ApiKeys", "AccountLimits", "MarketControls", "Prices"}
"""No step of an order uses them: they are read before one begins, or operators write them."""

PURE = {"MessageEncoder", "TradingDesk"}
"""They call nothing that could fail or be killed: a desk only holds ports."""

OF_WATCHERS = {"ArmedExposures", "TriggerIndex", "WatchRegistry", "Waker"}
"""Only orders that wait for their price have a use for them, and no scenario has such an order."""

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R8")
@pytest.mark.promise("R9")
@each_scenario
def test_a_crash_at_any_call_changes_nothing_of_how_an_order_ends(scenario):
    for point, ending in kill_everywhere(scenario).items():  # each of these runs was checked as it ended
        assert ending.status is scenario.story[-1], point


@each_scenario
def test_every_call_that_a_step_makes_is_killed_before_and_after_it_takes_effect(scenario):
    quiet = trace(scenario)
    assert quiet.story == scenario.story
    assert len(kill_everywhere(scenario)) == 2 * len(quiet.calls) > 0


def test_each_of_the_steps_and_each_of_the_ports_is_watched():
    assert {scenario.step for scenario in SCENARIOS} == STEPS
    watched = {call.port for scenario in SCENARIOS for call in trace(scenario).calls}
    declared = {name for name, value in vars(ports).items() if getattr(value, "_is_protocol", False)}
    assert watched == (declared - {"Protocol"} - AT_THE_DOOR - PURE - OF_WATCHERS) | {
        "Ledger",
        "LandingQueue",
    }


def test_no_use_case_reaches_a_port_but_through_its_tap():
    world = World()
    use_cases = [
        world.acceptor,
        world.executor,
        world.lander,
        world.publisher,
        world.reconciler,
        world.dead_letters,
    ]
    outside = {
        module for module in reached_from(use_cases) if module.startswith(("tests", "chalicelib.adapters"))
    }
    assert outside == {"tests.fakes.taps", "tests.fakes.scripted"}  # the latter runs quotes, it is no port


def reached_from(value):
    """The modules of everything that use cases hold."""
    value = getattr(value, "__self__", value)
    if isinstance(value, list | dict):
        inside = value.values() if isinstance(value, dict) else value
    elif type(value).__module__.startswith("chalicelib.services"):
        inside = getattr(value, "__dict__", {}).values()
    else:
        yield type(value).__module__
        return
    for inner in inside:
        yield from reached_from(inner)


def test_the_page_tells_what_the_runs_show():
    assert PAGE.read_text() == page(), "renew it: make failure-matrix"
