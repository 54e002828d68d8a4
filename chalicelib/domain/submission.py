"""The rule that the whole engine rests on: which conclusions an observation of the chain allows.

A time-out proves nothing and absence proves nothing, until the chain has finalized a block past the last one
in which the transaction is valid, and an answer at least as new still doesn't know it. Only then may another
transaction be built. Until then the same bytes may be sent again, and the chain ignores the second.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed transaction, recorded before it is first sent.

    `transaction` is the exact bytes in base64, empty once the order is final. It can land up to and including
    `last_valid_block_height`.
    """

    signature: str
    transaction: str
    last_valid_block_height: int
    submitted_at: int


class Commitment(IntEnum):
    """The commitment of a block: a confirmed one is very unlikely to be dropped, a finalized one never is."""

    PROCESSED = 0
    CONFIRMED = 1
    FINALIZED = 2


class LandingError(Enum):
    """The error of a transaction that landed: less than its minimum output, or any other."""

    SLIPPAGE = "slippage"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """A node's status of a landed transaction; `error` is None if the transaction succeeded."""

    commitment: Commitment
    error: LandingError | None


@dataclass(frozen=True, slots=True)
class HeightReading:
    """The finalized block height, and the newest slot that the node had seen when it told it.

    That is not the finalized block's own slot, which is older: a status proves an absence only if its node
    has come at least as far as the one that told the height (docs/decisions/0011).
    """

    block_height: int
    slot: int


@dataclass(frozen=True, slots=True)
class StatusReading:
    """A signature's status, searched with history, and the newest slot that the node had seen.

    None is the status of a signature that the node doesn't know.
    """

    status: SignatureStatus | None
    slot: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at the chain: the height is read first, the status second, perhaps from another node."""

    height: HeightReading
    signature: StatusReading


class Verdict(Enum):
    """The conclusion from an observation."""

    CONFIRM = "confirm"
    FAIL = "fail"
    REROUTE_SLIPPED = "reroute after slippage"
    REROUTE_EXPIRED = "reroute after a proven expiry"
    EXPIRE = "expire"
    SEND_AGAIN = "send the same bytes again"
    WAIT = "wait"


def decide(
    submission: Submission, observation: Observation, *, now: int, expires_at: int, may_retry: bool
) -> Verdict:
    """Return what follows from one observation; `now` and the order's `expires_at` are in milliseconds.

    `may_retry` says whether an attempt is left. FAIL without a landed error means that the transaction is
    proven expired and no attempt is left.
    """
    in_time = now < expires_at
    status = observation.signature.status
    if status is not None:
        return _decide_landed(status, reroute=may_retry and in_time)
    if _proven_expired(submission, observation):
        if not in_time:
            return Verdict.EXPIRE
        return Verdict.REROUTE_EXPIRED if may_retry else Verdict.FAIL
    return Verdict.SEND_AGAIN if in_time else Verdict.WAIT


def _decide_landed(status: SignatureStatus, *, reroute: bool) -> Verdict:
    if status.error is None:
        return Verdict.CONFIRM if status.commitment >= Commitment.CONFIRMED else Verdict.WAIT
    if status.commitment < Commitment.FINALIZED:
        return Verdict.WAIT
    if status.error is LandingError.SLIPPAGE and reroute:
        return Verdict.REROUTE_SLIPPED
    return Verdict.FAIL


def _proven_expired(submission: Submission, observation: Observation) -> bool:
    past_last_valid = observation.height.block_height > submission.last_valid_block_height
    return past_last_valid and observation.signature.slot >= observation.height.slot
