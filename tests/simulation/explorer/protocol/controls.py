"""The protocol with one rule broken at a time: known-bad rules that the search has to catch."""

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
from tests.simulation.explorer.protocol.workers import Rules


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
    height = HeightReading(
        observation.height.block_height + FINALIZED_DEPTH, observation.height.slot + FINALIZED_DEPTH
    )
    return decide(submission, replace(observation, height=height), **order)


CONTROLS = (
    Rules("send before persist", persists_first=False),
    Rules("time-out means failed", decide=_fail_what_times_out),
    Rules("status read before height", reads_height_first=False),
    Rules("lagging node believed", decide=_believe_any_slot),
    Rules("error below finalized believed", decide=_believe_any_error),
    Rules("landing below confirmed believed", decide=_believe_any_landing),
    Rules("re-sign before proven expiry", decide=_believe_the_newest_height),
    Rules("unconditional save", saves_on_condition=False),
    Rules("lost condition judged by status instead of write id", judges_by_write_id=False),
)
