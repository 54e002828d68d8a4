"""`python -m bench.capacity` simulates the deployed engine under rising load.

It prints what it finds and writes docs/capacity.json, docs/capacity.svg and a part of docs/performance.md.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.capacity import assumptions, page
from bench.capacity.limits import Limit
from bench.capacity.scenarios import Row, scenarios, simulate
from bench.cost.usage import Figures
from infra.output import run

DOCS = Path(__file__).parents[2] / "docs"
MEASURED, SIMULATED = DOCS / "performance.json", DOCS / "capacity.json"
DIGITS = 4
PLOT, SHOWN = DOCS / "capacity.svg", DOCS / "performance.md"


def main() -> None:
    """Simulate all scenarios, write the files, print the tables."""
    stated, measured = assumptions.read(), json.loads(MEASURED.read_text())
    assumed, figures = assumptions.assume(stated, measured), Figures(measured)
    rows = []
    for scenario in scenarios():
        rows.append(simulate(scenario, assumed, figures))
        sys.stderr.write(f"{rows[-1].shape}, {rows[-1].rate} a second, {rows[-1].change or 'no change'}\n")
    SIMULATED.write_text(as_json(rows, stated, measured))
    rows = list(simulated(json.loads(SIMULATED.read_text())))  # as precise as the file
    PLOT.write_text(page.plot(rows))
    part = page.section(rows, stated)
    SHOWN.write_text(page.PLACE.sub(lambda place: place[1] + part + place[2], SHOWN.read_text()))
    sys.stdout.write(part)


def as_json(rows: Sequence[Row], stated: Mapping[str, Any], measured: Mapping[str, Any]) -> str:
    """Return the rows as JSON, with the assumptions from which they were simulated."""
    inputs = {"stated": stated, "processor": dict(assumptions.assume(stated, measured).processor)}
    return json.dumps({"inputs": inputs, "rows": [recorded(row) for row in rows]}, indent=1) + "\n"


def recorded(row: Row) -> dict[str, Any]:
    """Return a row in the form of docs/capacity.json."""
    rounded: dict[str, Any] = _rounded(asdict(row))
    return rounded


def simulated(record: Mapping[str, Any]) -> Sequence[Row]:
    """Return the rows of docs/capacity.json."""
    return [Row(**{**row, "limits": [Limit(**each) for each in row["limits"]]}) for row in record["rows"]]


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rounded(each) for each in value]
    return round(value, DIGITS) if isinstance(value, float) else value


if __name__ == "__main__":
    run(main)
