"""Every state of the model that can be reached, and every way through them, counted.

Nothing is cut off: each schedule is followed until nothing can happen any more. States that several prefixes
share are followed once, and counted as often as there are schedules through them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.simulation.explorer.protocol.chain import chain_moves, may_swap
from tests.simulation.explorer.protocol.rules import PROTOCOL, Rules
from tests.simulation.explorer.protocol.states import CONFIRMED, FINAL, History, Move, Sent, State
from tests.simulation.explorer.protocol.workers import worker_moves
from tests.simulation.explorer.violation import Violation

BEGIN = State()


@dataclass(frozen=True, slots=True)
class Search:
    """What was found: `depth` is the length of the longest schedule, `endings` the end states by status."""

    states: int
    schedules: int
    depth: int
    endings: Counter[str]


def search(rules: Rules = PROTOCOL, begin: State = BEGIN) -> Search:
    """Follow everything. Raises the Violation with the fewest moves before it."""
    states = [begin]
    numbers = {states[0]: 0}
    reached_by: list[tuple[int, str]] = [(0, "")]
    following: list[list[int]] = []
    for number, state in enumerate(states):
        after: set[int] = set()
        for told, new in _moves(state, rules):
            known = numbers.setdefault(new, len(states))
            if known == len(states):
                states.append(new)
                reached_by.append((number, told))
            broken = _broken_by(state, new)
            if broken is not None:
                steps = [*_way_to(number, reached_by), told]
                raise Violation(_tell(broken, rules, steps))
            after.add(known)
        following.append(list(after))
    schedules, depth = _count(following)
    endings = Counter(
        state.order[-1].status for state, after in zip(states, following, strict=True) if not after
    )
    return Search(len(states), schedules, depth, endings)


def _moves(state: State, rules: Rules) -> Iterator[Move]:
    yield from chain_moves(state)
    yield from worker_moves(state, rules)


def _broken_by(before: State, after: State) -> str | None:
    if after.order is before.order:
        return _untruth(after.order, after.sent, after.tip)
    is_longer_by_one = after.order[:-1] == before.order and before.order[-1].status not in FINAL
    return _untruth(after.order, after.sent, after.tip) if is_longer_by_one else "history was rewritten"


@cache
def _untruth(order: History, network: tuple[Sent, ...], tip: int) -> str | None:
    recorded = {event.transaction for event in order}
    swapped = [sent.transaction for sent in network if sent.height is not None and not sent.slipped]
    status = order[-1].status
    wrongs = {
        "two transactions landed": len(swapped) > 1,
        "two transactions could land": sum(may_swap(sent, tip) for sent in network) > 1,
        "something was sent that is not recorded": any(s.transaction not in recorded for s in network),
        f"the order is {status}, and {'something' if swapped else 'nothing'} landed": (
            status in FINAL and (status == CONFIRMED) != bool(swapped)
        ),
    }
    return next((told for told, is_so in wrongs.items() if is_so), None)


def _count(following: list[list[int]]) -> tuple[int, int]:
    """How many ways lead to an end, and how long the longest is; no way leads back, since all is used up."""
    arrivals = Counter(number for after in following for number in after)
    ways, lengths = [0] * len(following), [0] * len(following)
    ways[0] = 1
    schedules, ready = 0, [0]
    while ready:
        number = ready.pop()
        schedules += 0 if following[number] else ways[number]
        for after in following[number]:
            ways[after] += ways[number]
            lengths[after] = max(lengths[after], lengths[number] + 1)
            arrivals[after] -= 1
            if not arrivals[after]:
                ready.append(after)
    return schedules, max(lengths)


def _way_to(number: int, reached_by: list[tuple[int, str]]) -> list[str]:
    steps = []
    while number:
        number, told = reached_by[number]
        steps.append(told)
    return steps[::-1]


def _tell(broken: str, rules: Rules, steps: list[str]) -> str:
    lines = [f"{broken}: {rules.name}, after {len(steps)} moves"]
    return "\n".join([*lines, *(f"{place:4} {step}" for place, step in enumerate(steps, start=1))])
