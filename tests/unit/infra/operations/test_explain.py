"""What an operator is told about an order."""

import json
from dataclasses import replace

import pytest

from chalicelib.domain.backlog import Slots
from chalicelib.domain.trading import TradingState
from chalicelib.services.inspect_orders import Inspected, InspectOrders
from infra.operations.explain import as_text, explain
from infra.operations.wording import duration, table
from tests.fakes.examples import an_order
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository

ACTIVE, REDUCING, HALTED = TradingState
ACCEPTED = 1_700_000_000_000
LIFE = a_life(an_order(at=ACCEPTED, valid_for_seconds=60))
PENDING, ROUTING, BUILDING, SUBMITTED, REROUTED, *_, CONFIRMED = LIFE


def told(order, trading=ACTIVE, after=5_000):
    """All that is said of an order so long (ms) after it was accepted; Reconcile looks after 15 seconds."""
    shown = explain(
        Inspected(order, order.enqueued_at + 15_000), trading, ACCEPTED + after, "wss://x", "paper"
    )
    json.dumps(shown)
    return shown


def sentences(order, **how):
    shown = told(order, **how)
    return " ".join(shown["next"] + shown["operator"])


def test_the_timeline_has_every_event_with_the_time_that_it_lasted():
    timeline = told(CONFIRMED)["timeline"]
    assert [entry["status"] for entry in timeline] == [event.status for event in CONFIRMED.events]
    assert [entry.get("lastedMs") for entry in timeline] == [1, 1, 1, 1, 1, 1, 1, None]
    assert timeline[4]["reason"]["code"] == "SLIPPAGE_EXCEEDED"
    assert told(SUBMITTED)["timeline"][-1]["lastedMs"] == 5_000 - 3


def test_a_final_order_needs_nothing():
    assert told(CONFIRMED)["operator"] == []
    assert sentences(CONFIRMED) == "Nothing: it is final."


@pytest.mark.parametrize(
    ("order", "how", "said"),
    [
        (PENDING, {}, "was due 5.0 s ago; unless an execution has it, Reconcile sends another in 10.0 s"),
        (PENDING, {"after": 20_000}, "Reconcile sends another at its next sweep"),
        (replace(PENDING, enqueued_at=ACCEPTED + 7_000), {}, "Its message is due in 2.0 s."),
        (ROUTING, {}, "The next execution quotes the venues. It expires in 55.0 s"),
        (BUILDING, {}, "builds the swap on its route"),
        (SUBMITTED, {}, "closed, or tried again while attempts are left"),
        (SUBMITTED, {"trading": REDUCING}, "In that case the order is closed."),
        (SUBMITTED, {"trading": HALTED}, "the chain is not asked"),
        (SUBMITTED, {"after": 61_000}, "it is not sent any more"),
        (SUBMITTED, {}, "only the chain's proof may close it"),
        (PENDING, {"trading": REDUCING}, "`expire-open` closes it now"),
        (PENDING, {"trading": HALTED}, "it waits, and expires in 55.0 s unless trading goes on"),
        (PENDING, {"after": 61_000}, "closes it as expired"),
        (PENDING, {}, f"`reconcile {PENDING.order_id}` sends its message at once"),
        (replace(PENDING, requeues=10), {}, "Its messages don't help"),
    ],
)  # fmt: skip
def test_what_happens_next_and_what_can_be_done(order, how, said):
    assert said in sentences(order, **how)


@pytest.mark.parametrize("trading", [REDUCING, HALTED])
def test_a_submitted_order_is_never_said_to_be_closed_by_an_operator(trading):
    assert "expire-open" not in sentences(SUBMITTED, trading=trading)


@pytest.mark.parametrize("order", LIFE, ids=lambda order: f"{order.version}-{order.status}")
def test_every_order_of_a_life_can_be_shown_to_a_person(order):
    lines = as_text(told(order))
    assert lines[0] == f"Order {order.order_id} of account open: {order.status}"
    assert sum(line.startswith("2023-11-14T22:13:20.") for line in lines) == order.version
    assert ("What you can do:" in lines) is (order is not CONFIRMED)


def test_the_route_is_shown_with_every_venue():
    text = "\n".join(as_text(told(SUBMITTED)))
    for said in ("raydium", "outbid", "VENUE_UNAVAILABLE", "Submitted as signature-1"):
        assert said in text


def test_open_orders_are_listed_oldest_first():
    orders = [an_order(f"order-{n}", at=ACCEPTED - n) for n in range(4)]
    repository = InMemoryOrderRepository(*orders, CONFIRMED)
    found = InspectOrders(repository, Slots(10, 2_750)).open(100)
    assert found.count == 4
    assert [order.order_id for order in found.orders] == ["order-3", "order-2", "order-1", "order-0"]
    assert len(InspectOrders(repository, Slots(10, 2_750)).open(2).orders) == 2


def test_when_reconcile_takes_an_order_up_is_told_from_the_backlog():
    orders = [an_order(f"order-{n}", at=ACCEPTED) for n in range(20)]
    inspected = InspectOrders(InMemoryOrderRepository(*orders), Slots(10, 2_750)).one("order-7")
    assert inspected.taken_up_at == ACCEPTED + 5_500 + 15_000


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1_000, "1.0 s"),
        (59_999, "59.9 s"),
        (60_000, "1 m 00 s"),
        (3_599_999, "59 m 59 s"),
        (7_620_000, "2 h 07 m"),
        (-1_500, "-1.5 s"),
    ],
)
def test_a_time_span_in_words(milliseconds, words):
    assert duration(milliseconds) == words


def test_columns_stand_under_one_another():
    assert table(("A", "B"), [("xyz", "1"), ("x", "22")]) == ["A    B", "xyz  1", "x    22"]
