"""The paper chain: it keeps a chain's rules over a ledger, and moves pools by what lands.

Nothing runs in the background: a landing that is due is applied by whoever observes it first.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.faults import Chance
from chalicelib.adapters.paper.landing import Landings
from chalicelib.adapters.paper.ledger import Ending, Ledger, Outcome, Sent
from chalicelib.adapters.paper.transactions import (
    PaperSwap,
    open_transaction,
    read_message,
    signature_of,
)
from chalicelib.config import Settings
from chalicelib.domain.order import Fill
from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    SignatureStatus,
    StatusReading,
    Submission,
)
from chalicelib.errors import ChainUnavailable, Rejected, SlippageExceeded, StorageUnavailable
from chalicelib.ports import Blockhash, Clock


class PaperChain:
    """A chain on paper: `Chain` over a ledger, as seen by one worker's clock."""

    def __init__(self, ledger: Ledger, clock: Clock, settings: Settings) -> None:
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._blocks = Blocks.of(settings)
        self._drift = Drift.of(settings)
        self._chance = Chance(settings.paper_seed)
        self._landings = Landings(ledger, self._blocks, self._drift)
        self._seen: tuple[str, Sent | Outcome] | None = None

    def latest_blockhash(self) -> Blockhash:
        """The newest block's hash."""
        height = self._blocks.height_at(self._clock.now())
        self._refuse_some("latest_blockhash", height)
        return Blockhash(self._blocks.blockhash(height), self._blocks.last_valid(height))

    def simulate(self, message: bytes) -> None:
        """Price the swap on its pool as it is now. Raises SlippageExceeded, Rejected or the pool's errors."""
        swap = read_message(message)
        height = self._blocks.height_at(self._clock.now())
        self._refuse_some("simulate", height, swap)
        with _node_errors():
            stored = self._ledger.pool(swap.venue, swap.pair, swap.pool)
            if stored is None:
                raise Rejected(f"There is no pool {swap.pool}")
            pool = self._drift.moved(stored, height)
            swapped = pool.swap(swap.amount_in, swap.token_in, self._blocks.pool_clock(pool.height))
        if swapped.amount_out < swap.minimum_amount_out:
            detail = f"The swap would return {swapped.amount_out}, the minimum is {swap.minimum_amount_out}"
            raise SlippageExceeded(detail)

    def send(self, submission: Submission) -> None:
        """Take the bytes. The first send fixes when they land; another one changes nothing."""
        message = _message(submission)
        swap = _swap(message)
        now = self._clock.now()
        height = self._blocks.height_at(now)
        self._refuse_some("send", height, swap)
        if signature_of(message, self._settings.paper_seed) != submission.signature:
            raise ChainUnavailable("The node refused the transaction: its signature does not verify")
        last_valid = swap.last_valid_block_height
        if height > last_valid or not self._blocks.is_blockhash(swap.blockhash, last_valid):
            raise ChainUnavailable("The node refused the transaction: its blockhash was not found")
        with _node_errors():
            sent = self._ledger.record_sent(submission.signature, self._fate(swap, now))
        self._seen = (submission.signature, sent)
        if self._strikes(self._settings.paper_fault_lost_answer, f"lost answer:{height}", swap):
            raise ChainUnavailable("The node took the transaction, and its answer was lost")

    def finalized_height(self) -> HeightReading:
        """The finalized height, and the slot of that block."""
        height = self._blocks.height_at(self._clock.now())
        self._refuse_some("finalized_height", height)
        finalized = self._blocks.finalized(height)
        return HeightReading(finalized, self._blocks.slot(finalized))

    def signature_status(self, submission: Submission) -> StatusReading:
        """The status as of the newest block.

        Past the last valid height a transaction is only called absent once its tombstone is written.
        """
        swap = _swap(_message(submission))
        now = self._clock.now()
        height = self._blocks.height_at(now)
        self._refuse_some("signature_status", height, swap)
        outcome = self._outcome(submission, swap, now)
        return StatusReading(self._status(outcome, height), self._blocks.slot(height))

    def fill(self, submission: Submission) -> Fill:
        """What moved in a transaction that landed without error."""
        swap = _swap(_message(submission))
        now = self._clock.now()
        self._refuse_some("fill", self._blocks.height_at(now), swap)
        outcome = self._outcome(submission, swap, now)
        if outcome is None or outcome.ending is not Ending.LANDED:
            raise ChainUnavailable(f"The node knows of no swap made by {submission.signature}")
        return Fill(outcome.amount_in, outcome.amount_out)

    def _outcome(self, submission: Submission, swap: PaperSwap, now: int) -> Outcome | None:
        """What became of the submission by now, decided here if nobody has and it is time to.

        First sends and outcomes never change, so what this worker saw of its newest submission isn't read
        again: its polls cost nothing until the landing is due.
        """
        height = self._blocks.height_at(now)
        over = height > submission.last_valid_block_height
        signature = submission.signature
        with _node_errors():
            seen = self._seen[1] if self._seen is not None and self._seen[0] == signature else None
            if seen is None:
                trace = self._ledger.trace(signature)
                seen = trace.outcome or trace.sent
            if isinstance(seen, Sent) and seen.lands_at is not None and seen.lands_at <= now:
                seen = self._landings.land(signature, swap, seen.lands_at, now, reverts=seen.reverts)
            elif over and not isinstance(seen, Outcome):
                seen = self._landings.expire(signature, swap, height, now)
        if seen is not None:
            self._seen = (signature, seen)
        return seen if isinstance(seen, Outcome) else None

    def _status(self, outcome: Outcome | None, height: int) -> SignatureStatus | None:
        if outcome is None or outcome.ending is Ending.EXPIRED or height < outcome.height:
            return None
        final = self._blocks.finalized(height) >= outcome.height
        return SignatureStatus(Commitment.FINALIZED if final else Commitment.CONFIRMED, outcome.error)

    def _fate(self, swap: PaperSwap, now: int) -> Sent:
        span = self._settings.paper_landing_delay_ms
        lands_at = now + self._chance.delay(span, swap.order_id, swap.attempt, "landing")
        late = self._blocks.height_at(lands_at) > swap.last_valid_block_height
        dropped = self._strikes(self._settings.paper_fault_dropped, "dropped", swap)
        return Sent(
            swap.order_id,
            swap.attempt,
            sent_at=now,
            lands_at=None if late or dropped else lands_at,
            reverts=self._strikes(self._settings.paper_fault_reverted, "reverted", swap),
        )

    def _refuse_some(self, call: str, height: int, swap: PaperSwap | None = None) -> None:
        # The height is part of the step: a call that is refused now isn't refused for ever.
        if self._strikes(self._settings.paper_fault_rate_limited, f"{call}:{height}", swap):
            raise ChainUnavailable("The node answered 429: too many requests")

    def _strikes(self, rate: Decimal, step: str, swap: PaperSwap | None) -> bool:
        order_id, attempt = (swap.order_id, swap.attempt) if swap is not None else ("", 0)
        return self._chance.strikes(rate, order_id, attempt, step)


@contextmanager
def _node_errors() -> Iterator[None]:
    try:
        yield
    except StorageUnavailable as error:
        raise ChainUnavailable("The node did not answer") from error


def _message(submission: Submission) -> bytes:
    try:
        message, signature = open_transaction(base64.b64decode(submission.transaction, validate=True))
    except (ValueError, Rejected) as error:
        raise ChainUnavailable(f"The node could not read the transaction: {error}") from error
    if signature != submission.signature:
        raise ChainUnavailable("The transaction was not that of the signature")
    return message


def _swap(message: bytes) -> PaperSwap:
    try:
        return read_message(message)
    except Rejected as error:
        raise ChainUnavailable(f"The node could not read the transaction: {error}") from error
