"""How the state machines run, and how the controls are shown that a machine has to catch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

T = TypeVar("T")
Factory = Callable[[], RuleBasedStateMachine]
Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Control:
    """Something known to be wrong, and the steps that show it.

    `broken` breaks what it needs to and returns the machine over it. The same steps over the `sound` machine
    show nothing.
    """

    name: str
    sound: Factory
    broken: Callable[[pytest.MonkeyPatch], Factory]
    trace: Sequence[Step]


def run_machine(machine: Factory, *, examples: int, steps: int) -> None:
    """Run so many examples of so many steps; what fails is shrunk and printed.

    The examples are the same each time the same tests run on the same code, but no longer: Hypothesis draws
    from the constants of every module of ours that is loaded, so that a new one anywhere may bring others.
    What has to be caught for certain is shown by a trace.
    """
    run_state_machine_as_test(machine, settings=search(examples, steps))  # type: ignore[arg-type] # takes any


def search(examples: int, steps: int) -> settings:
    """How a machine is searched for what is wrong."""
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


def assert_caught(control: Control, patch: pytest.MonkeyPatch) -> None:
    """A machine over the control fails in the steps of its trace, and without what is wrong it doesn't."""
    play(control.sound(), control.trace)
    machine = control.broken(patch)()
    with pytest.raises(AssertionError):
        play(machine, control.trace)


def step(rule: str, **given: Any) -> Step:
    """One step of a trace: a rule by its name, and what it is given."""
    return rule, given


def play(machine: RuleBasedStateMachine, trace: Sequence[Step]) -> None:
    """Take these steps as the search would, every invariant held after each, and end.

    Raises
    ------
    LookupError
        A step is not possible where it stands: the trace is wrong, and shows nothing.
    """
    rules = {rule.function.__name__: rule for rule in machine.rules}
    for name, given in trace:
        if not all(allows(machine) for allows in rules[name].preconditions):
            raise LookupError(f"{name} is not possible here")
        rules[name].function(machine, **given)
        for invariant in machine.invariants:
            invariant.function(machine)
    machine.teardown()


def chosen(things: Sequence[T], pick: int) -> T:
    """The thing that a number stands for, however many there are."""
    return things[pick % len(things)]
