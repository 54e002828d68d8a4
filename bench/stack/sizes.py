"""Measure the sizes of stored items by DynamoDB's rules."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.stack.clients import client_of, events, place
from bench.stack.figures import Figure
from chalicelib.adapters.dynamodb.schema import order_key
from infra.local.stack import Stack

ROUTED_AT, SUBMITTED_AT = 3, 4
"""The versions of an order from which it has a route, and a transaction."""

_GAINED = {"route": ROUTED_AT, "minimum_amount_out": ROUTED_AT, "submission": SUBMITTED_AT}
_CONTAINER, _ELEMENT = 3, 1


def measure(stack: Stack) -> Iterator[Figure]:
    """Measure an order's item after each of its events, and the largest item of each other kind."""
    dynamodb, outputs = stack.clients().dynamodb, stack.outputs or {}
    submitted, confirmed = _one_order(stack, dynamodb, outputs["OrdersTable"])
    for version in range(1, SUBMITTED_AT + 1):
        yield Figure("item", f"order, version {version}", size_of(_at(submitted, version)), "bytes")
    yield Figure("item", f"order, version {SUBMITTED_AT + 1}", size_of(confirmed), "bytes")
    tables = (("orders", "OrdersTable"), ("paper", "PaperTable"), ("accounts", "AccountsTable"))
    others = [(kind, _items(dynamodb, outputs[table])) for kind, table in tables]
    largest: dict[str, int] = {}
    for kind, items in others:
        for item in items:
            name = f"{kind}, {item['pk']['S'].split('#')[0].lower()}"
            largest[name] = max(largest.get(name, 0), size_of(item))
    for name, size in sorted(largest.items()):
        yield Figure("item", f"largest of {name}", size, "bytes")


def size_of(item: Mapping[str, Any]) -> int:
    """Return the size of an item in DynamoDB's JSON, in bytes."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(content.strip("-0.")) + 1) // 2 + 1
    if kind == "B":
        return len(base64.b64decode(content) if isinstance(content, str) else content)
    if kind in {"L", "SS", "BS"}:
        return _sequence(kind, content)
    if kind == "M":
        return _CONTAINER + _ELEMENT * len(content) + size_of(content)
    return 1


def _sequence(kind: str, content: Sequence[Any]) -> int:
    if kind == "SS":
        return sum(len(text.encode()) for text in content)
    if kind == "BS":
        return sum(_value({"B": each}) for each in content)
    return _CONTAINER + sum(_ELEMENT + _value(each) for each in content)


def _one_order(stack: Stack, dynamodb: Any, table: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the item of one more order while it is submitted, and when it is confirmed."""
    with client_of(stack.rest_url) as client:
        accepted = place(client)
    key = {"pk": {"S": order_key(accepted["orderId"])}}
    submitted: Mapping[str, Any] = {}
    for event, _ in events(accepted["streamUrl"]):
        if event["status"] == "submitted":
            submitted = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    confirmed: Mapping[str, Any] = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    return submitted, confirmed


def _at(item: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """Return a submitted order's item as it was at this version."""
    kept = {name: value for name, value in item.items() if _GAINED.get(name, 0) <= version}
    return {**kept, "events": {"L": item["events"]["L"][:version]}}


def _items(dynamodb: Any, table: str) -> list[Mapping[str, Any]]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]
