"""DynamoDB's exposures count and refuse as the rules do, in whatever order orders, times and limits come."""

import itertools
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.exposures import DynamoExposures
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, entry_of
from chalicelib.domain.tokens import JUP, SOL, USDC
from chalicelib.errors import Denied, RateLimited
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryExposures

MIDNIGHT = 20_001 * DAY_MS

LATER = st.sampled_from([0, 1, 20_000, MINUTE_MS, 3 * MINUTE_MS, DAY_MS, -5, -MINUTE_MS])
"""How much later the next worker's clock is, or how much behind."""

LIMITS = st.builds(
    Limits,
    orders_per_minute=st.integers(1, 4),
    open_orders=st.integers(1, 6),
    daily_amounts=st.dictionaries(st.sampled_from(["SOL", "JUP"]), st.integers(1, 20)),
)
CLAIMS = st.sampled_from(["", "", "a", "b"])
ENDS = st.sampled_from(["", "forget", "take back"])
STEPS = st.lists(
    st.tuples(st.sampled_from([SOL, JUP]), st.integers(1, 12), LATER, LIMITS, CLAIMS, ENDS), max_size=25
)


@pytest.fixture(scope="module")
def client():
    moto, boto3 = import_module("moto"), import_module("boto3")  # half a second that only some tests pay
    with moto.mock_aws():
        made = boto3.Session().client("dynamodb", region_name="us-east-1")
        made.create_table(
            TableName="accounts",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        yield made


ACCOUNTS = (f"account-{number}" for number in itertools.count())


def outcome(store, order, limits, claim):
    try:
        return store.admit(order, limits, claim)
    except (Denied, RateLimited) as refusal:
        return type(refusal), vars(refusal)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_the_table_counts_and_refuses_as_the_rules_do(client, steps):
    table, rules, account = DynamoExposures(client, "accounts"), InMemoryExposures(), next(ACCOUNTS)
    now = MIDNIGHT - 30_000
    for number, (token, amount, later, limits, claim, ends) in enumerate(steps):
        now += later
        order = an_order(
            f"order-{number}", now, account=account, token_in=token, token_out=USDC, amount_in=amount
        )
        assert outcome(table, order, limits, claim) == outcome(rules, order, limits, claim)
        for store in (table, rules):
            if ends == "forget":
                store.forget(account, [entry_of(order)])
            elif ends == "take back" and claim:
                store.take_back(order, claim)
        assert table.read(account) == rules.read(account)


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, again=st.lists(st.integers(0, 24), max_size=10))
def test_what_is_taken_back_leaves_every_other_order_counted(steps, again):
    rules, now = InMemoryExposures(), MIDNIGHT - 30_000
    counted: list[tuple[Order, str]] = []
    of_the_minute: dict[str, Order] = {}
    for number, (token, amount, later, _limits, claim, _ends) in enumerate(steps):
        now += later
        order = an_order(f"order-{number}", now, token_in=token, token_out=USDC, amount_in=amount)
        minute = rules.read("open").minute
        is_counted = rules.admit(order, Limits(1_000, 1_000), claim).counted
        if rules.read("open").minute != minute:
            of_the_minute.clear()
        if is_counted:
            of_the_minute[order.order_id] = order
            counted.append((order, claim))
        for other, its_claim in (counted[place] for place in again if place < len(counted)):
            if its_claim:
                rules.take_back(other, its_claim)
                of_the_minute.pop(other.order_id, None)
        stands = rules.read("open")
        assert stands.requests == len(of_the_minute)
        assert {entry_of(each) for each in of_the_minute.values()} <= stands.open_orders
