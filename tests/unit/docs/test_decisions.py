"""Each decision says when it was made, whether it holds, what else was weighed and what it costs."""

import re
from pathlib import Path

import pytest

DECISIONS = Path(__file__).parents[3] / "docs" / "decisions"
PAGES = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")
HEAD = re.compile(
    r"# .+\n\n\*Decided \d{4}-\d\d-\d\d(, [a-z ]+ \d{4}-\d\d-\d\d)?; "
    r"(in force(, since \d{4}-\d\d-\d\d .+)?|replaced by \[.+\]\(.+\.md\))\.\*\n"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_says_when_it_was_made_and_whether_it_holds(page):
    assert HEAD.match(page.read_text()), "Begin with the title, then *Decided DATE; in force.*"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_says_what_else_was_weighed_and_what_it_costs(page):
    text = page.read_text()
    assert "**Also weighed.**" in text
    assert "**What it costs.**" in text


def test_the_list_of_decisions_has_each_by_its_number():
    listed = re.findall(r"^(\d+)\. \[.+\]\((.+)\)$", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    assert listed == [(str(int(page.name[:4])), page.name) for page in PAGES]
