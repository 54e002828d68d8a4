"""Measure the memory and processor time of a stack's processes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import psutil

from bench.stack.figures import Figure
from infra.local.stack import Stack

EMULATOR = "emulator"


def memory(stack: Stack) -> Iterator[Figure]:
    """Measure the resident memory of each function's largest worker."""
    largest: dict[str, float] = defaultdict(float)
    for name, process in _processes(stack):
        largest[name] = max(largest[name], process.memory_info().rss / 1e6)
    for name, megabytes in sorted(largest.items()):
        yield Figure("memory", name, megabytes, "MB")


def processor_seconds(stack: Stack) -> Mapping[str, float]:
    """Return the processor time (s) so far by function, and the emulator's own under its name."""
    spent: dict[str, float] = defaultdict(float)
    for name, process in _processes(stack):
        times = process.cpu_times()
        spent[name] += times.user + times.system
    return spent


def spent_per_order(before: Mapping[str, float], after: Mapping[str, float], orders: int) -> Iterator[Figure]:
    """Yield the processor time of an order by function. A worker that ended in between is not counted."""
    spent = {name: (seconds - before.get(name, 0.0)) / orders for name, seconds in after.items()}
    ours = sum(seconds for name, seconds in spent.items() if name != EMULATOR)
    yield Figure("processor per order", "the functions", ours * 1000, "ms")
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield Figure("processor per order", name, seconds * 1000, "ms")


def _processes(stack: Stack) -> Iterator[tuple[str, psutil.Process]]:
    for pid in stack.pids:
        try:
            process = psutil.Process(pid)
            function = process.environ().get("AWS_LAMBDA_FUNCTION_NAME", EMULATOR)
            process.memory_info()
        except psutil.Error:
            continue  # it has just ended
        yield function.removeprefix(f"{stack.name}-"), process
