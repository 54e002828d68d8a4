"""An order that waits until a time ends then."""

import pytest

from tests.acceptance.market import history, journey
from tests.e2e.trader import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R30")]


@pytest.mark.timeout(PATIENCE + 60)
def test_an_order_whose_time_is_over_expires_and_fires_no_more(sol, brief):
    seen = history(sol.trader, brief["orderId"])
    assert journey(seen) == ["placed", "expired"]
    assert seen[-1]["error"]["code"] == "ORDER_EXPIRED"
    assert seen[-1]["timestamp"] >= brief["expiresAt"]
    sol.move_and_see("0.5")
    sol.wait_for_looks(3)
    assert sol.trader.read(brief["orderId"])["sequence"] == len(seen)
