"""What the engine relies on in a chain. A new chain adds its rig to RIGS and must pass as it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.domain.submission import (
    Commitment,
    LandingError,
    Observation,
    SignatureStatus,
    Submission,
    Verdict,
    decide,
)
from chalicelib.errors import ChainUnavailable, Rejected, SlippageExceeded
from chalicelib.ports import Chain
from tests.fakes.looks import observe, reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings, paper_tables
from tests.fakes.shadow import ShadowDesk
from tests.fakes.solana import ScriptedNode

BEYOND_REACH = 2**62
"""A minimum amount out that no swap of these tests meets."""

MakeTable = Callable[[], DynamoDbLedger]


class ChainRig(Protocol):
    """A chain with a funded wallet and a pool, and a hand on its time."""

    chain: Chain

    def another_worker(self) -> Chain:
        """The same chain as another process sees it."""

    def message(self, number: int, minimum: int) -> bytes:
        """A swap of order `number`, with a fresh blockhash, for no less than `minimum`."""

    def sign(self, message: bytes) -> Submission:
        """The signed submission of a message."""

    def amount_in(self) -> int:
        """What each of these swaps spends."""

    def let_land(self) -> None:
        """Let time pass until all that was sent has landed, and is not finalized."""

    def let_finalize(self) -> None:
        """Let time pass until what has landed is finalized, and what was not sent can land still."""

    def let_expire(self, submission: Submission) -> None:
        """Let time pass until the finalized height is past the submission's last valid one."""

    def swaps_made(self) -> int:
        """How many swaps were made, from where nothing but a swap leaves a trace."""


class PaperRig:
    """The paper chain over a ledger."""

    def __init__(self, ledger: InMemoryLedger | DynamoDbLedger) -> None:
        self._desk = PaperDesk(ledger, settings=paper_settings())
        self._ledger = ledger
        self.chain: Chain = self._desk.chain

    def another_worker(self) -> Chain:
        return PaperDesk(self._ledger, self._desk.clock, self._desk.settings).chain

    def message(self, number: int, minimum: int) -> bytes:
        return self._desk.message(ask(number), minimum=minimum)

    def sign(self, message: bytes) -> Submission:
        return self._desk.sign(message)

    def amount_in(self) -> int:
        return ask().amount_in

    def let_land(self) -> None:
        self._desk.clock.advance(self._desk.settings.paper.landing_delay_ms.high)

    def let_finalize(self) -> None:
        self._desk.clock.advance(self._desk.settings.paper.block_ms * (self._desk.blocks.finality_blocks + 1))

    def let_expire(self, submission: Submission) -> None:
        self._desk.wait_until_expired(submission)

    def swaps_made(self) -> int:
        seeded = seeded_pools()
        stored = [self._ledger.pool(pool.venue, pool.pair, pool.address) for pool in seeded]
        return sum(pool.version for pool in stored if pool is not None) - len(seeded)


class ShadowRig(PaperRig):
    """The paper chain over Solana's pools, which its swaps don't move."""

    def __init__(self) -> None:
        ledger = InMemoryLedger(())
        desk = ShadowDesk(ledger)
        self._desk, self._ledger, self._nodes = desk, ledger, desk.nodes
        self._outcomes = ledger.outcomes
        self.chain = self._desk.chain

    def another_worker(self) -> Chain:
        nodes = [ScriptedNode(node.cluster) for node in self._nodes]
        return ShadowDesk(self._ledger, self._desk.clock, self._desk.settings, nodes).chain

    def swaps_made(self) -> int:
        return sum(outcome.ending is Ending.LANDED for outcome in self._outcomes.values())


MOVING: Mapping[str, Callable[[MakeTable], ChainRig]] = {
    "paper in memory": lambda _: PaperRig(InMemoryLedger()),
    "paper in DynamoDB": lambda make: PaperRig(make()),
}
"""Chains whose pools are moved by the swaps that land, whoever looks, and however late."""

RIGS: Mapping[str, Callable[[MakeTable], ChainRig]] = {**MOVING, "shadow": lambda _: ShadowRig()}


@pytest.fixture(scope="module")
def new_table() -> Iterator[MakeTable]:
    with paper_tables() as make:
        yield make


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, new_table: MakeTable) -> ChainRig:
    return RIGS[request.param](new_table)


@pytest.fixture(params=MOVING)
def moving(request: pytest.FixtureRequest, new_table: MakeTable) -> ChainRig:
    return MOVING[request.param](new_table)


def sent(rig: ChainRig, number: int = 1, minimum: int = 1) -> Submission:
    submission = rig.sign(rig.message(number, minimum))
    rig.chain.send(submission)
    return submission


def status(rig: ChainRig, submission: Submission) -> SignatureStatus | None:
    return reading_of(rig.chain, submission).status


def concluded(chain: Chain, submission: Submission) -> Verdict:
    """What the engine concludes from one look, with time and attempts left."""
    return decide(submission, observe(chain, submission), now=0, expires_at=1, may_retry=True)


def test_a_blockhash_is_valid_for_blocks_that_are_not_final_yet(rig: ChainRig) -> None:
    blockhash = rig.chain.latest_blockhash()
    assert blockhash.blockhash
    assert blockhash.last_valid_block_height > rig.chain.finalized_height().block_height


def test_height_and_slot_rise_with_time(rig: ChainRig) -> None:
    earlier = rig.chain.finalized_height()
    rig.let_finalize()
    later = rig.chain.finalized_height()
    assert later.block_height > earlier.block_height
    assert later.slot > earlier.slot


def test_a_swap_that_meets_its_minimum_simulates(rig: ChainRig) -> None:
    rig.chain.simulate(rig.message(1, minimum=1))
    assert rig.swaps_made() == 0


