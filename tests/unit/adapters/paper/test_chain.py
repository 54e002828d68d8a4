from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.adapters.paper.ledger import Ending, Ledger
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.config import DelayRange
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus, Submission
from chalicelib.errors import ChainUnavailable, PoolDisabled, StorageUnavailable
from tests.fakes.clock import FakeClock
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings

ALWAYS, HALF = Decimal(1), Decimal("0.5")
POOL = seeded_pools()[0]
CONFIRMED = SignatureStatus(Commitment.CONFIRMED, None)


def desk_with(ledger: Ledger | None = None, clock: FakeClock | None = None, **changes) -> PaperDesk:
    return PaperDesk(ledger, clock, paper_settings(paper_drift_bps=0, **changes))


def status(desk: PaperDesk, submission: Submission) -> SignatureStatus | None:
    return reading_of(desk.chain, submission).status


def sent_by(desk: PaperDesk, number: int = 1, **changes) -> Submission:
    submission = desk.submission(ask(number, **changes))
    desk.chain.send(submission)
    return submission


def test_a_transaction_lands_exactly_after_its_drawn_delay() -> None:
    desk = desk_with(paper_landing_delay_ms=DelayRange(2_345, 2_345))
    submission = sent_by(desk)
    desk.clock.advance(2_344)
    assert status(desk, submission) is None
    desk.clock.advance(1)
    assert status(desk, submission) == CONFIRMED


def test_a_landing_is_final_after_the_finality_blocks() -> None:
    ledger = InMemoryLedger()
    desk = desk_with(ledger)
    submission = sent_by(desk)
    desk.clock.advance(3_000)
    assert status(desk, submission) == CONFIRMED
    landed = ledger.outcomes[submission.signature].height
    desk.wait_until_height(landed + 31)
    assert status(desk, submission) == CONFIRMED
    desk.wait_until_height(landed + 32)
    assert status(desk, submission) == SignatureStatus(Commitment.FINALIZED, None)


def test_the_swap_is_made_on_the_pool_as_it_is_when_it_lands() -> None:
    desk = desk_with()
    first, second = desk.submission(ask(1)), desk.submission(ask(2))
    desk.chain.send(first)
    desk.chain.send(second)
    desk.clock.advance(3_000)
    assert status(desk, second) == status(desk, first) == CONFIRMED
    assert desk.chain.fill(first).amount_out < desk.chain.fill(second).amount_out


def test_sending_again_does_not_land_later() -> None:
    desk = desk_with(paper_landing_delay_ms=DelayRange(2_000, 2_000))
    submission = sent_by(desk)
    desk.clock.advance(1_900)
    desk.chain.send(submission)
    desk.clock.advance(100)
    assert status(desk, submission) == CONFIRMED


def test_a_landing_that_nobody_watched_is_applied_when_somebody_looks() -> None:
    ledger = InMemoryLedger()
    submission = sent_by(desk_with(ledger))
    an_hour_later = desk_with(ledger, FakeClock(1_700_000_000_000 + 3_600_000))
    assert status(an_hour_later, submission) == SignatureStatus(Commitment.FINALIZED, None)
    outcome = ledger.outcomes[submission.signature]
    assert outcome.height <= submission.last_valid_block_height


def test_a_worker_whose_clock_is_behind_has_not_seen_the_landing_yet() -> None:
    ledger = InMemoryLedger()
    ahead, behind = desk_with(ledger), desk_with(ledger)
    submission = sent_by(ahead)
    behind.clock.advance(1_000)
    ahead.clock.advance(3_000)
    assert status(ahead, submission) == CONFIRMED
    lagging = reading_of(behind.chain, submission)
    assert lagging.status is None
    assert lagging.slot < ahead.blocks.slot(ledger.outcomes[submission.signature].height)


def test_a_landing_past_the_last_valid_height_never_happens() -> None:
    desk = desk_with(paper_blockhash_blocks=4)
    submission = sent_by(desk)
    desk.wait_until_expired(submission)
    assert status(desk, submission) is None
    assert desk.ledger.traces([submission.signature])[submission.signature].outcome.ending is Ending.EXPIRED  # type: ignore[union-attr]


@pytest.mark.promise("R4")
def test_a_first_send_that_arrives_after_the_tombstone_never_lands() -> None:
    ledger = InMemoryLedger()
    worker, observer = desk_with(ledger), desk_with(ledger)
    submission = worker.submission(ask())
    observer.wait_until_expired(submission)
    assert status(observer, submission) is None
    worker.chain.send(submission)  # a frozen worker thaws, its clock still behind
    worker.clock.advance(3_000)
    assert status(worker, submission) is None
    assert list(ledger.stored.values()) == list(seeded_pools())


