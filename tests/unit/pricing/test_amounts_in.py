"""What every pool refuses, whichever its type."""

import pytest

from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.errors import InsufficientLiquidity
from chalicelib.pricing.swap import Direction
from tests.unit.pricing.generated import CLOCK

POOLS = {type(pool.state).__name__: pool.state for pool in seeded_pools()}


def test_there_is_a_pool_of_each_type() -> None:
    assert len(POOLS) == 5


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("amount_in", [-1, 1 << 64])
@pytest.mark.parametrize("kind", POOLS)
def test_an_amount_that_no_account_can_hold_is_refused_as_such(
    kind: str, amount_in: int, direction: Direction
) -> None:
    with pytest.raises(InsufficientLiquidity, match=f"the amount in was {amount_in}, which is no 64-bit"):
        POOLS[kind].swap(amount_in, direction, CLOCK)
