"""What `make verify` checks, on the running stack."""

import pytest

from infra.verify.conversation import Conversation
from infra.verify.outcome import Verdict
from infra.verify.runner import run
from infra.verify.visit import begin

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R14")]


@pytest.mark.timeout(300)
def test_the_local_stack_keeps_every_promise_that_a_client_can_see(stack):
    visit = begin(Conversation(stack.rest_url))
    outcomes = list(run(visit))
    assert [each for each in outcomes if each.verdict not in {Verdict.KEPT, Verdict.ELSEWHERE}] == []
    assert {order.status for order in visit.orders.placed} <= {"confirmed", "cancelled"}
    visit.talk.close()
