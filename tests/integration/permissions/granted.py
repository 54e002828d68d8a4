"""What the template lets each function do, and what of that Lambda itself does on the function's behalf."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.integration.test_template import FUNCTIONS, TEMPLATE

Permission = tuple[str, str]
"""An action, and the resource it is done to: its name in the template and, in accounts, the kind of item."""

LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
"""Lambda writes what a function prints. The log group is made by the stack, and not by the function."""

QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""Lambda polls the queue, deletes what was done, and looks how it is set up."""

STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
"""Lambda reads the stream."""


def granted(function: str) -> set[Permission]:
    """All that the function's role allows."""
    statements = [
        _in_full(statement)
        for policy in role_of(function)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    return {
        (action, named(resource) + kind)
        for statement in statements
        for kind in _kinds(statement.get("Condition"))
        for action in _each(statement["Action"])
        for resource in _each(statement["Resource"])
    }


def of_lambda(function: str) -> set[Permission]:
    """What Lambda does by the function's role: it logs, polls events, and keeps those that it gives up."""
    found = {(action, f"{function}Logs.Arn") for action in LOGS}
    for event in FUNCTIONS[function].get("Events", {}).values():
        properties = event["Properties"]
        if event["Type"] == "SQS":
            found |= {(action, properties["Queue"]["Ref"]) for action in QUEUE}
        if event["Type"] == "DynamoDB":
            stream = properties["Stream"]["Ref"]
            found |= {(action, stream) for action in STREAM}
            found.add(("dynamodb:ListStreams", f"{stream.replace('StreamArn', 'TableArn')}/stream/*"))
            found.add(("sqs:SendMessage", properties["DestinationConfig"]["OnFailure"]["Destination"]["Ref"]))
    return found


def role_of(function: str) -> dict[str, Any]:
    """The properties of the function's role."""
    role, _arn = FUNCTIONS[function]["Role"]["Fn::GetAtt"]
    properties: dict[str, Any] = TEMPLATE["Resources"][role]["Properties"]
    return properties


def named(resource: Any) -> str:
    """A resource by the name that the template gives it; of a place in an API, its route."""
    if resource == "*":
        return "*"
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        return ".".join(resource["Fn::GetAtt"])
    text = str(resource["Fn::Sub"]).rpartition(":")[2] if "execute-api" in resource["Fn::Sub"] else None
    return (text or str(resource["Fn::Sub"])).replace("${", "").replace("}", "")


def wildcards(part: Any, line: int = 0) -> Iterator[tuple[str, int]]:
    """Each text with a wildcard in a part of a parsed template, and the line (from 1) that it begins in."""
    mark = getattr(part, "start_mark", None)
    line = mark.line + 1 if mark is not None else line
    if isinstance(part, dict):
        for value in part.values():
            yield from wildcards(value, line)
    elif isinstance(part, list):
        for value in part:
            yield from wildcards(value, line)
    elif isinstance(part, str) and "*" in part:
        yield part, line


def _kinds(condition: Any) -> Iterable[str]:
    """The kinds of items of a table that a statement is for, as they follow its name; [""] is all of them."""
    if condition is None:
        return [""]
    [(operator, keys)] = condition.items()
    assert (operator, list(keys)) == ("ForAllValues:StringLike", ["dynamodb:LeadingKeys"])
    return [f" {kind}" for kind in keys["dynamodb:LeadingKeys"]]


def _in_full(statement: Any) -> Any:
    """The statement, also where it is only made under a condition."""
    if "Fn::If" not in statement:
        return statement
    _condition, made, otherwise = statement["Fn::If"]
    assert otherwise == {"Ref": "AWS::NoValue"}
    return made


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
