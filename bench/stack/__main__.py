"""`make bench`: boot a stack, measure it, print a table, and with --json FILE write the figures too."""

# ruff: noqa: T201 - this module speaks to a person

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.stack import accepting, asking, calls, invocations, journeys, sizes, starts, workers
from bench.stack.figures import Figure, as_json, table
from infra.local.failure import LocalFailure
from infra.local.stack import Running, Stack, up
from infra.output import run

NAME = "bench"
UNLIMITED = [
    *("RATE_LIMIT_PER_MINUTE=1000000", "MAX_OPEN_ORDERS=500", "MAX_SOCKETS_PER_ACCOUNT=5000"),
    "PAPER_CONTROLS=off",
]
"""Settings with the widest limits: the bench is one account, and does not measure its limits."""


def main() -> int:
    """Measure everything; the exit code is 1 only when something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.stack", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file as well")
    given = parser.parse_args()
    machine = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "python": platform.python_version(),
        "system": platform.system(),
    }
    try:
        figures = list(_figures())
    except LocalFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(table(figures))
    if given.json is not None:
        given.json.write_text(as_json(figures, machine))
    return 0


def _figures() -> Iterator[Figure]:
    """Yield all figures. Orders are executed on a fresh stack; measurements that fill tables use another."""
    running = up(f"{NAME}-orders", port=0, given=UNLIMITED, say=_say)
    try:
        yield from _orders(running.stack)
    finally:
        running.down()
    running = up(f"{NAME}-calls", port=0, given=UNLIMITED, say=_say)
    try:
        yield from _requests(running)
    finally:
        running.down()


def _orders(stack: Stack) -> Iterator[Figure]:
    _say("Orders: from POST to confirmed")
    yield from journeys.delays(stack.rest_url)
    before = workers.processor_seconds(stack)  # ten workers have had their first calls
    yield from journeys.throughput(stack.rest_url)
    yield from workers.spent_per_order(before, workers.processor_seconds(stack), journeys.ORDERS)
    orders = journeys.IDLE_ORDERS + journeys.CROWD_ORDERS + journeys.ORDERS
    yield from workers.memory(stack)
    yield from invocations.measure(stack, orders)
    yield from sizes.measure(stack)


def _requests(running: Running) -> Iterator[Figure]:
    _say("AWS calls")
    yield from calls.measure(running.stack)
    _say("Chain calls")
    yield from asking.measure(running.stack)
    _say("First calls")
    yield from starts.measure(running.stack)
    _say("Accepting")
    with calls.sources_switched_off(running.stack):
        yield from accepting.measure(running.stack)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run(main)
