from decimal import Decimal

import pytest

from chalicelib.adapters.paper.fates import FORK_BLOCKS
from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.config import DelayRange
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus, Submission
from chalicelib.errors import ChainUnavailable
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings

ALWAYS = Decimal(1)


def desk_with(**changes) -> tuple[PaperDesk, InMemoryLedger]:
    ledger = InMemoryLedger()
    return PaperDesk(ledger, settings=paper_settings(**changes)), ledger


def sent_by(desk: PaperDesk, number: int = 1) -> Submission:
    submission = desk.submission(ask(number))
    desk.chain.send(submission)
    return submission


def height_now(desk: PaperDesk) -> int:
    return desk.blocks.height_at(desk.clock.now())


def test_a_dropped_transaction_never_lands_however_often_it_is_sent() -> None:
    desk, ledger = desk_with(paper_fault_dropped=ALWAYS)
    submission = sent_by(desk)
    while desk.blocks.height_at(desk.clock.now()) <= submission.last_valid_block_height:
        assert reading_of(desk.chain, submission).status is None
        desk.chain.send(submission)
        desk.clock.advance(2_000)
    desk.wait_until_expired(submission)
    assert reading_of(desk.chain, submission).status is None
    assert ledger.outcomes[submission.signature].ending is Ending.EXPIRED
    assert list(ledger.stored.values()) == list(seeded_pools())


def test_a_reverted_transaction_lands_with_an_error_and_moves_nothing() -> None:
    desk, ledger = desk_with(paper_fault_reverted=ALWAYS)
    submission = sent_by(desk)
    desk.clock.advance(3_000)
    status = reading_of(desk.chain, submission).status
    assert status == SignatureStatus(Commitment.CONFIRMED, LandingError.OTHER)
    assert list(ledger.stored.values()) == list(seeded_pools())
    with pytest.raises(ChainUnavailable):
        desk.chain.fill(submission)


def looks(desk: PaperDesk, submission: Submission) -> list[SignatureStatus | None]:
    """What is seen at each height until the transaction's end is final."""
    seen = []
    while height_now(desk) <= submission.last_valid_block_height + desk.blocks.finality_blocks:
        seen.append(reading_of(desk.chain, submission).status)
        desk.clock.advance(desk.blocks.block_ms)
    return seen


def forked(number: int, **changes) -> tuple[list[SignatureStatus | None], InMemoryLedger]:
    desk, ledger = desk_with(paper_fault_forked=ALWAYS, paper_drift_bps=0, **changes)
    return looks(desk, sent_by(desk, number)), ledger


@pytest.mark.promise("R5")
def test_what_is_forked_away_is_seen_below_confirmed_then_absent_and_half_of_it_lands_later() -> None:
    endings = []
    for number in range(20):
        seen, ledger = forked(number)
        began = next(place for place, status in enumerate(seen) if status is not None)
        sight = seen[began : began + FORK_BLOCKS]
        (outcome,) = ledger.outcomes.values()
        lands = outcome.ending is Ending.LANDED
        error = LandingError.OTHER if lands else None
        assert sight == [SignatureStatus(Commitment.PROCESSED, error)] * FORK_BLOCKS
        assert seen[began + FORK_BLOCKS] is None
        assert (seen[-1] == SignatureStatus(Commitment.FINALIZED, None)) == lands
        assert sum(pool.version - 1 for pool in ledger.stored.values()) == lands
        endings.append(outcome.ending)
    assert {Ending.LANDED, Ending.EXPIRED} == set(endings)


def test_what_was_forked_away_never_lands_while_the_fork_is_seen() -> None:
    landed = 0
    for number in range(10):
        _, ledger = forked(number, paper_landing_delay_ms=DelayRange(0, 0))
        (sent,), (outcome,) = ledger.sent.values(), ledger.outcomes.values()
        assert sent.forked_at == sent.sent_at
        if outcome.ending is Ending.LANDED:
            landed += 1
            assert sent.lands_at == sent.sent_at + FORK_BLOCKS * 400
    assert landed


def test_what_lands_with_an_error_after_all_looked_well_on_the_fork() -> None:
    for number in range(10):
        seen, _ = forked(number, paper_fault_reverted=ALWAYS)
        assert SignatureStatus(Commitment.PROCESSED, None) in seen
        assert SignatureStatus(Commitment.PROCESSED, LandingError.OTHER) not in seen


@pytest.mark.promise("R4")
def test_a_late_transaction_lands_in_one_of_its_last_two_blocks_or_just_misses_them() -> None:
    blocks_left = []
    for number in range(20):
        desk, ledger = desk_with(paper_fault_late=ALWAYS)
        submission = sent_by(desk, number)
        looks(desk, submission)
        outcome = ledger.outcomes[submission.signature]
        landed = outcome.ending is Ending.LANDED
        blocks_left.append(submission.last_valid_block_height - outcome.height if landed else None)
    assert set(blocks_left) == {0, 1, None}


def test_a_late_transaction_that_is_sent_in_its_last_block_lands_in_it_or_not_at_all() -> None:
    endings = set()
    for number in range(20):
        desk, ledger = desk_with(paper_fault_late=ALWAYS)
        submission = desk.submission(ask(number))
        desk.wait_until_height(submission.last_valid_block_height)
        desk.chain.send(submission)
        looks(desk, submission)
        outcome = ledger.outcomes[submission.signature]
        assert outcome.ending is Ending.EXPIRED or outcome.height == submission.last_valid_block_height
        endings.add(outcome.ending)
    assert endings == {Ending.LANDED, Ending.EXPIRED}
