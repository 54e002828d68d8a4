"""Two workers with clocks of their own, one ledger call at a time, in every order that hypothesis finds.

Whatever they do, a transaction ends once, all that they conclude agrees, and the pool has moved by exactly
what landed. The controls show that a ledger without its conditions would be caught.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.paper.ledger import Ending, Outcome
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.transactions import open_transaction, read_message
from chalicelib.config import DelayRange
from chalicelib.domain.submission import Submission, Verdict, decide
from chalicelib.errors import ChainUnavailable
from tests.fakes.clock import FakeClock
from tests.fakes.looks import observe
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings
from tests.fakes.turns import Worker

START = 1_700_000_000_000
POOL = seeded_pools()[0]

PROVED = {
    Verdict.CONFIRM: Ending.LANDED,
    Verdict.REROUTE_SLIPPED: Ending.FAILED,
    Verdict.FAIL: Ending.FAILED,
    Verdict.REROUTE_EXPIRED: Ending.EXPIRED,
}


@dataclass(frozen=True)
class Act:
    """A worker waits, then sends or looks at one of the transactions."""

    wait_ms: int
    sends: bool
    which: int


@dataclass(frozen=True)
class Run:
    """Everything that may differ from one run to the next."""

    seed: str
    fates: Mapping[str, Decimal]
    calls: Mapping[str, Decimal]
    landing: int
    skew_ms: int
    tight: bool
    sent_first: bool
    acts: tuple[Sequence[Act], Sequence[Act]]
    turns: Sequence[bool]


waits = st.sampled_from([0, 0, 400, 3_000, 6_000])
acts = st.lists(st.builds(Act, waits, st.sampled_from([True, False, False]), st.integers(0, 1)), max_size=8)
FATES = ("dropped", "late", "reverted", "forked")
CALLS = ("lost_request", "lost_answer", "rate_limited", "delayed", "lagging", "garbage")


def faults(names: Sequence[str]) -> st.SearchStrategy[Mapping[str, Decimal]]:
    rates = st.sampled_from([Decimal(0), Decimal(0), Decimal("0.5")])
    return st.fixed_dictionaries({f"paper_fault_{name}": rates for name in names})


runs = st.builds(
    Run,
    seed=st.text("ab", max_size=3),
    fates=faults(FATES),
    calls=faults(CALLS),
    landing=st.sampled_from([0, 400, 3_000, 6_000]),
    skew_ms=st.sampled_from([0, 0, -6_000, -800, 800, 6_000, 15_000]),
    tight=st.booleans(),
    sent_first=st.booleans(),
    acts=st.tuples(acts, acts),
    turns=st.lists(st.booleans(), max_size=40),
)


@dataclass
class Scene:
    """One ledger, two desks over it, and what was concluded of each transaction."""

    run: Run
    ledger: InMemoryLedger
    submissions: list[Submission] = field(default_factory=list)
    claims: list[set[Ending]] = field(default_factory=lambda: [set(), set()])

    def desk(self, skew_ms: int = 0, calls: Mapping[str, Decimal] | None = None) -> PaperDesk:
        settings = paper_settings(
            paper_seed=self.run.seed,
            paper_drift_bps=0,
            paper_blockhash_blocks=12,
            paper_finality_blocks=3,
            paper_landing_delay_ms=DelayRange(0, self.run.landing),
            **self.run.fates,
            **(calls or {}),
        )
        return PaperDesk(self.ledger, FakeClock(START + skew_ms), settings)

    def look(self, desk: PaperDesk, which: int) -> None:
        with suppress(ChainUnavailable):
            submission = self.submissions[which]
            observation = observe(desk.chain, submission)
            verdict = decide(submission, observation, now=0, expires_at=1, may_retry=True)
            if verdict in PROVED:
                self.claims[which].add(PROVED[verdict])

    def work(self, desk: PaperDesk, acts: Sequence[Act]) -> Callable[[], None]:
        def run() -> None:
            for act in acts:
                desk.clock.advance(act.wait_ms)
                if act.sends:
                    with suppress(ChainUnavailable):
                        desk.chain.send(self.submissions[act.which])
                else:
                    self.look(desk, act.which)

        return run


def play(run: Run, ledger: InMemoryLedger) -> Scene:
    """Build two swaps on one pool, let two workers at them, and look once more when all is over."""
    scene = Scene(run, ledger)
    quiet = scene.desk()
    quoted = quiet.venues["raydium"].quote(ask()).amount_out
    minimum = quoted if run.tight else 1  # a tight one slips when the other swap lands first
    scene.submissions = [quiet.submission(ask(number), minimum=minimum) for number in (1, 2)]
    for submission in scene.submissions if run.sent_first else ():
        quiet.chain.send(submission)
    desks = (scene.desk(calls=run.calls), scene.desk(run.skew_ms, run.calls))
    workers = [Worker(scene.work(desk, acts)) for desk, acts in zip(desks, run.acts, strict=True)]
    current: list[Worker] = []

    def before_each_call(_method: str, moment: str) -> None:
        if moment == "before":
            current[-1].stop()

    ledger.interrupt = before_each_call
    turns = iter(run.turns)
    while running := [worker for worker in workers if not worker.done]:
        current.append(running[next(turns, True) and len(running) - 1])
        current[-1].step()
    ledger.interrupt = InMemoryLedger().interrupt
    for worker in workers:
        if worker.failure is not None:
            raise worker.failure
    last = scene.desk()
    last.clock.advance(10 * 60_000)
    for which in (0, 1):
        scene.look(last, which)
    return scene


def minimum_of(submission: Submission) -> int:
    message, _ = open_transaction(base64.b64decode(submission.transaction))
    return read_message(message).minimum_amount_out


def check(run: Run, ledger: InMemoryLedger) -> None:
    scene = play(run, ledger)
    assert [len(claims) for claims in scene.claims] == [1, 1]
    for submission, (claim,) in zip(scene.submissions, scene.claims, strict=True):
        outcome = ledger.outcomes.get(submission.signature)
        assert outcome is None or outcome.ending is claim
        if claim is Ending.LANDED and outcome is not None:
            assert outcome.amount_out >= minimum_of(submission)
    landed = [outcome for outcome in ledger.outcomes.values() if outcome.ending is Ending.LANDED]
    before, after = POOL.state.to_record(), ledger.stored[POOL.address].state.to_record()
    assert int(after["vault_0"]) - int(before["vault_0"]) == sum(swap.amount_in for swap in landed)
    assert int(before["vault_1"]) - int(after["vault_1"]) == sum(swap.amount_out for swap in landed)
    assert ledger.stored[POOL.address].version == POOL.version + len(landed)


@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R6")
@settings(max_examples=200)
@given(runs)
def test_each_transaction_ends_once_and_the_pool_moves_by_exactly_what_landed(run: Run) -> None:
    ledger = InMemoryLedger([POOL])
    check(run, ledger)
    assert len(ledger.outcomes) == 2


class WithoutTombstones(InMemoryLedger):
    """A control: it says that a transaction is expired without writing it down."""

    def close(self, signature: str, outcome: Outcome) -> Outcome:
        if outcome.ending is Ending.EXPIRED:
            self._enter("close")
            return self.outcomes.get(signature, outcome)
        return super().close(signature, outcome)


class WithoutVersions(InMemoryLedger):
    """A control: a landing overwrites the pool, whoever moved it meanwhile."""

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        self._enter("land")
        stands = self.outcomes.setdefault(signature, outcome)
        if stands == outcome:
            self.stored[pool.address] = pool
        return stands


class WithoutFirstOutcome(InMemoryLedger):
    """A control: a landing overwrites the outcome that was there first."""

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        self._enter("land")
        if self.stored[pool.address].version != pool.version - 1:
            return None
        self.stored[pool.address] = pool
        self.outcomes[signature] = outcome
        return outcome


QUIET = Run(
    seed="",
    fates={},
    calls={},
    landing=0,
    skew_ms=0,
    tight=False,
    sent_first=False,
    acts=([], []),
    turns=[],
)
SEND, LOOK = partial(Act, sends=True, which=0), partial(Act, sends=False, which=0)

CAUGHT: Mapping[type[InMemoryLedger], Run] = {
    # The second worker says that it expired; then the first one, slow, sends it at last.
    WithoutTombstones: replace(QUIET, acts=([SEND(0)], [LOOK(9_000)])),
    # The first worker is held between reading the pool and landing; the second one lands another swap.
    WithoutVersions: replace(
        QUIET, sent_first=True, acts=([LOOK(3_000)], [Act(3_000, sends=False, which=1)]), turns=[False] * 3
    ),
    # Both workers are about to land the same swap.
    WithoutFirstOutcome: replace(
        QUIET, acts=([SEND(0), LOOK(0)], [LOOK(3_000)]), turns=[False, False, False]
    ),
}


@pytest.mark.parametrize("control", CAUGHT)
def test_a_ledger_that_lacks_a_condition_is_caught(control: type[InMemoryLedger]) -> None:
    """The runs are what hypothesis found for each control, at its smallest."""
    check(CAUGHT[control], InMemoryLedger([POOL]))
    with pytest.raises(AssertionError):
        check(CAUGHT[control], control([POOL]))