def test_a_swap_below_its_minimum_is_refused_as_slippage_by_simulation(rig: ChainRig) -> None:
    with pytest.raises(SlippageExceeded):
        rig.chain.simulate(rig.message(1, minimum=BEYOND_REACH))


def test_a_message_that_makes_no_sense_is_rejected_by_simulation(rig: ChainRig) -> None:
    with pytest.raises(Rejected):
        rig.chain.simulate(b"no message")


def test_equal_messages_have_equal_signatures_and_other_messages_others(rig: ChainRig) -> None:
    message = rig.message(1, minimum=1)
    assert rig.sign(message).signature == rig.sign(message).signature
    assert rig.sign(message).signature != rig.sign(rig.message(2, minimum=1)).signature


def test_what_was_never_sent_is_absent_and_may_still_be_sent(rig: ChainRig) -> None:
    submission = rig.sign(rig.message(1, minimum=1))
    assert status(rig, submission) is None
    assert concluded(rig.chain, submission) is Verdict.SEND_AGAIN


def test_what_was_sent_lands_and_becomes_final(rig: ChainRig) -> None:
    submission = sent(rig)
    rig.let_land()
    assert status(rig, submission) == SignatureStatus(Commitment.CONFIRMED, None)
    assert concluded(rig.chain, submission) is Verdict.CONFIRM
    rig.let_finalize()
    assert status(rig, submission) == SignatureStatus(Commitment.FINALIZED, None)


def test_a_status_is_never_older_than_a_height_that_was_read_before_it(rig: ChainRig) -> None:
    submission = sent(rig)
    for _ in range(3):
        observation: Observation = observe(rig.chain, submission)
        assert observation.signature.slot >= observation.height.slot
        rig.let_land()


@pytest.mark.promise("R6")
def test_a_fill_is_what_moved_and_no_less_than_the_minimum(rig: ChainRig) -> None:
    submission = sent(rig, minimum=1_000)
    rig.let_land()
    fill = rig.chain.fill(submission)
    assert fill.amount_in == rig.amount_in()
    assert fill.amount_out >= 1_000
    assert rig.chain.fill(submission) == fill


@pytest.mark.promise("R4")
def test_the_same_bytes_sent_many_times_land_once(rig: ChainRig) -> None:
    submission = sent(rig)
    rig.chain.send(submission)
    rig.let_land()
    fill = rig.chain.fill(submission)
    rig.another_worker().send(submission)
    rig.let_finalize()
    assert rig.chain.fill(submission) == fill
    assert rig.swaps_made() == 1


def test_different_swaps_land_each_on_what_the_one_before_left(moving: ChainRig) -> None:
    submissions = [sent(moving, number) for number in (1, 2, 3)]
    moving.let_land()
    fills = [moving.chain.fill(submission) for submission in submissions]
    assert len({fill.amount_out for fill in fills}) == 3
    assert moving.swaps_made() == 3


@pytest.mark.promise("R6")
def test_a_swap_below_its_minimum_lands_with_a_slippage_error_and_moves_nothing(rig: ChainRig) -> None:
    submission = sent(rig, minimum=BEYOND_REACH)
    rig.let_land()
    assert status(rig, submission) == SignatureStatus(Commitment.CONFIRMED, LandingError.SLIPPAGE)
    assert concluded(rig.chain, submission) is Verdict.WAIT
    rig.let_finalize()
    assert status(rig, submission) == SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
    assert concluded(rig.chain, submission) is Verdict.REROUTE_SLIPPED
    assert rig.swaps_made() == 0


def test_there_is_no_fill_of_what_has_not_landed_without_error(rig: ChainRig) -> None:
    slipped, unsent = sent(rig, 1, minimum=BEYOND_REACH), rig.sign(rig.message(2, minimum=1))
    rig.let_land()
    for submission in (slipped, unsent):
        with pytest.raises(ChainUnavailable):
            rig.chain.fill(submission)


@pytest.mark.promise("R4")
def test_what_was_not_sent_in_time_is_proven_expired_and_never_lands(rig: ChainRig) -> None:
    submission = rig.sign(rig.message(1, minimum=1))
    rig.let_expire(submission)
    assert concluded(rig.chain, submission) is Verdict.REROUTE_EXPIRED
    with pytest.raises(ChainUnavailable):
        rig.chain.send(submission)
    rig.let_land()
    assert concluded(rig.another_worker(), submission) is Verdict.REROUTE_EXPIRED
    assert rig.swaps_made() == 0


@pytest.mark.promise("R4")
def test_what_landed_in_time_is_found_however_late_somebody_looks(moving: ChainRig) -> None:
    submission = sent(moving)
    moving.let_expire(submission)
    assert concluded(moving.another_worker(), submission) is Verdict.CONFIRM
    assert moving.swaps_made() == 1


@pytest.mark.promise("R5")
def test_every_worker_sees_the_same_outcome(rig: ChainRig) -> None:
    landed, slipped = sent(rig, 1), sent(rig, 2, minimum=BEYOND_REACH)
    rig.let_land()
    rig.let_finalize()
    for submission in (landed, slipped):
        seen = [reading_of(chain, submission).status for chain in (rig.chain, rig.another_worker())]
        assert seen[0] == seen[1]
    assert rig.another_worker().fill(landed) == rig.chain.fill(landed)


def test_bytes_that_are_no_transaction_are_refused_without_proving_anything(rig: ChainRig) -> None:
    nonsense = Submission("no-signature", "bm8gdHJhbnNhY3Rpb24=", 1, 1)
    with pytest.raises(ChainUnavailable):
        rig.chain.send(nonsense)
    with pytest.raises(ChainUnavailable):
        rig.chain.send(Submission("no-signature", "?", 1, 1))
