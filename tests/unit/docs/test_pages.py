"""The pages lead where they say, and their drawing of an order's life is the code's."""

import re
from pathlib import Path

import pytest

from chalicelib.domain.lifecycle import FINAL, MOVES

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "infra").rglob("*.md"),
        ROOT / "tests" / "README.md",
    ]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
ARROW = re.compile(r"^    (\S+) --> (\w+|\[\*\])", re.MULTILINE)
README_LINES = 160


def anchors(page):
    """What links may name after a #: each heading as GitHub writes it."""
    return {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(page.read_text())
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    for link in LINK.findall(page.read_text()):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} leads to {link}, which is not there: correct the link"
        assert not anchor or anchor in anchors(target), f"No heading is {link}: correct it in {page.name}"


def test_the_readme_stays_a_page_that_is_read():
    lines = len((ROOT / "README.md").read_text().splitlines())
    assert lines <= README_LINES, "Move what is not for everybody from the README to docs/"


def test_the_readme_leads_to_every_page_of_docs():
    linked = set(LINK.findall((ROOT / "README.md").read_text()))
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages <= linked, "Link it from the README's list of documents"


def test_the_drawing_of_the_statuses_has_every_move_and_no_other():
    drawn = ARROW.findall((ROOT / "docs" / "lifecycle.md").read_text())
    moves = {(str(status), str(to)) for status, following in MOVES.items() for to in following}
    ends = {("[*]", "pending"), ("[*]", "armed")} | {(str(status), "[*]") for status in FINAL}
    assert sorted(drawn) == sorted(moves | ends), "Draw the moves of the code in docs/lifecycle.md"
