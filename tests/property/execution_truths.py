"""What holds at every moment of an execution, whatever happens to those who execute."""

from collections.abc import Iterable

from chalicelib.adapters.paper.ledger import Ending
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order, Status
from chalicelib.domain.submission import Submission
from tests.fakes.paper import InMemoryLedger


def recorded_in(orders: Iterable[Order], submission: Submission) -> Order | None:
    """The order in whose history the transaction was recorded."""
    for order in orders:
        for event in order.events:
            if event.status is Status.SUBMITTED and event.detail["txHash"] == submission.signature:
                return order
    return None


def assert_grown(order: Order, since: Order) -> None:
    """Nothing of the history was changed, nor the minimum once it was fixed; until then it may rise."""
    assert order.events[: since.version] == since.events
    if any(event.status is Status.BUILDING for event in since.events):
        assert since.minimum_amount_out == order.minimum_amount_out
    else:
        assert (since.minimum_amount_out or 0) <= (order.minimum_amount_out or 0)


def assert_true_to_the_ledger(order: Order, ledger: InMemoryLedger) -> None:
    """At most one transaction of the order can land, ever, and none of one that ended without a swap."""
    outcomes = [
        ledger.outcomes.get(signature)
        for signature, sent in ledger.sent.items()
        if sent.order_id == order.order_id
    ]
    can_land = [outcome for outcome in outcomes if outcome is None or outcome.ending is Ending.LANDED]
    assert len(can_land) <= 1, "two can land"
    if is_final(order):
        assert len(can_land) == (order.status is Status.CONFIRMED), "it ended otherwise"
    for outcome in can_land:
        if outcome is not None:
            assert order.minimum_amount_out is not None
            assert outcome.amount_out >= order.minimum_amount_out, "less than the minimum"
        if order.status is Status.CONFIRMED:
            assert outcome is not None
            assert order.fill is not None
            assert order.fill.amount_out == outcome.amount_out, "another fill"
