"""The decisions are numbered, and each is listed."""

import re
from pathlib import Path

DECISIONS = Path(__file__).parents[3] / "docs" / "decisions"
PAGES = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")


def test_the_list_of_decisions_has_each_by_its_number():
    listed = re.findall(r"^(\d+)\. \[.+\]\((.+)\)$", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    pages = [(str(int(page.name[:4])), page.name) for page in PAGES]
    assert listed == pages, "List each decision by its number in docs/decisions/README.md"
