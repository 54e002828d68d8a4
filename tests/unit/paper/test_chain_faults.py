import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus, Submission
from chalicelib.errors import ChainUnavailable, Rejected, StorageUnavailable
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings

ALWAYS, HALF = Decimal(1), Decimal("0.5")


def desk_with(**changes) -> tuple[PaperDesk, InMemoryLedger]:
    ledger = InMemoryLedger()
    return PaperDesk(ledger, settings=paper_settings(**changes)), ledger


def sent_by(desk: PaperDesk, number: int = 1) -> Submission:
    submission = desk.submission(ask(number))
    desk.chain.send(submission)
    return submission


def test_a_dropped_transaction_never_lands_however_often_it_is_sent() -> None:
    desk, ledger = desk_with(paper_fault_dropped=ALWAYS)
    submission = sent_by(desk)
    while desk.blocks.height_at(desk.clock.now()) <= submission.last_valid_block_height:
        assert desk.chain.signature_status(submission).status is None
        desk.chain.send(submission)
        desk.clock.advance(2_000)
    desk.wait_until_expired(submission)
    assert desk.chain.signature_status(submission).status is None
    assert ledger.outcomes[submission.signature].ending is Ending.EXPIRED
    assert list(ledger.stored.values()) == list(seeded_pools())


def test_a_reverted_transaction_lands_with_an_error_and_moves_nothing() -> None:
    desk, ledger = desk_with(paper_fault_reverted=ALWAYS)
    submission = sent_by(desk)
    desk.clock.advance(3_000)
    status = desk.chain.signature_status(submission).status
    assert status == SignatureStatus(Commitment.CONFIRMED, LandingError.OTHER)
    assert list(ledger.stored.values()) == list(seeded_pools())
    with pytest.raises(ChainUnavailable):
        desk.chain.fill(submission)


def test_a_send_whose_answer_is_lost_has_taken_effect() -> None:
    desk, ledger = desk_with(paper_fault_lost_answer=ALWAYS)
    submission = desk.submission(ask())
    with pytest.raises(ChainUnavailable):
        desk.chain.send(submission)
    desk.clock.advance(3_000)
    assert desk.chain.signature_status(submission).status == SignatureStatus(Commitment.CONFIRMED, None)
    assert submission.signature in ledger.sent


def test_a_call_refused_by_429_has_no_effect_and_is_not_refused_for_ever() -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    limited = PaperDesk(ledger, desk.clock, paper_settings(paper_fault_rate_limited=HALF))
    refused = 0
    while submission.signature not in ledger.sent:
        try:
            limited.chain.send(submission)
        except ChainUnavailable:
            refused += 1
            assert submission.signature not in ledger.sent
            desk.clock.advance(desk.blocks.block_ms)
        assert refused < 50
    assert refused > 0


def test_every_chain_call_can_be_refused_by_429() -> None:
    desk, ledger = desk_with()
    message = desk.message(ask())
    submission = desk.sign(message)
    chain = PaperDesk(ledger, desk.clock, paper_settings(paper_fault_rate_limited=ALWAYS)).chain
    ledger.calls.clear()
    calls: list[Callable[[], object]] = [
        chain.latest_blockhash,
        chain.finalized_height,
        lambda: chain.simulate(message),
        lambda: chain.send(submission),
        lambda: chain.signature_status(submission),
        lambda: chain.fill(submission),
    ]
    for call in calls:
        with pytest.raises(ChainUnavailable, match="429"):
            call()
    assert ledger.calls == []


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
        lambda: desk.chain.signature_status(submission),
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
    status = desk.chain.signature_status(submission).status
    assert status is not None
    assert status.error is LandingError.OTHER


def test_an_order_that_goes_well_costs_six_calls_to_the_table() -> None:
    desk, ledger = desk_with()
    for venue in desk.venues.values():
        venue.quote(ask())
    message = desk.message(ask())
    ledger.calls.pop()  # the quote that building here asks for again
    desk.chain.simulate(message)
    submission = desk.sign(message)
    desk.chain.send(submission)
    while desk.chain.signature_status(submission).status is None:
        desk.clock.advance(200)
    desk.chain.fill(submission)
    assert ledger.calls == ["pools", "pools", "pool", "record_sent", "pool", "land"]


def test_a_worker_that_did_not_send_reads_once_before_the_landing_is_due() -> None:
    desk, ledger = desk_with()
    submission = sent_by(desk)
    other = PaperDesk(ledger, desk.clock)
    ledger.calls.clear()
    while other.chain.signature_status(submission).status is None:
        desk.clock.advance(200)
    assert ledger.calls == ["trace", "pool", "land"]


def test_an_observer_of_what_was_never_sent_reads_the_trace_each_time() -> None:
    desk, ledger = desk_with()
    submission = desk.submission(ask())
    ledger.calls.clear()
    for _ in range(3):
        assert desk.chain.signature_status(submission).status is None
    assert ledger.calls == ["trace"] * 3
