"""The rule of exactly once: what an observation allows to conclude."""

import pytest

from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    Observation,
    SignatureStatus,
    StatusReading,
    Submission,
    Verdict,
    decide,
)

SUBMISSION = Submission("sig", "Ynl0ZXM=", last_valid_block_height=100, submitted_at=0)
IN_TIME = {"now": 1_000, "expires_at": 60_000}
LATE = {"now": 60_000, "expires_at": 60_000}


def seen(status=None, *, height=50, height_slot=1000, status_slot=1000):
    return Observation(HeightReading(height, height_slot), StatusReading(status, status_slot))


def landed(commitment, error=None):
    return SignatureStatus(commitment, error)


@pytest.mark.promise("R5")
@pytest.mark.parametrize("commitment", [Commitment.CONFIRMED, Commitment.FINALIZED])
def test_a_landing_without_error_confirms_from_commitment_confirmed_on(commitment):
    assert decide(SUBMISSION, seen(landed(commitment)), **IN_TIME, may_retry=True) is Verdict.CONFIRM


def test_a_landing_confirms_even_when_the_order_is_late():
    assert decide(SUBMISSION, seen(landed(Commitment.CONFIRMED)), **LATE, may_retry=False) is Verdict.CONFIRM


def test_a_landing_that_is_only_processed_is_waited_for():
    assert decide(SUBMISSION, seen(landed(Commitment.PROCESSED)), **IN_TIME, may_retry=True) is Verdict.WAIT


@pytest.mark.promise("R5")
@pytest.mark.parametrize("commitment", [Commitment.PROCESSED, Commitment.CONFIRMED])
@pytest.mark.parametrize("error", list(LandingError))
def test_an_error_below_finalized_is_not_believed(commitment, error):
    observation = seen(landed(commitment, error))
    assert decide(SUBMISSION, observation, **IN_TIME, may_retry=True) is Verdict.WAIT


def test_a_finalized_error_fails_the_order():
    observation = seen(landed(Commitment.FINALIZED, LandingError.OTHER))
    assert decide(SUBMISSION, observation, **IN_TIME, may_retry=True) is Verdict.FAIL


@pytest.mark.parametrize(
    ("time", "may_retry", "verdict"),
    [
        (IN_TIME, True, Verdict.REROUTE_SLIPPED),
        (IN_TIME, False, Verdict.FAIL),
        (LATE, True, Verdict.FAIL),
    ],
)
def test_finalized_slippage_is_routed_anew_while_time_and_attempts_are_left(time, may_retry, verdict):
    observation = seen(landed(Commitment.FINALIZED, LandingError.SLIPPAGE))
    assert decide(SUBMISSION, observation, **time, may_retry=may_retry) is verdict


@pytest.mark.promise("R4")
def test_absence_within_the_valid_blocks_sends_the_same_bytes_again():
    assert decide(SUBMISSION, seen(height=100), **IN_TIME, may_retry=True) is Verdict.SEND_AGAIN


@pytest.mark.promise("R15")
def test_nothing_is_sent_again_after_the_order_expired():
    assert decide(SUBMISSION, seen(height=100), **LATE, may_retry=True) is Verdict.WAIT


@pytest.mark.promise("R4")
@pytest.mark.parametrize(
    ("time", "may_retry", "verdict"),
    [
        (IN_TIME, True, Verdict.REROUTE_EXPIRED),
        (IN_TIME, False, Verdict.FAIL),
        (LATE, True, Verdict.EXPIRE),
        (LATE, False, Verdict.EXPIRE),
    ],
)
def test_absence_past_the_last_valid_block_is_a_proven_expiry(time, may_retry, verdict):
    assert decide(SUBMISSION, seen(height=101), **time, may_retry=may_retry) is verdict


@pytest.mark.promise("R4")
def test_an_answer_from_a_node_that_lags_behind_the_height_proves_nothing():
    observation = seen(height=101, height_slot=1000, status_slot=999)
    assert decide(SUBMISSION, observation, **IN_TIME, may_retry=True) is Verdict.SEND_AGAIN
    assert decide(SUBMISSION, observation, **LATE, may_retry=True) is Verdict.WAIT
