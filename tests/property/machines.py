"""How the state machines run: by the same examples each time, so that a red one is red until it is mended."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

T = TypeVar("T")

CONTROL_EXAMPLES = 1_000
"""How many examples a control may take to be caught; the first that catches it is the last."""


def run_machine(machine: Callable[[], RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """Run so many examples of so many steps; what fails is shrunk and printed."""
    _run(machine, _repeatable(examples, steps))


def assert_caught(machine: Callable[[], RuleBasedStateMachine], *, steps: int) -> None:
    """A machine over a control, something known to be wrong, fails."""
    with pytest.raises(AssertionError):
        _run(machine, settings(_repeatable(CONTROL_EXAMPLES, steps), phases=[Phase.generate]))


def chosen(things: Sequence[T], pick: int) -> T:
    """The thing that a number stands for, however many there are."""
    return things[pick % len(things)]


def _run(machine: Callable[[], RuleBasedStateMachine], how: settings) -> None:
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type] # it takes any factory


def _repeatable(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate, Phase.shrink],
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
