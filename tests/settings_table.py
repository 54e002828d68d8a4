"""The table of docs/settings.md, made from the code: `python -m tests.settings_table` renews it."""

import re
from dataclasses import fields
from pathlib import Path

from chalicelib.config import Settings, variable

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
PLACE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def settings_table() -> str:
    """One row a setting."""
    rows = ["| variable | default | unit | meaning |", "|---|---|---|---|"]
    for setting in fields(Settings):
        default = setting.metadata["default"]
        shown = "required" if default is None else f"`{default}`" if default else "empty"
        unit, meaning = setting.metadata["unit"], setting.metadata["meaning"]
        rows.append(f"| `{variable(setting)}` | {shown} | {unit} | {meaning} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(PLACE.sub(lambda m: m[1] + settings_table() + m[2], PAGE.read_text()))
