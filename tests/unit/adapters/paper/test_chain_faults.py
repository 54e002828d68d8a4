import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus, Submission
from chalicelib.errors import ChainUnavailable, Rejected, StorageUnavailable
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, changed, paper_settings

ALWAYS, HALF, OFTEN = Decimal(1), Decimal("0.5"), Decimal("0.8")


def desk_with(**changes) -> tuple[PaperDesk, InMemoryLedger]:
    ledger = InMemoryLedger()
    return PaperDesk(ledger, settings=paper_settings(**changes)), ledger


def sent_by(desk: PaperDesk, number: int = 1) -> Submission:
    submission = desk.submission(ask(number))
    desk.chain.send(submission)
    return submission


def height_now(desk: PaperDesk) -> int:
    return desk.blocks.height_at(desk.clock.now())


def test_a_send_whose_answer_is_lost_has_taken_effect() -> None:
    desk, ledger = desk_with(paper_fault_lost_answer=ALWAYS)
    submission = desk.submission(ask())
    with pytest.raises(ChainUnavailable):
        desk.chain.send(submission)
    desk.clock.advance(3_000)
    assert reading_of(desk.chain, submission).status == SignatureStatus(Commitment.CONFIRMED, None)
    assert submission.signature in ledger.sent


@pytest.mark.parametrize("fault", ["paper_fault_rate_limited", "paper_fault_lost_request"])
def test_a_call_that_is_refused_or_lost_has_no_effect_and_is_not_lost_for_ever(fault: str) -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    rough = PaperDesk(ledger, desk.clock, paper_settings(**{fault: OFTEN}))
    refused = 0
    while submission.signature not in ledger.sent:
        try:
            rough.chain.send(submission)
        except ChainUnavailable:
            refused += 1
            assert submission.signature not in ledger.sent
            desk.clock.advance(desk.blocks.block_ms)
        assert refused < 50
    assert refused > 0


def every_call(desk: PaperDesk, rough: PaperDesk) -> list[Callable[[], object]]:
    """Each call of the chain, about a swap that has landed."""
    landed = sent_by(desk)
    desk.clock.advance(3_000)
    message = desk.message(ask(2))
    submission = desk.sign(message)
    chain = rough.chain
    return [
        chain.latest_blockhash,
        chain.finalized_height,
        lambda: chain.simulate(message),
        lambda: chain.send(submission),
        lambda: reading_of(chain, landed),
        lambda: chain.fill(landed),
    ]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("paper_fault_rate_limited", "429"),
        ("paper_fault_lost_request", "did not answer"),
        ("paper_fault_garbage", "malformed"),
    ],
)
def test_every_chain_call_can_be_refused_lost_or_answered_with_garbage(fault: str, said: str) -> None:
    desk, ledger = desk_with()
    rough = PaperDesk(ledger, desk.clock, paper_settings(**{fault: ALWAYS}))
    for call in every_call(desk, rough):
        with pytest.raises(ChainUnavailable, match=said):
            call()


def test_a_send_that_is_answered_with_garbage_has_taken_effect() -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    with pytest.raises(ChainUnavailable):
        PaperDesk(ledger, desk.clock, paper_settings(paper_fault_garbage=ALWAYS)).chain.send(submission)
    assert submission.signature in ledger.sent


def test_every_chain_call_can_arrive_late() -> None:
    desk, ledger = desk_with()
    slow = PaperDesk(ledger, desk.clock, paper_settings(paper_fault_delayed=ALWAYS))
    for call in every_call(desk, slow):
        before = desk.clock.now()
        call()
        assert desk.clock.now() == before + 500


def test_a_send_that_arrives_late_lands_late() -> None:
    desk, ledger = desk_with(paper_fault_delayed=ALWAYS)
    at = desk.clock.now()
    submission = sent_by(desk)  # its blockhash and its send arrive half a second late, each
    quoting = sum(desk.clock.sleeps) - 1_000
    assert ledger.sent[submission.signature].sent_at == at + quoting + 1_000


def test_a_lagging_node_does_not_know_what_landed_and_says_by_its_slot_how_old_it_is() -> None:
    desk, ledger = desk_with(paper_finality_blocks=50)
    submission = sent_by(desk)
    desk.clock.advance(3_000)
    lagging = PaperDesk(ledger, desk.clock, changed(desk.settings, paper_fault_lagging=ALWAYS)).chain
    for _ in range(20):
        reading, now = reading_of(lagging, submission), reading_of(desk.chain, submission)
        assert reading.slot < now.slot
        landed_at = ledger.outcomes[submission.signature].height
        assert (reading.status is None) == (reading.slot < desk.blocks.slot(landed_at))
        assert lagging.finalized_height().block_height < desk.chain.finalized_height().block_height
        desk.clock.advance(desk.blocks.block_ms)


