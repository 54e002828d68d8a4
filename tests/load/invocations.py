"""When a function ran, by the platform's own log: it writes a REPORT for each invocation, killed ones too."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.stack import Stack
from tests.load.verdict import Invocation

DURATION = re.compile(r"Duration: (\d+) ms")
DIED = "died"
"""What the log of an invocation says whose process ended under it."""

PAGE = 10_000
"""Most events that one call returns; MiniStack leaves out the rest without a word."""


def invocations(stack: Stack, function: str) -> list[Invocation]:
    """Every invocation so far of the function that this output of the stack names, oldest first."""
    logs = stack.clients().logs
    group = f"/aws/lambda/{(stack.outputs or {})[function]}"
    killed = set(_by_stream(logs, group, DIED))
    reports = _by_stream(logs, group, "REPORT")
    return [_invocation(event, killed=stream in killed) for stream, event in reports.items()]


def _invocation(event: Mapping[str, Any], *, killed: bool) -> Invocation:
    duration = DURATION.search(event["message"])
    if duration is None:
        raise ValueError(f"A report without a duration: {event['message']}")
    return Invocation(event["timestamp"] - int(duration[1]), event["timestamp"], killed)


def _by_stream(logs: Any, group: str, pattern: str) -> dict[str, Mapping[str, Any]]:
    """The matching event of each invocation: each has a log stream of its own."""
    return {event["logStreamName"]: event for event in _events(logs, group, pattern)}


def _events(logs: Any, group: str, pattern: str) -> Iterator[Mapping[str, Any]]:
    since = 0
    while True:
        page = logs.filter_log_events(logGroupName=group, filterPattern=pattern, startTime=since, limit=PAGE)
        yield from page["events"]
        if len(page["events"]) < PAGE:
            return
        since = page["events"][-1]["timestamp"]
