"""Read the number, durations and logged bytes of invocations from the functions' logs."""

import re
from collections import defaultdict
from collections.abc import Iterator

from bench.stack.figures import Figure
from infra.local.logs import lines
from infra.local.stack import Stack

_REPORT = re.compile(r"REPORT .*?\tDuration: (\d+) ms")
_SYSTEM_LINES = ("START ", "END ", "REPORT ")
"""Lines that a deployment doesn't log, because its SystemLogLevel is WARN."""

_LINE_OVERHEAD = 26
"""Bytes that CloudWatch counts in addition for each line."""


def measure(stack: Stack, orders: int) -> Iterator[Figure]:
    """Measure each function's invocations, mean duration and logged bytes, per order of `orders`."""
    durations: dict[str, list[int]] = defaultdict(list)
    logged: dict[str, int] = defaultdict(int)
    for line in lines(stack):
        _, function, message = line.split(" ", 2)
        if not message.startswith(_SYSTEM_LINES):
            logged[function] += len(message.encode()) + _LINE_OVERHEAD
        if found := _REPORT.search(message):
            durations[function].append(int(found[1]))
    for function, took in sorted(durations.items()):
        yield Figure("invocations", function, len(took) / orders, "an order")
        yield Figure("duration", function, sum(took) / len(took), "ms")
        yield Figure("logged", function, logged[function] / orders, "bytes an order")
