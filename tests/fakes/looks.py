"""One look at a chain for one transaction, as a landing takes it for many."""

from chalicelib.domain.submission import Observation, StatusReading, Submission
from chalicelib.errors import ChainUnavailable
from chalicelib.ports import Chain


def reading_of(chain: Chain, submission: Submission) -> StatusReading:
    """What the chain tells of one signature. Raises ChainUnavailable when it leaves it out."""
    readings = chain.signature_statuses([submission])
    if submission.signature not in readings:
        raise ChainUnavailable("The signature was left out")
    return readings[submission.signature]


def observe(chain: Chain, submission: Submission) -> Observation:
    """Look once: the height first, the status second."""
    height = chain.finalized_height()
    return Observation(height, reading_of(chain, submission))
