"""The real use cases over ports in memory, under every schedule with at most two faults."""

import pytest

from chalicelib.domain.order import Status
from tests.simulation.explorer.engine.controls import A_LATE_LOOK, CONTROLS
from tests.simulation.explorer.engine.faults import Fault
from tests.simulation.explorer.engine.life import Variant
from tests.simulation.explorer.engine.schedules import explore
from tests.simulation.explorer.violation import Violation

SLOW_MACHINE = pytest.mark.timeout(600)


@SLOW_MACHINE
@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R8")
def test_no_schedule_with_at_most_two_faults_breaks_a_promise() -> None:
    found = explore()
    assert found.schedules[2] > 20_000
    assert set(found.faults) == set(Fault)
    assert set(found.endings) == {Status.CONFIRMED, Status.EXPIRED}


@pytest.mark.promise("R4")
def test_no_late_look_breaks_a_promise() -> None:
    assert explore(A_LATE_LOOK).schedules[3] > 1_000


@SLOW_MACHINE
@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_an_engine_with_one_rule_broken_is_caught(control: Variant) -> None:
    with pytest.raises(Violation) as caught:
        explore(control)
    assert control.name in str(caught.value)
