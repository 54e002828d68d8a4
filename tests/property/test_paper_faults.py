"""However the chain misbehaves, each look that proves something proves what became of the transaction."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.config import DelayRange, Settings
from chalicelib.domain.submission import Observation, Submission, Verdict, decide
from chalicelib.errors import ChainUnavailable
from tests.fakes.looks import observe, reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, changed, paper_settings

Judge = Callable[..., Verdict]

POOL = seeded_pools()[0]
PROVED = {
    Verdict.CONFIRM: Ending.LANDED,
    Verdict.FAIL: Ending.FAILED,
    Verdict.REROUTE_EXPIRED: Ending.EXPIRED,
}
FATES = ("dropped", "late", "reverted", "forked")
CALLS = ("lost_request", "lost_answer", "rate_limited", "delayed", "lagging", "garbage")
QUIET = paper_settings(paper_blockhash_blocks=20, paper_finality_blocks=5, paper_drift_bps=0)

rates = st.sampled_from([Decimal(0), Decimal("0.3"), Decimal("0.6")])
rough = st.builds(
    lambda seed, landing, given: changed(
        QUIET, paper_seed=seed, paper_landing_delay_ms=DelayRange(0, landing), **given
    ),
    st.integers(0, 10**9).map(str),
    st.sampled_from([400, 3_000, 9_000]),
    st.fixed_dictionaries({f"paper_fault_{name}": rates for name in FATES + CALLS}),
)


def watch(chosen: Settings, judge: Judge = decide) -> tuple[set[Ending], Ending, InMemoryLedger]:
    """What was concluded by a worker that sends and looks until long after, and what is so."""
    ledger = InMemoryLedger([POOL])
    submission = PaperDesk(ledger, settings=changed(QUIET, paper_seed=chosen.paper.seed)).submission(ask())
    desk = PaperDesk(ledger, settings=chosen)
    claims = set()
    for look in range(100):
        with suppress(ChainUnavailable):
            if look % 10 == 0:
                desk.chain.send(submission)
        with suppress(ChainUnavailable):
            verdict = judge(submission, observe(desk.chain, submission), now=0, expires_at=1, may_retry=True)
            claims |= {PROVED[verdict]} if verdict in PROVED else set()
        desk.clock.advance(200)
    quiet = PaperDesk(ledger, desk.clock, changed(QUIET, paper_seed=chosen.paper.seed))
    reading_of(quiet.chain, submission)
    return claims, ledger.outcomes[submission.signature].ending, ledger


@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@settings(max_examples=150)
@given(rough)
def test_all_that_is_ever_concluded_of_a_transaction_is_its_one_outcome(chosen: Settings) -> None:
    claims, ending, ledger = watch(chosen)
    assert claims <= {ending}
    landed = ending is Ending.LANDED
    assert ledger.stored[POOL.address].version == POOL.version + landed


def believes_a_fork(submission: Submission, seen: Observation, **kept) -> Verdict:
    """A control: a landing below confirmed is taken for one."""
    status = seen.signature.status
    landed = status is not None and status.error is None
    return Verdict.CONFIRM if landed else decide(submission, seen, **kept)


def believes_an_error(submission: Submission, seen: Observation, **kept) -> Verdict:
    """A control: an error below finalized is taken for the end."""
    status = seen.signature.status
    failed = status is not None and status.error is not None
    return Verdict.FAIL if failed else decide(submission, seen, **kept)


def believes_a_lagging_node(submission: Submission, seen: Observation, **kept) -> Verdict:
    """A control: absence proves an expiry, however old the answer is."""
    recent = replace(seen.signature, slot=seen.height.slot)
    return decide(submission, replace(seen, signature=recent), **kept)


def believes_in_time_outs(submission: Submission, seen: Observation, **kept) -> Verdict:
    """A control: what is absent at the last valid height is taken for dead before that is final."""
    ahead = replace(seen.height, block_height=seen.height.block_height + 2 * QUIET.paper.finality_blocks)
    return decide(submission, replace(seen, height=ahead), **kept)


CAUGHT: Mapping[Judge, Mapping[str, str]] = {
    believes_a_fork: {"forked": "1"},
    believes_an_error: {"forked": "1"},
    believes_a_lagging_node: {"late": "1", "lagging": "0.5"},
    believes_in_time_outs: {"late": "1"},
}


@pytest.mark.parametrize("judge", CAUGHT)
def test_a_worker_that_believes_too_much_is_caught(judge: Judge) -> None:
    given: dict[str, Any] = {f"paper_fault_{name}": Decimal(rate) for name, rate in CAUGHT[judge].items()}
    runs = [watch(changed(QUIET, paper_seed=str(seed), **given), judge) for seed in range(20)]
    assert any(not claims <= {ending} for claims, ending, _ in runs)


@given(rough)
@settings(max_examples=20)
def test_a_seed_repeats_every_fault(chosen: Settings) -> None:
    (first, *_), (again, *_) = watch(chosen), watch(chosen)
    assert first == again