def test_what_is_sent_does_not_arrive_in_the_past() -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    lagging = PaperDesk(ledger, desk.clock, paper_settings(paper_fault_lagging=ALWAYS)).chain
    lagging.send(submission)
    assert ledger.sent[submission.signature].sent_at == desk.clock.now()


def test_a_lagging_node_tells_no_fill_of_what_it_has_not_seen_and_an_older_blockhash() -> None:
    desk, ledger = desk_with(paper_finality_blocks=500)
    submission = sent_by(desk)
    desk.clock.advance(3_000)
    lagging = PaperDesk(ledger, desk.clock, changed(desk.settings, paper_fault_lagging=ALWAYS)).chain
    assert reading_of(desk.chain, submission).status is not None
    with pytest.raises(ChainUnavailable, match="knows of no swap"):
        lagging.fill(submission)
    newest = desk.chain.latest_blockhash().last_valid_block_height
    assert lagging.latest_blockhash().last_valid_block_height < newest


def test_a_look_that_lags_now_does_not_lag_for_ever_and_a_seed_repeats_it() -> None:
    def slots(seed: str) -> list[int]:
        desk, _ = desk_with(paper_seed=seed, paper_fault_lagging=HALF)
        submission = desk.submission(ask())
        seen = []
        for _ in range(40):
            seen.append(reading_of(desk.chain, submission).slot - desk.blocks.slot(height_now(desk)))
            desk.clock.advance(desk.blocks.block_ms)
        return seen

    assert slots("a") == slots("a") != slots("b")
    assert 10 < slots("a").count(0) < 30


def test_a_table_that_does_not_answer_is_a_node_that_does_not() -> None:
    desk, ledger = desk_with()
    message = desk.message(ask())
    submission = desk.sign(message)

    def unreachable(*_: object) -> None:
        raise StorageUnavailable("throttled")

    ledger.interrupt = unreachable
    calls: list[Callable[[], object]] = [
        lambda: desk.chain.simulate(message),
        lambda: desk.chain.send(submission),
        lambda: reading_of(desk.chain, submission),
        lambda: desk.chain.fill(submission),
    ]
    for call in calls:
        with pytest.raises(ChainUnavailable):
            call()


def test_a_transaction_of_another_wallet_or_with_an_unknown_blockhash_is_refused_unsent() -> None:
    desk, ledger = desk_with()
    stranger, _ = desk_with(paper_seed="a stranger")
    forged = stranger.sign(desk.message(ask()))
    unknown = desk.sign(stranger.message(ask()))
    for submission in (forged, unknown):
        with pytest.raises(ChainUnavailable, match="refused"):
            desk.chain.send(submission)
    assert ledger.sent == {}


def test_a_swap_on_a_pool_that_is_not_there_is_rejected() -> None:
    desk, _ = desk_with()
    fields = {**json.loads(desk.message(ask())), "pool": "no-such-pool"}
    message = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(Rejected):
        desk.chain.simulate(message)
    submission = desk.sign(message)
    desk.chain.send(submission)
    desk.clock.advance(3_000)
    status = reading_of(desk.chain, submission).status
    assert status is not None
    assert status.error is LandingError.OTHER


def test_an_order_that_goes_well_costs_seven_calls_to_the_table() -> None:
    desk, ledger = desk_with()
    for venue in desk.venues.values():
        venue.quote(ask())
    message = desk.message(ask())
    ledger.calls.pop()  # the quote that building here asks for again
    desk.chain.simulate(message)
    submission = desk.sign(message)
    desk.chain.send(submission)
    while reading_of(desk.chain, submission).status is None:
        desk.clock.advance(200)
    desk.chain.fill(submission)
    assert ledger.calls == ["market", "market", "pool", "record_sent", "traces", "pool", "land"]


def test_a_worker_that_did_not_send_reads_once_before_the_landing_is_due() -> None:
    desk, ledger = desk_with()
    submission = sent_by(desk)
    other = PaperDesk(ledger, desk.clock)
    ledger.calls.clear()
    while reading_of(other.chain, submission).status is None:
        desk.clock.advance(200)
    assert ledger.calls == ["traces", "pool", "land"]


def test_an_observer_of_what_was_never_sent_reads_the_trace_each_time() -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    ledger.calls.clear()
    for _ in range(3):
        assert reading_of(desk.chain, submission).status is None
    assert ledger.calls == ["traces"] * 3
