import re
from pathlib import Path

import pytest

from bench.pricing import draw_curves

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "curves.md").read_text()


def test_the_code_of_the_page_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, {})  # noqa: S102


def test_the_plots_of_the_page_are_what_our_functions_draw_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_curves, "OUTPUT", tmp_path)
    draw_curves.main()
    drawn = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    shown = {path.name: path.read_text() for path in (DOCS / "curves").glob("*.svg")}
    assert drawn == shown, "Run `python -m bench.pricing.draw_curves`"
    assert all(f"curves/{name}" in PAGE for name in drawn), "Show each plot in docs/curves.md"


def test_the_page_names_every_module_of_pricing() -> None:
    modules = (DOCS.parent / "chalicelib" / "pricing").glob("*_*.py")
    names = {path.name for path in modules} - {"__init__.py"}
    assert {name for name in names if name not in PAGE} == set(), "Name it in docs/curves.md"
