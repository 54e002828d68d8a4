"""The protocol with one rule broken at a time: known-bad rules that the search has to catch."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    Observation,
    Submission,
    Verdict,
    decide,
)
from tests.simulation.explorer.protocol.chain import FINALIZED_DEPTH
from tests.simulation.explorer.protocol.rules import EITHER, STATUS, Rules
from tests.simulation.explorer.protocol.states import Height


def _fail_what_times_out(submission: Submission, observation: Observation, **order: Any) -> Verdict:
    verdict = decide(submission, observation, **order)
    return Verdict.FAIL if verdict in {Verdict.SEND_AGAIN, Verdict.WAIT} else verdict


def _believe_any_slot(submission: Submission, observation: Observation, **order: Any) -> Verdict:
    newest = replace(observation.signature, slot=observation.height.slot)
    return decide(submission, replace(observation, signature=newest), **order)


def _believe_any_error(submission: Submission, observation: Observation, **order: Any) -> Verdict:
    status = observation.signature.status
    if status is not None and status.error is not None:
        status = replace(status, commitment=Commitment.FINALIZED)
    reading = replace(observation.signature, status=status)
    return decide(submission, replace(observation, signature=reading), **order)


def _believe_any_landing(submission: Submission, observation: Observation, **order: Any) -> Verdict:
    status = observation.signature.status
    if status is not None and status.error is None:
        status = replace(status, commitment=Commitment.CONFIRMED)
    reading = replace(observation.signature, status=status)
    return decide(submission, replace(observation, signature=reading), **order)


def _believe_the_newest_height(submission: Submission, observation: Observation, **order: Any) -> Verdict:
    told = observation.height
    height = HeightReading(told.block_height + FINALIZED_DEPTH, told.slot)
    return decide(submission, replace(observation, height=height), **order)


def _finalized_slot(height: Height, _tip: int) -> Iterable[Height]:
    return (Height(height.block, height.block),)


def _slot_of_another_look(height: Height, tip: int) -> Iterable[Height]:
    return (Height(height.block, slot) for slot in range(tip + 1))


CONTROLS = (
    Rules("send before persist", persists_first=False),
    Rules("Execute signs anew what it doesn't see", execution_believes_its_look=True),
    Rules("time-out means failed", decide=_fail_what_times_out),
    Rules("lagging node believed", decide=_believe_any_slot),
    Rules(
        "status read before height, slots not compared, and no node ever lags",
        decide=_believe_any_slot,
        first_reading=STATUS,
        nodes_lag=False,
    ),
    Rules("status compared with the finalized block's slot", told_height=_finalized_slot),
    Rules("one look's height with another look's slot", told_height=_slot_of_another_look),
    Rules("error below finalized believed", decide=_believe_any_error),
    Rules("landing below confirmed believed", decide=_believe_any_landing),
    Rules("re-sign before proven expiry", decide=_believe_the_newest_height),
    Rules("unconditional save", saves_on_condition=False),
    Rules("lost condition judged by status instead of write id", judges_by_write_id=False),
)
"""One rule broken each; the order of the readings counts only where slots don't."""

HARMLESS = (
    Rules("either reading first, and a height of any earlier look", first_reading=EITHER),
    Rules("slots not compared, and no node ever lags", decide=_believe_any_slot, nodes_lag=False),
)
"""What is no rule: a slot that is compared stands for the order of the readings, and that order for the slot
where no node lags. A height that another look kept is one that a lagging node would tell.
"""