@pytest.mark.promise("R4")
def test_absence_past_the_last_valid_height_is_only_said_with_the_tombstone_written() -> None:
    ledger = InMemoryLedger()
    desk = desk_with(ledger, paper_fault_dropped=ALWAYS)
    submission = sent_by(desk)
    desk.wait_until_height(submission.last_valid_block_height)
    assert status(desk, submission) is None
    assert submission.signature not in ledger.outcomes
    desk.wait_until_height(submission.last_valid_block_height + 1)
    assert status(desk, submission) is None
    assert ledger.outcomes[submission.signature].ending is Ending.EXPIRED


def test_a_tombstone_that_can_not_be_written_is_no_proof() -> None:
    ledger = InMemoryLedger()
    desk = desk_with(ledger)
    submission = desk.submission(ask())
    desk.wait_until_expired(submission)

    def fail_to_close(method: str, _moment: str) -> None:
        if method == "close":
            raise StorageUnavailable("throttled")

    ledger.interrupt = fail_to_close
    with pytest.raises(ChainUnavailable):
        reading_of(desk.chain, submission)


def test_a_landing_whose_answer_was_lost_is_found_at_the_next_look() -> None:
    ledger = InMemoryLedger([POOL])
    desk = desk_with(ledger)
    submission = sent_by(desk)
    desk.clock.advance(3_000)

    def lose_the_answer(method: str, moment: str) -> None:
        if (method, moment) == ("land", "after"):
            raise StorageUnavailable("timed out")

    ledger.interrupt = lose_the_answer
    with pytest.raises(ChainUnavailable):
        reading_of(desk.chain, submission)
    ledger.interrupt = InMemoryLedger().interrupt
    assert status(desk, submission) == CONFIRMED
    assert ledger.stored[POOL.address].version == POOL.version + 1


def test_a_landing_that_loses_every_race_is_unavailable_and_lands_later() -> None:
    ledger = InMemoryLedger([POOL])
    desk = desk_with(ledger)
    submission = sent_by(desk)
    desk.clock.advance(3_000)

    def move_the_pool(method: str, moment: str) -> None:
        if (method, moment) == ("land", "before"):
            pool = ledger.stored[POOL.address]
            ledger.stored[POOL.address] = pool.after(pool.state)

    ledger.interrupt = move_the_pool
    with pytest.raises(ChainUnavailable):
        reading_of(desk.chain, submission)
    assert submission.signature not in ledger.outcomes
    ledger.interrupt = InMemoryLedger().interrupt
    assert status(desk, submission) == CONFIRMED


def test_a_landing_on_a_pool_that_refuses_has_landed_with_an_error() -> None:
    ledger = InMemoryLedger([POOL])
    desk = desk_with(ledger)
    submission = sent_by(desk)
    disabled = POOL.state.from_record({**POOL.state.to_record(), "status": "4"})
    ledger.stored[POOL.address] = replace(POOL, state=disabled)
    desk.clock.advance(3_000)
    assert status(desk, submission) == SignatureStatus(Commitment.CONFIRMED, LandingError.OTHER)
    with pytest.raises(PoolDisabled):
        desk.chain.simulate(desk.message(ask()))


@pytest.mark.parametrize("place", range(3))
def test_of_many_transactions_one_that_can_not_be_read_leaves_only_itself_out(place: int) -> None:
    desk = desk_with(InMemoryLedger([POOL]))
    sent = [sent_by(desk, number) for number in range(1, 4)]
    sent[place] = replace(sent[place], transaction="none of ours")
    desk.clock.advance(3_000)
    readings = desk.chain.signature_statuses(sent)
    assert list(readings) == [each.signature for number, each in enumerate(sent) if number != place]
    assert {reading.status for reading in readings.values()} == {CONFIRMED}


@pytest.mark.parametrize("place", range(3))
def test_of_many_transactions_one_that_can_not_be_decided_leaves_only_itself_out(place: int) -> None:
    ledger = InMemoryLedger([POOL])
    desk = desk_with(ledger)
    sent = [sent_by(desk, number) for number in range(1, 4)]
    desk.clock.advance(3_000)
    landings = iter(range(3))

    def fail_once(method: str, moment: str) -> None:
        if (method, moment) == ("land", "before") and next(landings) == place:
            raise StorageUnavailable("throttled")

    ledger.interrupt = fail_once
    readings = desk.chain.signature_statuses(sent)
    assert list(readings) == [each.signature for number, each in enumerate(sent) if number != place]
