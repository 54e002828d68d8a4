"""What a landing reads, and what it concludes.

What an observation allows is not modelled: the engine's own `decide` is asked. The workers' clocks are not
kept: whether an order's time is over is answered both ways each time, which covers every skew of them.
"""

from collections.abc import Callable, Iterator
from functools import cache

from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    Observation,
    SignatureStatus,
    StatusReading,
    Submission,
    Verdict,
)
from tests.simulation.explorer.protocol.chain import (
    CONFIRMED_DEPTH,
    FINALIZED_DEPTH,
    heights,
    sights,
)
from tests.simulation.explorer.protocol.rules import HEIGHT, STATUS, Rules
from tests.simulation.explorer.protocol.states import (
    CONFIRMED,
    EXPIRED,
    FAILED,
    OPEN,
    PERSIST,
    SEND_AGAIN,
    Event,
    Sent,
    Sight,
    Transaction,
    Worker,
)

PLANS = {
    Verdict.CONFIRM: CONFIRMED,
    Verdict.FAIL: FAILED,
    Verdict.EXPIRE: EXPIRED,
    Verdict.REROUTE_SLIPPED: OPEN,
    Verdict.REROUTE_EXPIRED: OPEN,
}


@cache
def looks(
    worker: Worker, sent: Sent, tip: int, rules: Rules, *, may_retry: bool
) -> tuple[tuple[str, Worker | None], ...]:
    """What a landing can read next, and where that leaves it: after the second reading it is decided."""
    following: dict[Worker | None, str] = {}
    for told, informed in _readings(worker, sent, tip, rules):
        if informed.height is None or informed.sight is None:
            following[informed] = told
            continue
        for verdict in _verdicts(rules.decide, sent.transaction, informed, may_retry=may_retry):
            following.setdefault(_concluding(informed, verdict), f"{told}, and may {verdict.value}")
    return tuple((told, concluded) for concluded, told in following.items())


def _readings(worker: Worker, sent: Sent, tip: int, rules: Rules) -> Iterator[tuple[str, Worker]]:
    is_first = worker.height is None and worker.sight is None
    if worker.height is None and not (is_first and rules.first_reading == STATUS):
        # What older nodes tell is not past the last valid height either, and proves as little.
        oldest = sent.transaction.last_valid + FINALIZED_DEPTH if rules.nodes_lag else tip
        for told in heights(tip, oldest):
            for height in rules.told_height(told, tip):
                yield f"reads height {height.block}, at slot {height.slot}", worker._replace(height=height)
    if worker.sight is None and not (is_first and rules.first_reading == HEIGHT):
        for sight in sights(sent, range(0 if rules.nodes_lag else tip, tip + 1), tip):
            yield f"reads the status: {tell(sight)}", worker._replace(sight=sight)


def tell(sight: Sight) -> str:
    """An answer in words."""
    found = "absent" if sight.depth is None else f"{sight.depth} deep{', slipped' * sight.slipped}"
    return f"{found}, at slot {sight.slot}"


def _concluding(worker: Worker, verdict: Verdict) -> Worker | None:
    if verdict is Verdict.SEND_AGAIN:
        return Worker(worker.delivery, SEND_AGAIN, worker.version, worker.transaction)
    if verdict is Verdict.WAIT:
        return None
    return Worker(worker.delivery, PERSIST, worker.version, None, Event(PLANS[verdict], worker.delivery))


def _verdicts(
    decide: Callable[..., Verdict], transaction: Transaction, informed: Worker, *, may_retry: bool
) -> tuple[Verdict, ...]:
    """What is concluded of the two readings, before and after the order's time is over."""
    height, sight = informed.height, informed.sight
    assert height is not None
    assert sight is not None
    submission = Submission("", "", transaction.last_valid, 0)
    observation = Observation(HeightReading(*height), StatusReading(_status(sight), sight.slot))
    verdicts = (decide(submission, observation, now=now, expires_at=1, may_retry=may_retry) for now in (0, 1))
    return tuple(dict.fromkeys(verdicts))


def _status(sight: Sight) -> SignatureStatus | None:
    if sight.depth is None:
        return None
    commitment = Commitment.PROCESSED
    if sight.depth >= CONFIRMED_DEPTH:
        commitment = Commitment.FINALIZED if sight.depth >= FINALIZED_DEPTH else Commitment.CONFIRMED
    return SignatureStatus(commitment, LandingError.SLIPPAGE if sight.slipped else None)
