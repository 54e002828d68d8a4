"""How large the stored items are, by DynamoDB's own rules of size."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.stack.figures import Figure
from infra.local.stack import Stack

ROUTED_AT, SUBMITTED_AT, FILLED_AT = 3, 4, 5
"""The version of an order from which it has its route, its transaction, its fill."""

_GAINED = {"route": ROUTED_AT, "minimum_amount_out": ROUTED_AT, "submission": SUBMITTED_AT, "fill": FILLED_AT}
_CONTAINER, _ELEMENT = 3, 1


def measure(stack: Stack) -> Iterator[Figure]:
    """The size of an order's item after each of its events, and of the largest of each other kind."""
    dynamodb, outputs = stack.clients().dynamodb, stack.outputs or {}
    orders = _items(dynamodb, outputs["OrdersTable"])
    confirmed = next(item for item in orders if item.get("status", {}).get("S") == "confirmed")
    for version in range(1, len(confirmed["events"]["L"]) + 1):
        yield Figure("item", f"order, version {version}", size_of(_at(confirmed, version)), "bytes")
    others = [("orders", orders)]
    tables = (("paper", "PaperTable"), ("accounts", "AccountsTable"))
    others += [(kind, _items(dynamodb, outputs[table])) for kind, table in tables]
    largest: dict[str, int] = {}
    for kind, items in others:
        for item in items:
            name = f"{kind}, {item['pk']['S'].split('#')[0].lower()}"
            largest[name] = max(largest.get(name, 0), size_of(item))
    for name, size in sorted(largest.items()):
        yield Figure("item", f"largest of {name}", size, "bytes")


def size_of(item: Mapping[str, Any]) -> int:
    """The size of an item in DynamoDB's JSON, in bytes."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(content.strip("-0.")) + 1) // 2 + 1
    if kind == "B":
        return len(base64.b64decode(content) if isinstance(content, str) else content)
    if kind in {"L", "SS"}:
        return _sequence(kind, content)
    if kind == "M":
        return _CONTAINER + _ELEMENT * len(content) + size_of(content)
    return 1


def _sequence(kind: str, content: Sequence[Any]) -> int:
    if kind == "SS":
        return sum(len(text.encode()) for text in content)
    return _CONTAINER + sum(_ELEMENT + _value(each) for each in content)


def _at(item: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """A confirmed order's item as it was after so many events."""
    kept = {name: value for name, value in item.items() if _GAINED.get(name, 0) <= version}
    return {**kept, "events": {"L": item["events"]["L"][:version]}}


def _items(dynamodb: Any, table: str) -> list[Mapping[str, Any]]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]
