"""The model of the protocol, followed through everything that can happen to it."""

import pytest

from tests.simulation.explorer.protocol.controls import CONTROLS, HARMLESS
from tests.simulation.explorer.protocol.rules import Rules
from tests.simulation.explorer.protocol.search import search
from tests.simulation.explorer.protocol.states import CONFIRMED, EXPIRED, FAILED, OPEN, SUBMITTED, State
from tests.simulation.explorer.violation import Violation

SLOW_MACHINE = pytest.mark.timeout(600)
EVERY_END = {OPEN, SUBMITTED, CONFIRMED, FAILED, EXPIRED}
A_SECOND_ATTEMPT = State(executions=2)
"""Enough for another transaction; duplicates of it are left to the search of the protocol itself."""


@SLOW_MACHINE
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R8")
def test_nothing_that_can_happen_breaks_a_promise() -> None:
    found = search()
    assert found.states > 500_000
    assert set(found.endings) == EVERY_END


@SLOW_MACHINE
@pytest.mark.parametrize("variant", HARMLESS, ids=lambda variant: variant.name)
def test_what_is_no_rule_breaks_no_promise(variant: Rules) -> None:
    assert set(search(variant, A_SECOND_ATTEMPT).endings) == EVERY_END


@SLOW_MACHINE
@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_a_protocol_with_one_rule_broken_is_caught(control: Rules) -> None:
    with pytest.raises(Violation) as caught:
        search(control)
    assert control.name in str(caught.value)
