"""Writes that take effect and then time out, against moto's DynamoDB."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from chalicelib.adapters.aws_clients import make_client
from chalicelib.adapters.chance import Chance
from chalicelib.adapters.dynamodb.calls import AnswerLost, call
from chalicelib.adapters.dynamodb.lost_answers import lose_answers
from chalicelib.bootstrap import AwsAdapters
from chalicelib.config import SETTINGS
from tests.fakes.paper import create_paper_table

ALWAYS, HALF = Decimal(1), Decimal("0.5")
TOUCHED = {"UpdateExpression": "SET stamp = :stamp", "ExpressionAttributeValues": {":stamp": {"N": "1"}}}
ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        made = make_client("dynamodb")
        create_paper_table(made, "table")
        yield made


def item(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "-"}}


def stored(client: Any) -> set[str]:
    return {found["pk"]["S"] for found in client.scan(TableName="table")["Items"]}


def key(name: str) -> dict[str, Any]:
    return {"TableName": "table", "Key": item(name)}


def put(name: str) -> dict[str, Any]:
    return {"TableName": "table", "Item": item(name)}


@pytest.mark.parametrize(
    ("write", "request_of", "left"),
    [
        ("put_item", put("new"), {"there", "new"}),
        ("update_item", {**key("new"), **TOUCHED}, {"there", "new"}),
        ("delete_item", key("there"), set()),
        ("transact_write_items", {"TransactItems": [{"Put": put("new")}]}, {"there", "new"}),
        ("batch_write_item", {"RequestItems": {"table": [{"DeleteRequest": {"Key": item("there")}}]}}, set()),
    ],
)
def test_a_write_whose_answer_is_lost_has_taken_effect_once(
    client: Any, write: str, request_of: dict[str, Any], left: set[str]
) -> None:
    client.put_item(**put("there"))
    lose_answers(client, ALWAYS, Chance("seed"))
    with pytest.raises(AnswerLost):
        call(getattr(client, write), **request_of)
    assert stored(client) == left


def test_the_answer_that_a_condition_failed_is_lost_as_well(client: Any) -> None:
    client.put_item(**put("there"))
    lose_answers(client, ALWAYS, Chance("seed"))
    with pytest.raises(AnswerLost):
        call(client.put_item, **put("there"), **ABSENT)


def test_reads_lose_no_answer(client: Any) -> None:
    lose_answers(client, ALWAYS, Chance("seed"))
    assert client.get_item(**key("nothing"))
    assert stored(client) == set()


def losses(seed: str, client: Any) -> list[bool]:
    lose_answers(client, HALF, Chance(seed))
    lost = []
    for _ in range(40):
        try:
            client.put_item(**put("the same"))
            lost.append(False)
        except ReadTimeoutError:
            lost.append(True)
    return lost


def test_equal_writes_have_fates_of_their_own_and_a_seed_repeats_them(client: Any) -> None:
    first, again, other = (losses(seed, make_client("dynamodb")) for seed in ("a", "a", "b"))
    assert first == again != other
    assert 10 < sum(first) < 30


@pytest.mark.parametrize(("rate", "loses"), [(ALWAYS, True), (Decimal(0), False)])
def test_the_engine_loses_answers_only_where_it_is_set(client: Any, rate: Decimal, loses: bool) -> None:
    required = {setting.variable: "x" for setting in SETTINGS if setting.default is None}
    adapters = AwsAdapters({**required, "FAULT_TABLE_LOST_ANSWER": str(rate)})
    wired = adapters._dynamodb  # noqa: SLF001 - what every table's adapter is given
    try:
        wired.put_item(**put("new"))
        lost = False
    except ReadTimeoutError:
        lost = True
    assert (lost, stored(client)) == (loses, {"new"})
