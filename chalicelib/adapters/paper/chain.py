"""The paper chain: it follows a chain's rules over a ledger; what swaps pay comes from a market's prices.

Nothing runs in the background: a landing that is due is applied by whoever observes it first.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.fates import FORK_BLOCKS, Fates
from chalicelib.adapters.paper.landing import Landings
from chalicelib.adapters.paper.ledger import Ending, Ledger, Outcome, Sent
from chalicelib.adapters.paper.node_replies import (
    read_blockhash,
    read_fill,
    read_height,
    read_receipt,
    read_status,
    write_blockhash,
    write_fill,
    write_height,
    write_receipt,
    write_status,
)
from chalicelib.adapters.paper.nodes import Node, Nodes
from chalicelib.adapters.paper.prices import SwapPrices
from chalicelib.adapters.paper.transactions import (
    PaperSwap,
    open_transaction,
    read_message,
    signature_of,
)
from chalicelib.config import PaperSettings
from chalicelib.domain.order import Fill
from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    SignatureStatus,
    StatusReading,
    Submission,
)
from chalicelib.errors import ChainUnavailable, Rejected, SlippageExceeded, StorageUnavailable
from chalicelib.ports import Blockhash, Clock


class PaperChain:
    """`Chain` over a ledger, as seen by one worker's clock."""

    def __init__(self, ledger: Ledger, prices: SwapPrices, clock: Clock, settings: PaperSettings) -> None:
        self._ledger = ledger
        self._settings = settings
        self._blocks = Blocks.of(settings)
        self._prices = prices
        self._fates = Fates(self._blocks, settings)
        self._nodes = Nodes(clock, self._blocks, settings)
        self._landings = Landings(ledger, self._blocks, prices)
        self._seen: dict[str, Sent | Outcome] = {}

    def latest_blockhash(self) -> Blockhash:
        """Return the newest block's hash and the last height at which it is valid."""
        node = self._nodes.reach("latest_blockhash")
        blockhash = Blockhash(self._blocks.blockhash(node.height), self._blocks.last_valid(node.height))
        return read_blockhash(node.says(write_blockhash(blockhash)))

    def simulate(self, message: bytes) -> None:
        """Price the swap on its pool as it is now. Raises SlippageExceeded, Rejected or the pool's errors."""
        swap = read_message(message)
        node = self._nodes.reach("simulate", swap)
        with _node_errors():
            priced = self._prices.price(swap, node.height)
        if priced is None:
            raise Rejected("The pool of the route is gone")
        if priced.amount_out < swap.minimum_amount_out:
            detail = f"The swap would return {priced.amount_out}, the minimum is {swap.minimum_amount_out}"
            raise SlippageExceeded(detail, amount_out=priced.amount_out)
        read_receipt(node.says(write_receipt(swap.pool)), swap.pool)

    def send(self, submission: Submission) -> None:
        """Accept the bytes. The first send fixes when they land; another one changes nothing."""
        message = _message(submission)
        swap, signature = _swap(message), submission.signature
        node = self._nodes.reach("send", swap, may_lag=False)
        if signature_of(message, self._settings.seed) != signature:
            raise ChainUnavailable("The node refused the transaction: its signature does not verify")
        last_valid = swap.last_valid_block_height
        if node.height > last_valid or not self._blocks.is_blockhash(swap.blockhash, last_valid):
            raise ChainUnavailable("The node refused the transaction: its blockhash was not found")
        with _node_errors():
            fate = replace(self._fates.of(swap, node.now), slot=self._prices.slot())
            self._ledger.record_sent(signature, fate)
        if self._nodes.strikes(self._settings.fault_lost_answer, f"lost answer:{node.height}", swap):
            raise ChainUnavailable("The node took the transaction, and its answer was lost")
        read_receipt(node.says(write_receipt(signature)), signature)

    def finalized_height(self) -> HeightReading:
        """Return the finalized height, and the slot of the node's newest block."""
        node = self._nodes.reach("finalized_height")
        reading = HeightReading(self._blocks.finalized(node.height), self._blocks.slot(node.height))
        return read_height(node.says(write_height(reading)))

    def signature_statuses(self, submissions: Sequence[Submission]) -> Mapping[str, StatusReading]:
        """Return the statuses as of the newest block of one node, which the first submission determines.

        Past the last valid height a transaction is reported absent only once its tombstone is written. A
        signature that can't be read or decided is left out.
        """
        swaps = {each.signature: swap for each in submissions if (swap := _readable(each)) is not None}
        if not swaps:
            raise ChainUnavailable("The node could not read any of the transactions")
        node = self._nodes.reach("signature_statuses", next(iter(swaps.values())))
        self._remember(list(swaps))
        readings: dict[str, StatusReading] = {}
        for submission in submissions:
            swap = swaps.get(submission.signature)
            if swap is None:
                continue
            try:
                seen = self._look(submission, swap, node)
            except ChainUnavailable:
                continue  # its landing could not be decided now: the next look does
            reading = StatusReading(self._status(seen, node.height), self._blocks.slot(node.height))
            readings[submission.signature] = read_status(node.says(write_status(reading)))
        return readings

    def fill(self, submission: Submission) -> Fill:
        """Return the amounts that moved in a transaction that landed without error."""
        swap = _swap(_message(submission))
        node = self._nodes.reach("fill", swap)
        if submission.signature not in self._seen:
            self._remember([submission.signature])
        seen = self._look(submission, swap, node)
        if not isinstance(seen, Outcome) or seen.ending is not Ending.LANDED or node.height < seen.height:
            raise ChainUnavailable(f"The node knows of no swap made by {submission.signature}")
        return read_fill(node.says(write_fill(Fill(seen.amount_in, seen.amount_out))))

    def _remember(self, signatures: Sequence[str]) -> None:
        """Read the traces of these signatures, and forget all others.

        First sends and outcomes never change, so a worker doesn't read a signature again that it has seen:
        its looks cost nothing until a landing is due.
        """
        unseen = [signature for signature in signatures if signature not in self._seen]
        with _node_errors():
            traces = self._ledger.traces(unseen) if unseen else {}
        known = self._seen | {name: seen for name, trace in traces.items() if (seen := trace.newest)}
        self._seen = {name: known[name] for name in signatures if name in known}

    def _look(self, submission: Submission, swap: PaperSwap, node: Node) -> Sent | Outcome | None:
        """Return the submission's trace at the node's time; decide its outcome if that is due."""
        over = node.height > submission.last_valid_block_height
        signature = submission.signature
        seen = self._seen.get(signature)
        with _node_errors():
            in_time = self._prices.are_kept or not over
            if isinstance(seen, Sent) and seen.lands_at is not None and seen.lands_at <= node.now and in_time:
                seen = self._landings.land(signature, swap, seen, seen.lands_at, node.now)
            elif over and not isinstance(seen, Outcome):
                seen = self._landings.expire(signature, swap, node.height, node.now)
        if seen is not None:
            self._seen[signature] = seen
        return seen

    def _status(self, seen: Sent | Outcome | None, height: int) -> SignatureStatus | None:
        if isinstance(seen, Sent):
            return self._sight(seen, height)
        if seen is None or seen.ending is Ending.EXPIRED or height < seen.height:
            return None
        final = self._blocks.finalized(height) >= seen.height
        return SignatureStatus(Commitment.FINALIZED if final else Commitment.CONFIRMED, seen.error)

    def _sight(self, sent: Sent, height: int) -> SignatureStatus | None:
        """Return the status shown on a fork, which is the opposite of the final outcome.

        A caller who trusts a status before it is confirmed is therefore caught.
        """
        if sent.forked_at is None or not 0 <= height - self._blocks.height_at(sent.forked_at) < FORK_BLOCKS:
            return None
        lands_well = sent.lands_at is not None and not sent.reverts
        return SignatureStatus(Commitment.PROCESSED, LandingError.OTHER if lands_well else None)


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


def _readable(submission: Submission) -> PaperSwap | None:
    try:
        return _swap(_message(submission))
    except ChainUnavailable:
        return None


def _swap(message: bytes) -> PaperSwap:
    try:
        return read_message(message)
    except Rejected as error:
        raise ChainUnavailable(f"The node could not read the transaction: {error}") from error
