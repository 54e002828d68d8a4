"""What the model's workers do: persist, send, look, conclude; and what may happen to them.

What an observation allows is not modelled: the engine's own `decide` is asked. The workers' clocks are not
kept: whether an order's time is over is answered both ways each time, which covers every skew of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    decide,
)
from tests.simulation.explorer.protocol.chain import (
    CONFIRMED_DEPTH,
    FINALIZED_DEPTH,
    VALID_BLOCKS,
    finalized,
    sent_of,
    sights,
    take,
)
from tests.simulation.explorer.protocol.states import (
    CONFIRMED,
    EXPIRED,
    FAILED,
    FINAL,
    OPEN,
    SUBMITTED,
    Event,
    Move,
    Sent,
    Sight,
    State,
    Transaction,
    Worker,
)

WORKERS = 2
ATTEMPTS = 2
PERSIST, UNSURE, SEND, SEND_AGAIN, LOOK = "persist", "unsure", "send", "send again", "look"


@dataclass(frozen=True, slots=True)
class Rules:
    """How the workers act. A control has one of these otherwise."""

    name: str = "the protocol"
    decide: Callable[..., Verdict] = decide
    persists_first: bool = True
    reads_height_first: bool = True
    saves_on_condition: bool = True
    judges_by_write_id: bool = True


PROTOCOL = Rules()

PLANS = {
    Verdict.CONFIRM: CONFIRMED,
    Verdict.FAIL: FAILED,
    Verdict.EXPIRE: EXPIRED,
    Verdict.REROUTE_SLIPPED: OPEN,
    Verdict.REROUTE_EXPIRED: OPEN,
}


def worker_moves(state: State, rules: Rules) -> Iterator[Move]:
    """What the workers can do next, what can befall them, and what they did that takes effect only now."""
    if state.deliveries and len(state.workers) < WORKERS and state.order[-1].status not in FINAL:
        for told, worker in _delivered(state, rules):
            begun = state._replace(deliveries=state.deliveries - 1, workers=(*state.workers, worker))
            yield f"delivery {worker.delivery} reads the order, to {told}", begun
    for worker in state.workers:
        if state.faults:
            yield (
                f"delivery {worker.delivery} is killed",
                _gone(state._replace(faults=state.faults - 1), worker),
            )
        for told, following in _STEPS[worker.step](state, worker, rules):
            yield f"delivery {worker.delivery} {told}", following
    for write in state.in_the_air:
        left = tuple(other for other in state.in_the_air if other is not write)
        arrived, _ = _written(state._replace(in_the_air=left), *write, rules)
        yield f"a lost write arrives: {write[1].status}", arrived


def _delivered(state: State, rules: Rules) -> Iterator[tuple[str, Worker]]:
    """A delivery executes the order, or closes one that never left: late, cancelled or a dead letter."""
    delivery, version = state.deliveries, len(state.order)
    if state.order[-1].status == SUBMITTED:
        yield "land it", Worker(delivery, LOOK, version, state.order[-1].transaction)
        return
    signed = Transaction(delivery, state.tip + VALID_BLOCKS)
    first_step = PERSIST if rules.persists_first else SEND
    yield "submit it", Worker(delivery, first_step, version, signed, Event(SUBMITTED, delivery, signed))
    yield "close it", Worker(delivery, PERSIST, version, None, Event(FAILED, delivery))


def _persist(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    event = _plan(worker)
    after, made = _written(state, worker.version, event, rules)
    yield (
        f"persists {event.status}: {'done' if made else 'refused'}",
        _judged(after, worker, rules, made=made),
    )
    if state.faults:
        lost = state._replace(
            in_the_air=(*state.in_the_air, (worker.version, event)), faults=state.faults - 1
        )
        yield f"persists {event.status} and hears nothing", _on(lost, worker, worker._replace(step=UNSURE))


def _ask_what_became_of_it(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    yield "reads what became of its write", _judged(state, worker, rules, made=False)


def _judged(state: State, worker: Worker, rules: Rules, *, made: bool) -> State:
    """Go on if the write was made; else stop: somebody else was first, or the message comes again."""
    event, place = _plan(worker), worker.version
    if not made and place < len(state.order):
        stored = state.order[place]
        made = (
            stored.written_by == event.written_by
            if rules.judges_by_write_id
            else stored.status == event.status
        )
    if not made or event.status != SUBMITTED:
        return _gone(state, worker)
    step = SEND if rules.persists_first else LOOK
    return _on(state, worker, Worker(worker.delivery, step, worker.version + 1, worker.transaction))


def _send(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    step = LOOK if rules.persists_first else PERSIST
    yield "sends", _on(take(state, _transaction(worker)), worker, worker._replace(step=step))


def _send_again(state: State, worker: Worker, _rules: Rules) -> Iterator[Move]:
    yield "sends again", _gone(take(state, _transaction(worker)), worker)


def _look(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    sent = sent_of(state, _transaction(worker))
    attempts = sum(event.status == OPEN for event in state.order[: worker.version])
    for told, concluded in _looks(worker, sent, state.tip, rules, may_retry=attempts < ATTEMPTS):
        yield told, _on(state, worker, concluded)


@cache
def _looks(
    worker: Worker, sent: Sent, tip: int, rules: Rules, *, may_retry: bool
) -> tuple[tuple[str, Worker | None], ...]:
    """Read the height and the status, one after the other; after the second it is decided."""
    is_first = worker.height is None and worker.sight is None
    if is_first == rules.reads_height_first:
        height = finalized(tip)
        readings = {f"reads height {height}": worker._replace(height=height)}
    else:
        seen = sights(sent, tip)
        readings = {f"reads the status: {_told(sight)}": worker._replace(sight=sight) for sight in seen}
    following: dict[Worker | None, str] = {}
    for told, informed in readings.items():
        if is_first:
            following[informed] = told
            continue
        for verdict in _verdicts(rules.decide, sent.transaction, informed, may_retry=may_retry):
            following.setdefault(_concluding(informed, verdict), f"{told}, and may {verdict.value}")
    return tuple((told, concluded) for concluded, told in following.items())


def _told(sight: Sight) -> str:
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
    observation = Observation(HeightReading(height, height), StatusReading(_status(sight), sight.slot))
    verdicts = (decide(submission, observation, now=now, expires_at=1, may_retry=may_retry) for now in (0, 1))
    return tuple(dict.fromkeys(verdicts))


def _status(sight: Sight) -> SignatureStatus | None:
    if sight.depth is None:
        return None
    commitment = Commitment.PROCESSED
    if sight.depth >= CONFIRMED_DEPTH:
        commitment = Commitment.FINALIZED if sight.depth >= FINALIZED_DEPTH else Commitment.CONFIRMED
    return SignatureStatus(commitment, LandingError.SLIPPAGE if sight.slipped else None)


def _written(state: State, version: int, event: Event, rules: Rules) -> tuple[State, bool]:
    """The state after a write, and whether it was made: only onto the version that it was made from.

    Writes and writers that come too late for that version then would be refused, whenever their turn is: they
    are forgotten at once.
    """
    order = (*state.order[:version], event)
    if not rules.saves_on_condition:
        return state._replace(order=order), True
    if len(state.order) != version:
        return state, False
    air = tuple(write for write in state.in_the_air if write[0] > version)
    workers = tuple(worker for worker in state.workers if not _comes_too_late(worker, version, event, rules))
    return state._replace(order=order, in_the_air=air, workers=workers), True


def _comes_too_late(worker: Worker, version: int, event: Event, rules: Rules) -> bool:
    is_other = worker.delivery != event.written_by
    is_behind = worker.step == PERSIST and worker.version <= version
    return is_other and is_behind and rules.judges_by_write_id


def _plan(worker: Worker) -> Event:
    assert worker.plan is not None
    return worker.plan


def _transaction(worker: Worker) -> Transaction:
    assert worker.transaction is not None
    return worker.transaction


def _on(state: State, worker: Worker, after: Worker | None) -> State:
    others = tuple(other for other in state.workers if other.delivery != worker.delivery)
    return state._replace(workers=others if after is None else tuple(sorted((*others, after))))


def _gone(state: State, worker: Worker) -> State:
    return _on(state, worker, None)


_STEPS: dict[str, Callable[[State, Worker, Rules], Iterator[Move]]] = {
    PERSIST: _persist,
    UNSURE: _ask_what_became_of_it,
    SEND: _send,
    SEND_AGAIN: _send_again,
    LOOK: _look,
}
