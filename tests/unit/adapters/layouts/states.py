"""Golden states, to write accounts from."""

import json
from functools import cache
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[3] / "golden" / "vectors"
STEP = 7


@cache
def cases(name: str) -> list[dict[str, Any]]:
    """Every seventh case of a file."""
    document = json.loads((VECTORS / f"{name}.json").read_text())
    found: list[dict[str, Any]] = document["cases"]
    return found[::STEP]
