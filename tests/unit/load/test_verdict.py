"""The judgement of a torture run is right of what went well, and catches each thing that may be wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api.events import event_json
from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Fill, Order
from tests.e2e.ledger import Landing
from tests.fakes.examples import an_order
from tests.fakes.lives import a_life
from tests.load.torture import Plan, table
from tests.load.verdict import Evidence, Invocation, Told, Verdict, judge, most_at_once

TRADED = a_life()[-1]
DROPPED = transitions.cancel(an_order("00000000-0000-4000-8000-000000000002"), Stamp(2_000, "write-2"))
LANDED = Landing(TRADED.order_id, "signature-2", TRADED.amount_in, 149_123_456)


def told(order: Order, **changes: Any) -> Told:
    given = Told(order.order_id, [event_json(event) for event in order.events])
    return replace(given, **changes)


EVIDENCE = Evidence(
    told=[told(TRADED), told(DROPPED, cancelled=True)],
    orders={TRADED.order_id: TRADED, DROPPED.order_id: DROPPED},
    landings={TRADED.order_id: [LANDED]},
    swaps_made=1,
    executions=[Invocation(0, 10)],
    watches=[Invocation(0, 10), Invocation(5, 15)],
)


def with_told(order: Order, **changes: Any) -> Evidence:
    """The evidence, but for what the client of one order was told."""
    others = [one for one in EVIDENCE.told if one.order_id != order.order_id]
    return replace(EVIDENCE, told=[*others, told(order, **changes)])


def with_stored(order: Order) -> Evidence:
    """The evidence, but for what is stored of one order, of which its client was told the truth."""
    return replace(with_told(order), orders={**EVIDENCE.orders, order.order_id: order})


def with_landings(*landings: Landing, swaps_made: int | None = None) -> Evidence:
    swaps = len(landings) if swaps_made is None else swaps_made
    return replace(EVIDENCE, landings={TRADED.order_id: landings} if landings else {}, swaps_made=swaps)


def retold(change: Callable[[list[dict[str, Any]]], object]) -> Evidence:
    """The evidence, but that the client of the traded order was told otherwise."""
    events = [dict(event) for event in told(TRADED).events]
    change(events)
    return with_told(TRADED, events=events)


def test_nothing_is_wrong_with_what_went_well() -> None:
    assert judge(EVIDENCE) == Verdict([], [], [], [], executing=1, watching=2)


STRANGER = an_order("00000000-0000-4000-8000-000000000003")
DOCTORED = {
    "a second landing": ("duplicates", with_landings(LANDED, replace(LANDED, signature="signature-1"))),
    "a pool moved by nobody": ("duplicates", with_landings(LANDED, swaps_made=2)),
    "one order for two clients": ("duplicates", replace(EVIDENCE, told=[*EVIDENCE.told, told(TRADED)])),
    "a second order for one key": (
        "duplicates",
        replace(EVIDENCE, orders={**EVIDENCE.orders, STRANGER.order_id: STRANGER}),
    ),
    "an order that is gone": ("lost", replace(EVIDENCE, orders={DROPPED.order_id: DROPPED})),
    "an order that never ended": ("lost", with_stored(a_life()[-2])),
    "a gap in the middle": ("gaps", retold(lambda events: events.pop(3))),
    "a last event that never came": ("gaps", retold(lambda events: events.pop())),
    "events out of order": ("gaps", retold(lambda events: events.reverse())),
    "an event told twice": ("gaps", retold(lambda events: events.append(events[-1]))),
    "a history with a gap": (
        "gaps",
        with_stored(replace(TRADED, events=TRADED.events[:3] + TRADED.events[4:])),
    ),
    "a status that is a lie": ("untrue", retold(lambda events: events[-1].update(status="failed"))),
    "a fill that is a lie": ("untrue", retold(lambda events: events[-1].update(amountOut="150"))),
    "confirmed without a landing": ("untrue", with_landings()),
    "a landing that is not confirmed": (
        "untrue",
        replace(EVIDENCE, landings={**EVIDENCE.landings, DROPPED.order_id: [LANDED]}, swaps_made=2),
    ),
    "another fill than the ledger's": (
        "untrue",
        with_stored(replace(TRADED, fill=Fill(TRADED.amount_in, 149_123_457))),
    ),
    "another transaction than the ledger's": (
        "untrue",
        with_landings(replace(LANDED, signature="signature-1")),
    ),
    "less than the minimum": ("untrue", with_stored(replace(TRADED, minimum_amount_out=149_123_457))),
    "a cancel that was granted and traded": ("untrue", with_told(TRADED, cancelled=True)),
}


@pytest.mark.parametrize("what", DOCTORED)
def test_what_is_doctored_is_caught_as_what_it_is(what: str) -> None:
    kind, evidence = DOCTORED[what]
    verdict = judge(evidence)
    assert getattr(verdict, kind)
    assert set(getattr(verdict, kind)) <= set(verdict.wrong)


def test_eleven_executions_at_once_are_one_too_many() -> None:
    for many, wrong in ((10, []), (11, ["11 executions ran at once"])):
        crowded = [Invocation(begin, 100) for begin in range(many)]
        assert judge(replace(EVIDENCE, executions=crowded)).wrong == wrong


def test_six_batches_watched_at_once_are_one_too_many() -> None:
    for many, wrong in ((5, []), (6, ["6 batches were watched at once"])):
        crowded = [Invocation(begin, 100) for begin in range(many)]
        assert judge(replace(EVIDENCE, watches=crowded)).wrong == wrong


def test_an_invocation_that_begins_as_another_ends_does_not_overlap_it() -> None:
    assert most_at_once([Invocation(0, 10), Invocation(10, 20, killed=True), Invocation(5, 15)]) == 2
    assert most_at_once([]) == 0


def test_the_table_tells_every_count() -> None:
    shown = table(EVIDENCE, judge(EVIDENCE))
    rows = {line[:20].strip(): int(line[20:]) for line in shown.splitlines()}
    assert (rows["accepted"], rows["confirmed"], rows["cancelled"], rows["landings"]) == (2, 1, 1, 1)
    assert (rows["lost"], rows["duplicates"], rows["gaps"], rows["untrue"]) == (0, 0, 0, 0)


def test_a_plans_seed_is_the_stacks() -> None:
    assert "PAPER_SEED=seven" in Plan(1, 0, "seven").settings
