"""The logs of a stack's functions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.clients import emulator_asked
from infra.local.stack import Stack


def lines(stack: Stack) -> Iterator[str]:
    """Return the log lines of all functions, oldest first. MiniStack keeps none of WebSocket functions."""
    logs = stack.clients().logs
    with emulator_asked("show its logs"):
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{stack.name}-")["logGroups"]
        events = [event for group in groups for event in _events(logs, group["logGroupName"])]
    for at, function, message in sorted(events):
        yield f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M:%S.%f}"[:-3] + f" {function} {message}"


def _events(logs: Any, group: str) -> Iterator[tuple[int, str, str]]:
    function = group.rpartition("-")[2]
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            yield event["timestamp"], function, event["message"].rstrip()
