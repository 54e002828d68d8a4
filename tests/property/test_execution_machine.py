"""The execution protocol as a state machine over the real use cases.

The controls are engines that break one rule of the protocol; the machine has to find each of them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from chalicelib.domain.order import Order, Status
from chalicelib.domain.submission import Commitment, Observation, Submission, Verdict
from chalicelib.domain.submission import decide as judge
from chalicelib.services import land_transaction, reconcile_orders
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_transaction import LandTransaction
from tests.property.controls import JudgesByStatus, SavesWithoutCondition
from tests.property.execution_machine import ExecutionMachine
from tests.property.machines import assert_caught, run_machine
from tests.simulation import engine

STEPS = 50


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R6")
@pytest.mark.promise("R8")
@pytest.mark.promise("R15")
def test_whatever_befalls_its_workers_an_order_trades_at_most_once_and_ends_true() -> None:
    run_machine(ExecutionMachine, examples=150, steps=STEPS)


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
    send = LandTransaction._send  # noqa: SLF001 - a control breaks what is inside

    def send_late(self: LandTransaction, order: Order, submission: Submission) -> int:
        return send(self, replace(order, expires_at=order.expires_at + 3_600_000), submission)

    patch.setattr(LandTransaction, "_send", send_late)


def expire_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile_orders, "_never_left", lambda _order: True)


def believe_absence(patch: pytest.MonkeyPatch) -> None:
    """The next transaction is built before the last one is proven dead."""

    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        absent = observation.signature.status is None
        return (
            Verdict.REROUTE_EXPIRED
            if absent and known["may_retry"]
            else judge(submission, observation, **known)
        )

    patch.setattr(land_transaction, "decide", decide)


def believe_a_lagging_node(patch: pytest.MonkeyPatch) -> None:
    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        same_node = replace(observation.height, slot=0)
        return judge(submission, replace(observation, height=same_node), **known)

    patch.setattr(land_transaction, "decide", decide)


def believe_an_error_that_is_not_final(patch: pytest.MonkeyPatch) -> None:
    def decide(submission: Submission, observation: Observation, **known: Any) -> Verdict:
        status = observation.signature.status
        if status is not None and status.error is not None:
            status = replace(status, commitment=Commitment.FINALIZED)
        seen = replace(observation.signature, status=status)
        return judge(submission, replace(observation, signature=seen), **known)

    patch.setattr(land_transaction, "decide", decide)


class OnABadDay(ExecutionMachine):
    """A chain that tempts to wrong conclusions."""

    always: ClassVar[Mapping[str, Any]] = {
        "paper_blockhash_blocks": 25,
        "paper_finality_blocks": 32,
        "paper_fault_lagging": Decimal("0.5"),
        "paper_fault_forked": Decimal("0.5"),
        "paper_fault_late": Decimal("0.5"),
    }


@pytest.mark.parametrize(
    "break_it",
    [
        judge_by_status,
        save_without_condition,
        send_before_recording,
        send_however_late,
        expire_what_was_sent,
        believe_absence,
        believe_a_lagging_node,
        believe_an_error_that_is_not_final,
    ],
)
def test_an_engine_that_breaks_a_rule_is_caught(
    break_it: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)
    assert_caught(OnABadDay, steps=STEPS)
