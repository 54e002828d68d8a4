"""DynamoDB's exposures count and refuse as the rules do, in whatever order orders, times and limits come."""

import itertools
from importlib import import_module
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.exposures import DynamoExposures
from chalicelib.domain.limits import Limits
from chalicelib.domain.risk import DAY_MS, MINUTE_MS, entry_of
from chalicelib.domain.tokens import JUP, SOL, USDC
from chalicelib.errors import LimitRefusal, RateLimited
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
STEPS = st.lists(
    st.tuples(st.sampled_from([SOL, JUP]), st.integers(1, 12), LATER, LIMITS, st.booleans()), max_size=25
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


def outcome(store, order, limits):
    try:
        return store.count(order, limits)
    except (LimitRefusal, RateLimited) as refusal:
        return type(refusal), vars(refusal)


@settings(max_examples=40)
@given(steps=STEPS)
def test_the_table_counts_and_refuses_as_the_rules_do(client, steps):
    table, rules, account = DynamoExposures(client, "accounts"), InMemoryExposures(), next(ACCOUNTS)
    now = MIDNIGHT - 30_000
    for number, (token, amount, later, limits, ends) in enumerate(steps):
        now += later
        order = an_order(
            str(UUID(int=number)), now, account=account, token_in=token, token_out=USDC, amount_in=amount
        )
        assert outcome(table, order, limits) == outcome(rules, order, limits)
        if ends:
            for store in (table, rules):
                store.forget(account, [entry_of(order)])
        assert table.read(account) == rules.read(account)
