"""Every fault at once on the running stack, and workers killed at random moments: `make torture` in short."""

import os

import pytest

from tests.e2e.conftest import PREFIX, running_stack
from tests.load.torture import Plan, table, torture

pytestmark = pytest.mark.e2e

PLAN = Plan(orders=200, kills=20, seed="torture")


@pytest.mark.timeout(900)
@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R6")
@pytest.mark.promise("R8")
@pytest.mark.promise("R9")
@pytest.mark.promise("R10")
def test_ledger_tables_executions_and_clients_agree_whatever_goes_wrong():
    with running_stack(f"{PREFIX}{os.getpid()}-torture", PLAN.settings) as stack:
        evidence, verdict = torture(stack, PLAN)
    assert verdict.wrong == [], table(evidence, verdict)
    assert len(evidence.told) == PLAN.orders
    killed = [sum(one.killed for one in ran) for ran in (evidence.executions, evidence.watches)]
    assert sum(killed) >= PLAN.kills // 2
    assert min(killed) > 0
    assert min(verdict.executing, verdict.watching) > 1
    assert {order.status.value for order in evidence.orders.values()} >= {"confirmed", "cancelled"}
