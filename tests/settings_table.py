"""The tables of docs/settings.md, made from the code: `python -m tests.settings_table` renews it."""

import inspect
import re
from pathlib import Path

from chalicelib.config import OWNERS, settings_of

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
PLACE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def settings_table() -> str:
    """One table an owner, one row a setting."""
    rows: list[str] = []
    for owner in OWNERS:
        rows += [
            f"{inspect.getdoc(owner)}",
            "",
            "| variable | default | unit | meaning |",
            "|---|---|---|---|",
        ]
        for setting in settings_of(owner):
            default = setting.default
            shown = "required" if default is None else f"`{default}`" if default else "empty"
            rows.append(f"| `{setting.variable}` | {shown} | {setting.unit} | {setting.meaning} |")
        rows.append("")
    return "\n".join(rows)


if __name__ == "__main__":
    PAGE.write_text(PLACE.sub(lambda m: m[1] + settings_table() + m[2], PAGE.read_text()))
