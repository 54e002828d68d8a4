"""What really landed, read from the paper table behind the engine's back."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.paper.condition_items import CONDITIONS
from infra.local.stack import Stack

SEEDED_VERSION = 1


@dataclass(frozen=True, slots=True)
class Landing:
    """A swap that landed without error."""

    order_id: str
    signature: str
    amount_in: int
    amount_out: int


def landings(stack: Stack) -> dict[str, list[Landing]]:
    """What landed without error, by order."""
    landed: dict[str, list[Landing]] = defaultdict(list)
    for item in items(stack, "PaperTable"):
        if item.get("ending", {}).get("S") == "landed":
            signature = item["pk"]["S"].removeprefix("SIGNATURE#")
            amounts = (int(item[name]["N"]) for name in ("amount_in", "amount_out"))
            landed[item["order_id"]["S"]].append(Landing(item["order_id"]["S"], signature, *amounts))
    return landed


def swaps_made(stack: Stack) -> int:
    """How many swaps moved the pools, by the pools themselves."""
    return sum(
        int(item["version"]["N"]) - SEEDED_VERSION
        for item in items(stack, "PaperTable")
        if item["pk"]["S"].startswith("POOLS#") and item["sk"]["S"] != CONDITIONS
    )


def items(stack: Stack, table: str) -> Iterator[Mapping[str, Any]]:
    """Everything in the table that this output of the stack names."""
    name = (stack.outputs or {})[table]
    for page in stack.clients().dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
        yield from page["Items"]
