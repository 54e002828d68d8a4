"""Dead letters and cancels: closing an order from what is stored."""

from dataclasses import replace

import pytest

from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Status
from chalicelib.domain.submission import Submission
from chalicelib.domain.tokens import SOL
from chalicelib.domain.transitions import start_routing
from chalicelib.errors import NotCancellable, OrderNotFound, VersionConflict
from chalicelib.services.cancel_order import MOST_AT_ONCE, CancelOrder
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.read_orders import ReadOrders, SwappedTokens
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.telemetry import RecordingTelemetry

OPEN_STATUSES = [Status.PENDING, Status.ROUTING, Status.BUILDING, Status.SUBMITTED]
NO_LIMIT = Limits(orders_per_minute=1_000, open_orders=1_000)
LIFE_ENDS = an_order().expires_at
SUBMISSION = Submission("sig", "Ynl0ZXM=", 100, 0)


def stored(status=Status.PENDING, submission=None):
    return InMemoryOrderRepository(replace(an_order(), status=status, submission=submission))


def dead_letter(orders, telemetry=None, *, at=LIFE_ENDS):
    telemetry, clock = telemetry or RecordingTelemetry(), FakeClock(at)
    return HandleDeadLetter(orders, clock, FakeIdentifiers(), telemetry).handle(ORDER_ID)


def cancel(orders, account="open", telemetry=None):
    read_orders = ReadOrders(orders, InMemoryExposures(), InMemoryArmedExposures())
    telemetry = telemetry or RecordingTelemetry()
    service = CancelOrder(orders, read_orders, FakeClock(), FakeIdentifiers(), telemetry)
    return service.cancel(ORDER_ID, account)


def account_of(*statuses):
    """Stored orders of one account with these statuses, the last the newest, and what cancels them."""
    placed = [
        replace(an_order(f"00000000-0000-4000-8000-{number:012d}", at=number), status=status)
        for number, status in enumerate(statuses)
    ]
    orders, exposures = InMemoryOrderRepository(*placed), InMemoryExposures()
    for order in placed:
        exposures.count(order, NO_LIMIT)
    service = CancelOrder(
        orders,
        ReadOrders(orders, exposures, InMemoryArmedExposures()),
        FakeClock(),
        FakeIdentifiers(),
        RecordingTelemetry(),
    )
    return orders, service


def test_all_open_orders_are_cancelled_but_those_of_which_something_was_sent():
    orders, service = account_of(*OPEN_STATUSES)
    done = service.cancel_all("open", frozenset(OPEN_STATUSES), None)
    assert [order.status for order in done.others] == [Status.SUBMITTED]
    assert {order.order_id for order in done.cancelled} | {done.others[0].order_id} == {*orders.orders}
    assert all(orders.get(order.order_id).status is Status.CANCELLED for order in done.cancelled)
    assert (done.following, list(done.unreadable)) == (None, [])
    assert service.cancel_all("open", frozenset(OPEN_STATUSES), None).cancelled == []


def test_only_orders_of_the_named_statuses_and_of_the_account_are_cancelled():
    orders, service = account_of(Status.PENDING, Status.ROUTING)
    assert service.cancel_all("another", frozenset(OPEN_STATUSES), None).cancelled == []
    done = service.cancel_all("open", frozenset({Status.PENDING}), None)
    assert [order.accepted_at for order in done.cancelled] == [0]
    assert orders.get(done.cancelled[0].order_id).status is Status.CANCELLED


def test_only_orders_that_swap_the_named_tokens_are_cancelled():
    orders, service = account_of(Status.PENDING)
    (order_id,) = orders.orders
    bought = service.cancel_all("open", frozenset(OPEN_STATUSES), None, SwappedTokens(token_out=SOL))
    assert (bought.cancelled, orders.get(order_id).status) == ([], Status.PENDING)
    sold = service.cancel_all("open", frozenset(OPEN_STATUSES), None, SwappedTokens(token_in=SOL))
    assert [order.order_id for order in sold.cancelled] == [order_id]


def test_more_orders_than_one_call_cancels_are_cancelled_by_the_next_from_where_it_ended():
    _, service = account_of(*[Status.PENDING] * (MOST_AT_ONCE + 1))
    first = service.cancel_all("open", frozenset(OPEN_STATUSES), None)
    assert (len(first.cancelled), first.following is None) == (MOST_AT_ONCE, False)
    second = service.cancel_all("open", frozenset(OPEN_STATUSES), first.following)
    assert (len(second.cancelled), second.following) == (1, None)


