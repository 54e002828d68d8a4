"""`python -m bench.stack.summary`: renew the measured figures in README.md and docs/performance.md."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.stack.figures import Figure, table

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "performance.md"
MEASURED = ROOT / "docs" / "performance.json"
PLACE = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)

SHOWN = {
    "accept, 1 client",
    "accept, 10 clients",
    "300 orders from 30 clients",
    "50 orders in flight",
    "commit to socket, idle",
    "commit to socket, 10 orders at once",
}
SHOWN_ONES = {
    ("first call", "Api (an order)"),
    ("AWS calls", "an order with one subscriber, in all"),
    ("processor per order", "the functions"),
    ("memory", "api"),
    ("memory", "execute"),
    ("memory", "land"),
}


def highlights(measured: Mapping[str, Any]) -> str:
    """Return the README's figures: those with an aim, met or missed."""
    return _told(measured, lambda figure: bool(figure.aim))


def summary(measured: Mapping[str, Any]) -> str:
    """Return the most important figures."""
    return _told(measured, lambda figure: figure.group in SHOWN or (figure.group, figure.name) in SHOWN_ONES)


def _told(measured: Mapping[str, Any], is_shown: Callable[[Figure], bool]) -> str:
    machine = measured["machine"]
    shown = [figure for each in measured["figures"] if is_shown(figure := Figure(**each))]
    run = (
        f"On {machine['date']}, {machine['cores']} cores and {machine['memory']} for emulator, functions and "
        f"clients together, CPython {machine['python']}:"
    )
    return f"{run}\n\n{table(shown)}\n"


def _renew(page: Path, shown: str) -> None:
    page.write_text(PLACE.sub(lambda m: m[1] + shown + m[2], page.read_text()))


if __name__ == "__main__":
    measured = json.loads(MEASURED.read_text())
    _renew(README, highlights(measured))
    _renew(PAGE, summary(measured))
