"""Whatever an account orders and however time passes, no limit is exceeded and none refuses without need."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, Exposure, count
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import DailyAmountAboveLimit, OpenOrdersAtLimit, RateLimited
from tests.fakes.examples import an_order

BEFORE_MIDNIGHT = 20_001 * DAY_MS - 2 * MINUTE_MS
MINTS = [token.mint for token in PAPER_TOKENS]

ORDERS = st.lists(
    st.tuples(st.sampled_from(list(PAPER_TOKENS)), st.integers(1, 30), st.integers(0, 3 * MINUTE_MS)),
    max_size=60,
)
LIMITS = st.builds(
    Limits,
    orders_per_minute=st.integers(1, 5),
    open_orders=st.integers(1, 12),
    daily_amounts=st.dictionaries(st.sampled_from(MINTS), st.integers(1, 60)),
)


def due(limits: Limits, taken: list[Order], counted_open: int, order: Order) -> set[type[Exception]]:
    """What the order must be refused for, by the definition of each limit and all orders that were taken."""
    now, token = order.accepted_at, order.token_in
    minute = [o for o in taken if o.accepted_at // MINUTE_MS == now // MINUTE_MS]
    today = [o for o in taken if o.accepted_at // DAY_MS == now // DAY_MS and o.token_in is token]
    spent = sum(o.amount_in for o in today)
    refusals: dict[type[Exception], bool] = {
        RateLimited: len(minute) >= limits.orders_per_minute,
        DailyAmountAboveLimit: spent + order.amount_in > limits.daily_amounts.get(token.mint, 10**9),
        OpenOrdersAtLimit: counted_open >= limits.open_orders,
    }
    return {refusal for refusal, is_due in refusals.items() if is_due}


@given(ORDERS, LIMITS, st.integers(1, 4))
def test_an_order_is_refused_exactly_when_a_limit_stands_against_it(asked, limits, closed_every):
    exposure, now = Exposure(), BEFORE_MIDNIGHT
    taken: list[Order] = []
    for number, (token, amount, later) in enumerate(asked):
        now += later
        token_out = USDC if token is SOL else SOL
        order = an_order(f"order-{number}", now, token_in=token, token_out=token_out, amount_in=amount)
        refusals = due(limits, taken, len(exposure.open_orders), order)
        met: list[type[Exception]] = []
        try:
            exposure = count(exposure, order, limits)
            taken.append(order)
        except (RateLimited, DailyAmountAboveLimit, OpenOrdersAtLimit) as refusal:
            met.append(type(refusal))
        assert refusals >= set(met)
        assert bool(met) == bool(refusals)
        if number % closed_every == 0:
            exposure = replace(exposure, open_orders=frozenset(list(exposure.open_orders)[1:]))
