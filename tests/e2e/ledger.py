"""What really landed, read from the paper ledger behind the engine's back."""

from collections import defaultdict

from infra.local.stack import Stack


def landings(stack: Stack) -> dict[str, list[str]]:
    """The signatures that landed without error, by order."""
    landed: dict[str, list[str]] = defaultdict(list)
    table = (stack.outputs or {})["PaperTable"]
    pages = stack.clients().dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            if item.get("ending", {}).get("S") == "landed":
                landed[item["order_id"]["S"]].append(item["pk"]["S"])
    return landed
