"""pynamodb's plumbing for transactions, which is half of how this engine writes, returns what a client takes.

pynamodb documents none of it. Its arguments are given to botocore's client as they are, with validation
switched off: a version that named or shaped them otherwise would write without its condition.
"""

from typing import Any

import pytest
from botocore.session import get_session
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

ALL_OLD = "ALL_OLD"


class Item(Model):
    class Meta:
        table_name = "orders"
        region = "us-east-1"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(default=0)


KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def test_get_save_kwargs_from_instance_has_item_condition_and_the_wish_for_what_is_stored():
    save = Item("a", "b", version=1).get_save_kwargs_from_instance(
        condition=Item.pk.does_not_exist(), return_values_on_condition_failure=ALL_OLD
    )
    assert save == {
        "TableName": "orders",
        "Item": {**KEY, "version": {"N": "1"}},
        "ConditionExpression": "attribute_not_exists (#0)",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ReturnValuesOnConditionCheckFailure": ALL_OLD,
    }


def test_get_update_kwargs_from_instance_has_key_update_and_condition():
    update = Item("a", "b").get_update_kwargs_from_instance(
        [Item.version.set(2)], condition=Item.version == 1, return_values_on_condition_failure=ALL_OLD
    )
    assert update == {
        "TableName": "orders",
        "Key": KEY,
        "UpdateExpression": "SET #0 = :1",
        "ConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "version"},
        "ExpressionAttributeValues": {":0": {"N": "1"}, ":1": {"N": "2"}},
        "ReturnValuesOnConditionCheckFailure": ALL_OLD,
    }


def test_get_delete_kwargs_from_instance_has_key_and_condition():
    delete = Item("a", "b").get_delete_kwargs_from_instance(
        condition=Item.version == 1, return_values_on_condition_failure=ALL_OLD
    )
    assert delete == {
        "TableName": "orders",
        "Key": KEY,
        "ConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "version"},
        "ExpressionAttributeValues": {":0": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": ALL_OLD,
    }


def test_no_wish_and_no_condition_are_left_out():
    assert Item("a", "b").get_save_kwargs_from_instance() == {
        "TableName": "orders",
        "Item": {**KEY, "version": {"N": "0"}},
    }


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("PutItem", Item("a", "b").get_save_kwargs_from_instance(Item.pk.exists(), ALL_OLD)),
        ("UpdateItem", Item("a", "b").get_update_kwargs_from_instance([Item.version.set(1)], None, ALL_OLD)),
        ("DeleteItem", Item("a", "b").get_delete_kwargs_from_instance(Item.pk.exists(), ALL_OLD)),
    ],
)
def test_each_argument_is_one_that_dynamodb_names(operation: str, arguments: dict[str, Any]):
    takes = get_session().get_service_model("dynamodb").operation_model(operation).input_shape
    assert takes is not None
    assert arguments.keys() <= takes.members.keys()
