"""Print what both explorers found: `python -m tests.simulation.explorer`."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from infra.output import run
from tests.simulation.explorer.engine import controls as bad_engines
from tests.simulation.explorer.engine.schedules import explore
from tests.simulation.explorer.protocol import controls as bad_protocols
from tests.simulation.explorer.protocol.search import search
from tests.simulation.explorer.violation import Violation


def main() -> None:
    """Explore both, and their controls."""
    for line in _report():
        sys.stdout.write(f"{line}\n")


def _report() -> Iterator[str]:
    found, seconds = _timed(search)
    yield "The model of the protocol, each schedule followed to its end"
    yield f"  {found.states:,} states, {sum(found.endings.values()):,} of them ends: {_told(found.endings)}"
    yield f"  {found.schedules:,} schedules of at most {found.depth} moves, {seconds:.1f} s"
    for rules in bad_protocols.HARMLESS:
        found, seconds = _timed(partial(search, rules))
        yield f"  harmless: {rules.name}; {found.states:,} states, {seconds:.1f} s"
    for rules in bad_protocols.CONTROLS:
        yield _caught(partial(search, rules))
    explored, seconds = _timed(explore)
    total = sum(explored.schedules.values())
    yield "The real use cases, every schedule of at most two faults"
    yield f"  {total:,} schedules, by the number of faults: {_told(explored.schedules)}"
    yield f"  ends: {_told(explored.endings)}"
    yield f"  {seconds:.1f} s, {1000 * seconds / total:.2f} ms each"
    for variant in bad_engines.CONTROLS:
        yield _caught(partial(explore, variant))


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return run(), time.perf_counter() - began


def _told(counts: Counter[Any]) -> str:
    return ", ".join(f"{key} {count:,}" for key, count in sorted(counts.items()))


def _caught(run: Callable[[], object]) -> str:
    try:
        run()
    except Violation as violation:
        return f"  control: {violation}".replace("\n", "\n    ")
    raise SystemExit("a control was not caught")


if __name__ == "__main__":
    run(main)
