"""What a torture run has shown: ledger, tables, invocations and what clients saw, held against each other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.api.events import event_json
from chalicelib.domain.amounts import format_amount
from chalicelib.domain.order import Order, Status
from tests.e2e.ledger import Landing
from tests.e2e.trader import FINAL

MOST_EXECUTIONS = 10
"""Executions at once: what routes, builds and sends."""

MOST_WATCHES = 5
"""Batches of submitted orders that are watched at once, however many orders wait."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a client was told of its order: events as they came, and whether its cancel was granted."""

    order_id: str
    events: Sequence[Mapping[str, Any]]
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a function, from begin to end in milliseconds; a killed one ended as its worker died."""

    begin: int
    end: int
    killed: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known after a run.

    `swaps_made` is what the pools themselves count, `executions` when Execute ran, `watches` when Land did.
    """

    told: Sequence[Told]
    orders: Mapping[str, Order]
    landings: Mapping[str, Sequence[Landing]]
    swaps_made: int
    executions: Sequence[Invocation]
    watches: Sequence[Invocation]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, each in a sentence; and how many executions and watches overlapped at most."""

    lost: Sequence[str]
    duplicates: Sequence[str]
    gaps: Sequence[str]
    untrue: Sequence[str]
    executing: int
    watching: int

    @property
    def wrong(self) -> list[str]:
        """Every sentence."""
        return [*self.lost, *self.duplicates, *self.gaps, *self.untrue, *self._overlaps()]

    def _overlaps(self) -> Iterator[str]:
        if self.executing > MOST_EXECUTIONS:
            yield f"{self.executing} executions ran at once"
        if self.watching > MOST_WATCHES:
            yield f"{self.watching} batches were watched at once"


def judge(evidence: Evidence) -> Verdict:
    """Hold everything against everything else."""
    return Verdict(
        lost=list(_lost(evidence)),
        duplicates=list(_duplicates(evidence)),
        gaps=list(_gaps(evidence)),
        untrue=list(_untrue(evidence)),
        executing=most_at_once(evidence.executions),
        watching=most_at_once(evidence.watches),
    )


def most_at_once(invocations: Sequence[Invocation]) -> int:
    """How many of them overlapped at most; one may begin as another ends."""
    changes = sorted([(one.begin, 1) for one in invocations] + [(one.end, -1) for one in invocations])
    running = most = 0
    for _, change in changes:
        running += change
        most = max(most, running)
    return most


def _lost(evidence: Evidence) -> Iterator[str]:
    for told in evidence.told:
        order = evidence.orders.get(told.order_id)
        if order is None:
            yield f"{told.order_id} was accepted and is not stored"
        elif order.status not in FINAL:
            yield f"{told.order_id} was accepted and stayed {order.status}"


def _duplicates(evidence: Evidence) -> Iterator[str]:
    times = Counter(told.order_id for told in evidence.told)
    yield from (f"{order_id} was given to {given} clients" for order_id, given in times.items() if given > 1)
    yield from (
        f"{order_id} is stored and nobody asked for it" for order_id in evidence.orders.keys() - times
    )
    for order_id, landed in evidence.landings.items():
        if len(landed) > 1:
            yield f"{order_id} landed {len(landed)} times"
    landings = sum(map(len, evidence.landings.values()))
    if evidence.swaps_made != landings:
        yield f"the pools were moved {evidence.swaps_made} times by {landings} landings"


def _gaps(evidence: Evidence) -> Iterator[str]:
    for told, order in _stored(evidence):
        came = [event["sequence"] for event in told.events]
        if came != list(range(1, order.version + 1)):
            yield f"{told.order_id} has {order.version} events and its client was told {came}"
        stored = [event.sequence for event in order.events]
        if stored != list(range(1, order.version + 1)):
            yield f"{told.order_id} has a history with gaps: {stored}"


def _untrue(evidence: Evidence) -> Iterator[str]:
    for told, order in _stored(evidence):
        stored = {event.sequence: event_json(event) for event in order.events}
        for event in told.events:
            if stored.get(event["sequence"]) != event:
                yield f"{told.order_id}: what was told is not what is stored: {event}"
        if told.cancelled and order.status is not Status.CANCELLED:
            yield f"{told.order_id} was said to be cancelled and is {order.status}"
        landed = evidence.landings.get(told.order_id, ())
        if (order.status is Status.CONFIRMED) != bool(landed):
            yield f"{told.order_id} is {order.status} and landed {len(landed)} times"
        elif landed and not _is_fill(landed[0], told, order):
            yield f"{told.order_id} has another fill than what landed: {landed[0]}"


def _is_fill(landed: Landing, told: Told, order: Order) -> bool:
    """Whether the order and its client know of exactly what landed, and it was no less than the minimum."""
    last = told.events[-1] if told.events else {}
    return (
        order.fill is not None
        and order.submission is not None
        and (order.fill.amount_in, order.fill.amount_out) == (landed.amount_in, landed.amount_out)
        and landed.amount_in == order.amount_in
        and landed.amount_out >= (order.minimum_amount_out or 0)
        and order.submission.signature == last.get("txHash") == landed.signature
        and last.get("amountOut") == format_amount(landed.amount_out, order.token_out)
    )


def _stored(evidence: Evidence) -> Iterator[tuple[Told, Order]]:
    return (
        (told, evidence.orders[told.order_id]) for told in evidence.told if told.order_id in evidence.orders
    )