def test_an_order_that_is_sent_while_the_others_are_cancelled_is_told_as_it_stands():
    orders, service = account_of(Status.PENDING, Status.PENDING)
    newest = max(orders.orders)

    def send_it(method, moment):
        if (method, moment) == ("get", "before"):
            orders.orders[newest] = replace(orders.orders[newest], status=Status.SUBMITTED)

    orders.interrupt = send_it
    done = service.cancel_all("open", frozenset(OPEN_STATUSES), None)
    assert ([order.status for order in done.others], len(done.cancelled)) == ([Status.SUBMITTED], 1)


@pytest.mark.promise("R11")
@pytest.mark.parametrize("status", [Status.ROUTING, Status.BUILDING])
def test_a_dead_letter_of_an_order_whose_executions_crashed_until_its_life_was_over_fails_it(status):
    orders, telemetry = stored(status), RecordingTelemetry()
    assert dead_letter(orders, telemetry).reason.code == "EXECUTION_CRASHED"
    assert orders.get(ORDER_ID).status is Status.FAILED
    assert telemetry.named("order_moved") == [(orders.get(ORDER_ID),)]


@pytest.mark.promise("R1")
@pytest.mark.parametrize("status", [Status.ROUTING, Status.BUILDING])
def test_a_dead_letter_of_an_order_with_life_left_may_be_a_throttle_s_and_closes_nothing(status):
    orders, telemetry = stored(status), RecordingTelemetry()
    assert dead_letter(orders, telemetry, at=LIFE_ENDS - 1).status is status
    assert telemetry.named("order_stuck") == [(ORDER_ID,)]


@pytest.mark.promise("R1")
def test_a_dead_letter_of_an_order_that_was_never_executed_leaves_it_with_an_alarm():
    orders, telemetry = stored(), RecordingTelemetry()
    assert dead_letter(orders, telemetry) == orders.get(ORDER_ID) == an_order()
    assert telemetry.named("order_stuck") == [(ORDER_ID,)]


@pytest.mark.promise("R5")
def test_a_dead_letter_of_a_submitted_order_leaves_it_with_an_alarm():
    telemetry = RecordingTelemetry()
    assert dead_letter(stored(Status.SUBMITTED, SUBMISSION), telemetry).status is Status.SUBMITTED
    assert telemetry.named("order_stuck") == [(ORDER_ID,)]


def test_a_dead_letter_of_a_final_order_changes_nothing():
    assert dead_letter(stored(Status.CONFIRMED)).status is Status.CONFIRMED


@pytest.mark.promise("R4")
def test_a_dead_letter_never_closes_an_order_that_an_execution_just_moved():
    orders = stored(Status.ROUTING)

    def overtake(method, moment):
        if (method, moment) == ("save", "before"):
            orders.interrupt = lambda *_: None
            orders.save(start_routing(orders.get(ORDER_ID), Stamp(1, "other")))

    orders.interrupt = overtake
    with pytest.raises(VersionConflict):
        dead_letter(orders)
    assert orders.get(ORDER_ID).status is Status.ROUTING


@pytest.mark.parametrize("status", [Status.PENDING, Status.ROUTING, Status.BUILDING])
def test_an_order_is_cancelled_while_nothing_was_sent_and_cancelling_again_is_fine(status):
    orders, telemetry = stored(status), RecordingTelemetry()
    assert cancel(orders, telemetry=telemetry).status is Status.CANCELLED
    assert cancel(orders, telemetry=telemetry).version == 2
    assert telemetry.named("order_moved") == [(orders.get(ORDER_ID),)]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.CONFIRMED, Status.FAILED, Status.EXPIRED])
def test_what_was_sent_or_is_final_is_not_cancelled(status):
    with pytest.raises(NotCancellable, match=status):
        cancel(stored(status))


def test_a_cancel_that_an_execution_overtakes_is_decided_anew():
    orders = stored()

    def overtake(method, moment):
        if (method, moment) == ("save", "before"):
            orders.interrupt = lambda *_: None
            orders.save(start_routing(orders.get(ORDER_ID), Stamp(1, "other")))

    orders.interrupt = overtake
    assert cancel(orders).version == 3


def test_a_cancel_that_loses_every_race_says_so_and_may_be_asked_again():
    orders = stored()

    def overtake(method, moment):
        if (method, moment) == ("save", "before"):
            raise VersionConflict("overtaken")

    orders.interrupt = overtake
    with pytest.raises(VersionConflict):
        cancel(orders)


@pytest.mark.promise("R12")
def test_another_accounts_order_is_not_found():
    with pytest.raises(OrderNotFound):
        cancel(stored(), account="mallory")
