"""`python -m tests.property`: after how many examples the search finds each planted bug by itself.

No test rests on that: it is what a machine's rules and figures are judged by when they change.
"""

import sys

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from infra.output import run
from tests.property.machines import Control, search
from tests.property.planted_bugs import ACCOUNT_STREAM, REPOSITORY, STREAM

EXAMPLES, STEPS = 1_000, 50


def examples_until_found(control: Control) -> int | None:
    """How many examples it takes; None when EXAMPLES of them don't show it."""
    made = 0
    with pytest.MonkeyPatch.context() as patch:
        broken = control.broken(patch)

        def counted() -> RuleBasedStateMachine:
            nonlocal made
            made += 1
            return broken()

        how = settings(search(EXAMPLES, STEPS), phases=[Phase.generate])
        try:
            run_state_machine_as_test(counted, settings=how)  # type: ignore[arg-type] # it takes any factory
        except AssertionError:
            return made
    return None


def main() -> None:
    """Print a line a control."""
    for control in (*STREAM, *ACCOUNT_STREAM, *REPOSITORY):
        found = examples_until_found(control)
        told = "not found" if found is None else f"found after {found} examples"
        sys.stdout.write(f"{control.name}: {told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(main)
