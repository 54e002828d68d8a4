"""docs/security.md has a row for each of OWASP's ten API risks, and each row names tests that exist."""

import ast
import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
TEXT = PAGE.read_text()
ROWS = re.findall(r"^\| (API\d+) .*\|(.*)\|$", TEXT, re.MULTILINE)
LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


def named_in(path: Path) -> set[str]:
    """The names of a file's tests, with no mark between their words."""
    functions = [each for each in ast.parse(path.read_text()).body if isinstance(each, ast.FunctionDef)]
    return {words(each.name.removeprefix("test_")) for each in functions if each.name.startswith("test_")}


def words(sentence: str) -> str:
    return re.sub(r"[^a-z0-9]", "", sentence.lower())


def test_each_of_the_ten_risks_has_a_row():
    assert [risk for risk, _ in ROWS] == [f"API{number}" for number in range(1, 11)]


def test_each_risk_names_tests_that_exist():
    for risk, shown_by in ROWS:
        links = LINK.findall(shown_by)
        assert links, f"{risk} names no test in docs/security.md"
        for sentence, path in links:
            known = named_in(PAGE.parent / path)
            assert words(sentence) in known, f"{risk} in docs/security.md: no test of {path} is {sentence!r}"


def test_every_link_of_the_page_leads_somewhere():
    for _, path in LINK.findall(TEXT):
        assert (PAGE.parent / path).exists(), f"Correct the link to {path} in docs/security.md"
