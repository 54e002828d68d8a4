"""What the model's workers do, and what may happen to them.

An execution persists and sends, a landing looks and concludes; neither knows of the other but by the order.
"""

from collections.abc import Callable, Iterator

from tests.simulation.explorer.protocol.chain import (
    VALID_BLOCKS,
    sent_of,
    sights,
    take,
)
from tests.simulation.explorer.protocol.looks import looks, tell
from tests.simulation.explorer.protocol.rules import Rules
from tests.simulation.explorer.protocol.states import (
    FAILED,
    FINAL,
    GLANCE,
    LOOK,
    OPEN,
    PERSIST,
    SEND,
    SEND_AGAIN,
    SUBMITTED,
    UNSURE,
    Event,
    Move,
    State,
    Transaction,
    Worker,
)

WORKERS = 2
ATTEMPTS = 2


def worker_moves(state: State, rules: Rules) -> Iterator[Move]:
    """What the workers can do next, what can befall them, and what they did that takes effect only now."""
    if len(state.workers) < WORKERS and state.order[-1].status not in FINAL:
        yield from _deliveries(state, rules)
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


def _deliveries(state: State, rules: Rules) -> Iterator[Move]:
    """What may be begun. An execution of a submitted order, and a landing of any other, has nothing to do."""
    is_submitted = state.order[-1].status == SUBMITTED
    if state.landings and is_submitted:
        worker = Worker(state.deliveries, LOOK, len(state.order), state.order[-1].transaction)
        yield _begun(state._replace(landings=state.landings - 1), worker, "land it")
    if state.executions:
        left = state._replace(executions=state.executions - 1)
        for told, worker in _executions(state, rules):
            yield _begun(left, worker, told)


def _begun(state: State, worker: Worker, told: str) -> Move:
    moved = state._replace(workers=tuple(sorted((*state.workers, worker))))
    return f"delivery {worker.delivery} reads the order, to {told}", moved


def _executions(state: State, rules: Rules) -> Iterator[tuple[str, Worker]]:
    """An execution submits the order, or closes one that never left: late, cancelled or a dead letter."""
    delivery, version, latest = state.deliveries, len(state.order), state.order[-1]
    if latest.status == SUBMITTED:
        if rules.execution_believes_its_look:
            yield "see whether it landed", Worker(delivery, GLANCE, version, latest.transaction)
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
    if not rules.persists_first:
        return _gone(state, worker)
    return _on(state, worker, Worker(worker.delivery, SEND, worker.version + 1, worker.transaction))


def _send(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    after = None if rules.persists_first else worker._replace(step=PERSIST)
    yield "sends", _on(take(state, _transaction(worker)), worker, after)


def _send_again(state: State, worker: Worker, _rules: Rules) -> Iterator[Move]:
    yield "sends again", _gone(take(state, _transaction(worker)), worker)


def _glance(state: State, worker: Worker, _rules: Rules) -> Iterator[Move]:
    """What an execution that believes its own look does: it signs anew what it doesn't see."""
    for sight in sights(sent_of(state, _transaction(worker)), range(state.tip + 1), state.tip):
        retry = Event(OPEN, worker.delivery)
        after = (
            None if sight.depth is not None else worker._replace(step=PERSIST, transaction=None, plan=retry)
        )
        yield f"sees {tell(sight)}", _on(state, worker, after)


def _look(state: State, worker: Worker, rules: Rules) -> Iterator[Move]:
    sent = sent_of(state, _transaction(worker))
    attempts = sum(event.status == OPEN for event in state.order[: worker.version])
    for told, concluded in looks(worker, sent, state.tip, rules, may_retry=attempts < ATTEMPTS):
        yield told, _on(state, worker, concluded)


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
    GLANCE: _glance,
}
