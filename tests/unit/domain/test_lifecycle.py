"""The life of an order: the table, attempts, and what a move records."""

import itertools
from dataclasses import replace

import pytest

from chalicelib.domain.lifecycle import FINAL, MOVES, Stamp, advance, may_retry, retry_wait
from chalicelib.domain.order import Fill, Status
from chalicelib.domain.transitions import confirm
from chalicelib.errors import IllegalTransition
from tests.fakes.examples import a_waiting_order, an_order


@pytest.mark.promise("R8")
@pytest.mark.parametrize(("start", "to"), list(itertools.product(Status, Status)))
def test_a_move_is_made_if_and_only_if_the_table_has_it(start, to):
    order = replace(a_waiting_order(), status=start)
    if to in MOVES[start]:
        assert advance(order, to, Stamp(5, "w")).status is to
    else:
        with pytest.raises(IllegalTransition, match=f"{start} -> {to}"):
            advance(order, to, Stamp(5, "w"))


@pytest.mark.parametrize("start", [status for status in Status if Status.ARMED in MOVES[status]])
def test_what_waits_for_no_price_is_never_armed(start):
    with pytest.raises(IllegalTransition, match=f"{start} -> armed"):
        advance(replace(an_order(), status=start), Status.ARMED, Stamp(5, "w"))


def test_four_statuses_are_final_and_submitted_is_never_cancelled():
    assert {Status.CONFIRMED, Status.FAILED, Status.EXPIRED, Status.CANCELLED} == FINAL
    assert Status.CANCELLED not in MOVES[Status.SUBMITTED]


@pytest.mark.promise("R8")
def test_a_move_adds_one_event_with_the_next_sequence_and_its_write():
    moved = advance(an_order(), Status.ROUTING, Stamp(77, "write-9"), detail={"dex": "raydium"})
    assert moved.version == 2
    assert (moved.events[-1].at, moved.last_write_id, moved.events[-1].detail) == (
        77,
        "write-9",
        {"dex": "raydium"},
    )


def test_every_entry_of_routing_spends_one_of_four_attempts():
    order = advance(an_order(), Status.ROUTING, Stamp(1, "w"))
    waits = []
    for _ in range(3):
        assert may_retry(order)
        order = advance(order, Status.ROUTING, Stamp(1, "w"))
        waits.append(retry_wait(order))
    assert waits == [2, 4, 8]
    assert not may_retry(order)
    with pytest.raises(IllegalTransition, match="attempts were spent"):
        advance(order, Status.ROUTING, Stamp(1, "w"))


@pytest.mark.parametrize("status", [status for status in Status if Status.CONFIRMED not in MOVES[status]])
def test_an_order_that_was_not_submitted_is_not_confirmed(status):
    order = replace(an_order(), status=status)
    with pytest.raises(IllegalTransition, match=f"{status} -> confirmed"):
        confirm(order, Fill(order.amount_in, 1), Stamp(5, "w"))
