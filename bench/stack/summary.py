"""The README's table of the measured: `python -m bench.stack.summary` makes it from docs/performance.json."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.stack.figures import Figure, table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MEASURED = ROOT / "docs" / "performance.json"
PLACE = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)

SHOWN = {
    "accept, 1 client",
    "accept, 10 clients",
    "300 orders from 30 clients",
    "commit to socket, idle",
    "commit to socket, 10 orders at once",
}
SHOWN_ONES = {
    ("first call", "Api (an order)"),
    ("AWS calls", "an order with one subscriber, in all"),
    ("processor per order", "the functions"),
    ("memory", "api"),
    ("memory", "execute"),
}


def summary(measured: Mapping[str, Any]) -> str:
    """The figures that a reader looks for first, with the date and the machine of the run."""
    machine = measured["machine"]
    figures = [Figure(**each) for each in measured["figures"]]
    shown = [f for f in figures if f.group in SHOWN or (f.group, f.name) in SHOWN_ONES]
    run = (
        f"On {machine['date']}, {machine['cores']} cores and {machine['memory']} for emulator, functions and "
        f"clients together, CPython {machine['python']}:"
    )
    return f"{run}\n\n{table(shown)}\n"


if __name__ == "__main__":
    shown = summary(json.loads(MEASURED.read_text()))
    README.write_text(PLACE.sub(lambda m: m[1] + shown + m[2], README.read_text()))
