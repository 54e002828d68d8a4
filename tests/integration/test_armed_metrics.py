"""Orders that wait for a price are counted as they are armed, as they fire and as they come back."""

from tests.fakes.lives import STALE
from tests.integration.emitted import emitted, metrics


def test_a_firing_and_a_return_are_told_on_the_line_of_the_move():
    changes = [line["change"] for line in emitted() if "change" in line]
    assert changes == ["placed", "fired", "returned"]


def test_a_return_is_counted_once_for_all_and_once_by_its_reason():
    lines = [line for line in emitted() if "OrdersReturned" in line]
    assert [line.get("reason") for line in lines if "reason" in line] == [STALE.code]
    assert sum(1 for line in lines if "reason" not in line) == 1


def test_how_long_a_price_lets_an_order_wait_is_no_metric():
    names = {name for name, _ in metrics()}
    assert "SecondsInArmed" not in names
    assert names >= {"OrdersArmed", "OrdersFired", "OrdersReturned", "FireLatencyMs", "LookMs", "LookAgeMs"}
