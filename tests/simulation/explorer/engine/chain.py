"""A chain small enough to be explored: a block a second, slots equal to heights, and forks below confirmed.

Its rules are those that the engine relies on: a transaction lands at most once and never after its last valid
height; a block two deep is confirmed and never replaced, one three deep is finalized. A node's newest block
may be of a fork that loses, also when the others have finalized theirs. What becomes of a transaction is
fixed at its first send, so it is known at once whether it swaps, however late.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.order import Fill
from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    SignatureStatus,
    StatusReading,
    Submission,
)
from chalicelib.errors import ChainUnavailable
from chalicelib.ports import Blockhash, Clock
from tests.simulation.explorer.engine.faults import Fault
from tests.simulation.explorer.violation import Violation

BLOCK_MS = 1_000
VALID_BLOCKS = 2
CONFIRMED_DEPTH = 2
FINALIZED_DEPTH = 3
FOR_GOOD = 10**9


@dataclass(frozen=True, slots=True)
class Landing:
    """A place in a block, and the tips from which nodes see it there."""

    height: int
    error: LandingError | None
    seen_from: int
    seen_until: int = FOR_GOOD

    def is_seen(self, tip: int) -> bool:
        """Whether a node at `tip` sees it."""
        return self.seen_from <= tip < self.seen_until

    def is_for_good(self) -> bool:
        return self.seen_until == FOR_GOOD


@dataclass(frozen=True, slots=True)
class SentTransaction:
    """A transaction that the network has."""

    last_valid: int
    landings: tuple[Landing, ...]

    def lands(self) -> bool:
        """Whether it swaps, sooner or later."""
        return any(landing.is_for_good() and landing.error is None for landing in self.landings)

    def is_proven_dead(self, tip: int) -> bool:
        """Whether finalized blocks show that it never swaps."""
        finalized = tip - FINALIZED_DEPTH
        errors = (landing for landing in self.landings if landing.is_for_good() and landing.error)
        reverted = any(landing.height <= finalized for landing in errors)
        return not self.lands() and (reverted or finalized > self.last_valid)


class ForkingChain:
    """`Chain` for one order; `sent` holds what the network took, by signature.

    `weather` befalls the next send; without any a transaction lands at once. `node_behind` is how many blocks
    the next answer is old.
    `is_recorded` tells whether the order's history has a signature.
    """

    def __init__(self, clock: Clock, is_recorded: Callable[[str], bool]) -> None:
        self.sent: dict[str, SentTransaction] = {}
        self.weather: Fault | None = None
        self.node_behind = 0
        self._clock = clock
        self._genesis = clock.now() - 100 * BLOCK_MS
        self._is_recorded = is_recorded
        self._blockhashes = 0

    def latest_blockhash(self) -> Blockhash:
        """A hash of its own for every caller: two workers never sign the same bytes by chance."""
        self._blockhashes += 1
        return Blockhash(f"hash-{self._blockhashes}", self._tip() + VALID_BLOCKS)

    def simulate(self, message: bytes) -> None:
        """Every swap would go well."""

    def send(self, submission: Submission) -> None:
        if not self._is_recorded(submission.signature):
            raise Violation(f"{submission.signature} was sent, and is not recorded")
        if self._tip() > submission.last_valid_block_height:
            raise ChainUnavailable("The node refused the transaction: its blockhash was not found")
        if submission.signature not in self.sent:
            self._require_others_dead(submission.signature)
            landings = _landings(self.weather, self._tip(), submission.last_valid_block_height)
            self.sent[submission.signature] = SentTransaction(submission.last_valid_block_height, landings)
        self.weather = None

    def finalized_height(self) -> HeightReading:
        tip = self._answering_tip()
        return HeightReading(tip - FINALIZED_DEPTH, tip)

    def signature_statuses(self, submissions: Sequence[Submission]) -> Mapping[str, StatusReading]:
        tip = self._answering_tip()
        return {
            signature: StatusReading(_status(self.sent.get(signature), tip), tip)
            for signature in (submission.signature for submission in submissions)
        }

    def fill(self, submission: Submission) -> Fill:
        return Fill(1_500_000_000, 225_000_000)

    def would_be_new(self, submission: Submission) -> bool:
        """Whether sending it now would be its first send."""
        fresh = submission.signature not in self.sent
        return fresh and self._tip() <= submission.last_valid_block_height

    def swaps(self) -> list[str]:
        """The signatures that swap, sooner or later."""
        return [signature for signature, transaction in self.sent.items() if transaction.lands()]

    def _require_others_dead(self, signature: str) -> None:
        for other, transaction in self.sent.items():
            if not transaction.is_proven_dead(self._tip()):
                raise Violation(f"{signature} was sent while {other} could swap")

    def _tip(self) -> int:
        return (self._clock.now() - self._genesis) // BLOCK_MS

    def _answering_tip(self) -> int:
        behind, self.node_behind = self.node_behind, 0
        return self._tip() - behind


def _landings(weather: Fault | None, tip: int, last_valid: int) -> tuple[Landing, ...]:
    lost_at = tip + CONFIRMED_DEPTH
    slipped = LandingError.SLIPPAGE
    return {
        None: (Landing(tip, None, tip),),
        Fault.DROPPED: (),
        Fault.LATE: (Landing(last_valid, None, last_valid),),
        Fault.UNSEEN: (Landing(last_valid, None, last_valid + CONFIRMED_DEPTH),),
        Fault.REVERTED: (Landing(tip, slipped, tip),),
        Fault.FORKED_AWAY: (Landing(tip, None, tip, lost_at),),
        Fault.REVERTED_ON_A_FORK: (
            Landing(tip, slipped, tip, lost_at),
            Landing(last_valid, None, max(lost_at, last_valid)),
        ),
    }[weather]


def _status(transaction: SentTransaction | None, tip: int) -> SignatureStatus | None:
    landings = transaction.landings if transaction is not None else ()
    for landing in landings:
        if landing.is_seen(tip):
            return SignatureStatus(_commitment(tip - landing.height), landing.error)
    return None


def _commitment(depth: int) -> Commitment:
    if depth >= FINALIZED_DEPTH:
        return Commitment.FINALIZED
    return Commitment.CONFIRMED if depth >= CONFIRMED_DEPTH else Commitment.PROCESSED
