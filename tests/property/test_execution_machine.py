"""The execution protocol as a state machine over the real use cases.

The controls are engines that break one rule of the protocol; what the machine once found shows each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.order import Order, Status
from chalicelib.domain.submission import Commitment, Observation, Submission, Verdict
from chalicelib.domain.submission import decide as judge
from chalicelib.services import land_orders, reconcile_orders
from chalicelib.services.execute_order import ExecuteOrder
from tests.property.controls import JudgesByStatus, SavesWithoutCondition
from tests.property.execution_machine import ExecutionMachine
from tests.property.machines import run_machine
from tests.simulation import engine

SEEDS = 40
"""A rule that is broken need not show in every run."""


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R6")
@pytest.mark.promise("R8")
@pytest.mark.promise("R15")
def test_whatever_befalls_its_workers_an_order_trades_at_most_once_and_ends_true() -> None:
    run_machine(ExecutionMachine, examples=150, steps=50)


def judge_by_status(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "InMemoryOrderRepository", JudgesByStatus)


def save_without_condition(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "InMemoryOrderRepository", SavesWithoutCondition)


def send_before_recording(patch: pytest.MonkeyPatch) -> None:
    save = ExecuteOrder._save  # noqa: SLF001 - a control breaks what is inside

    def send_and_save(self: ExecuteOrder, order: Order, *, expires_after: int | None = None) -> Order:
        if order.status is Status.SUBMITTED and order.submission is not None:
            self._chain.send(order.submission)
        return save(self, order, expires_after=expires_after)

    patch.setattr(ExecuteOrder, "_save", send_and_save)


def send_however_late(patch: pytest.MonkeyPatch) -> None:
    send = ExecuteOrder._send  # noqa: SLF001 - a control breaks what is inside

    def send_late(self: ExecuteOrder, order: Order, submission: Submission) -> None:
        send(self, replace(order, expires_at=order.expires_at + 3_600_000), submission)

    patch.setattr(ExecuteOrder, "_send", send_late)


def expire_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile_orders, "is_landing", lambda _order: False)


def believe_absence(patch: pytest.MonkeyPatch) -> None:
    """The next transaction is built before the last one is proven dead."""

    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        absent = observation.signature.status is None
        return (
            Verdict.REROUTE_EXPIRED
            if absent and known["may_retry"]
            else judge(submission, observation, **known)
        )

    patch.setattr(land_orders, "decide", decide)


def believe_a_lagging_node(patch: pytest.MonkeyPatch) -> None:
    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        same_node = replace(observation.height, slot=0)
        return judge(submission, replace(observation, height=same_node), **known)

    patch.setattr(land_orders, "decide", decide)


def believe_an_error_that_is_not_final(patch: pytest.MonkeyPatch) -> None:
    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        status = observation.signature.status
        if status is not None and status.error is not None:
            status = replace(status, commitment=Commitment.FINALIZED)
        seen = replace(observation.signature, status=status)
        return judge(submission, replace(observation, signature=seen), **known)

    patch.setattr(land_orders, "decide", decide)


Script = Callable[[ExecutionMachine], object]


def let_it_run(machine: ExecutionMachine) -> None:
    """Execute the order, and watch its landing once, as soon as its message comes."""
    for _ in range(2):
        if machine.deliverable():
            machine.deliver(pick=0, who=0, limit=None)
        machine.wait(3_000)


def stop_it_at_its_send(machine: ExecutionMachine) -> None:
    machine.deliver(pick=0, who=0, limit="send")


def race_for_the_submission(machine: ExecutionMachine) -> None:
    machine.deliver(pick=0, who=0, limit="submitted")
    machine.wait(1_000)
    machine.freeze(pick=0, who=0, at="submitted", made=False, left=115_000, limit=None)
    machine.go_on(who=0, limit=None, blow=None)


def thaw_it_after_its_order_s_life(machine: ExecutionMachine) -> None:
    machine.freeze(pick=0, who=0, at="submitted", made=True, left=0, limit=None)


def thaw_it_when_its_transaction_can_t_land_any_more(machine: ExecutionMachine) -> None:
    machine.freeze(pick=0, who=0, at="send", made=True, left=95_000, limit=None)
    machine.freeze(pick=0, who=0, at=None, made=False, left=0, limit=None)


def leave_it_after_its_send(machine: ExecutionMachine) -> None:
    machine.freeze(pick=0, who=0, at="send", made=True, left=0, limit=0)
    machine.reconcile(ahead=0, limit=None)


def run_it_twice(machine: ExecutionMachine) -> None:
    let_it_run(machine)
    machine.wait(7_000)
    if machine.deliverable():
        let_it_run(machine)


CONTROLS: Sequence[tuple[Callable[[pytest.MonkeyPatch], None], Script]] = [
    (judge_by_status, race_for_the_submission),
    (save_without_condition, race_for_the_submission),
    (send_before_recording, stop_it_at_its_send),
    (send_however_late, thaw_it_after_its_order_s_life),
    (expire_what_was_sent, leave_it_after_its_send),
    (believe_absence, run_it_twice),
    (believe_a_lagging_node, thaw_it_when_its_transaction_can_t_land_any_more),
    (believe_an_error_that_is_not_final, let_it_run),
]


def play(script: Script) -> None:
    """Run what the machine once found, on chains that tempt to wrong conclusions."""
    tempting = ("paper_fault_lagging", "paper_fault_forked", "paper_fault_late")
    faults = dict.fromkeys(tempting, Decimal("0.5"))
    for seed in map(str, range(SEEDS)):
        machine = ExecutionMachine()
        machine.start(seed=seed, faults=faults, blockhash_blocks=25, finality_blocks=32, skews=(0, 0))
        try:
            script(machine)
            machine.all_is_well()
        finally:
            machine.teardown()


@pytest.mark.parametrize(("break_it", "script"), CONTROLS)
def test_an_engine_that_breaks_a_rule_is_caught(
    break_it: Callable[[pytest.MonkeyPatch], None], script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(script)
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        play(script)
