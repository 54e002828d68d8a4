"""Every promise of docs/promises.md has tests that are marked with its id, and names some of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
MARK = re.compile(r"""promise\(["'](R\d+)["']\)""")
ROW = re.compile(r"^\| (R\d+) \|.*\|(.*)\|$", re.MULTILINE)
PROMISE = re.compile(r"^\| (R\d+) \| ([^|]+) \|", re.MULTILINE)
LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """Each test of a file with each promise that it, or the whole file, is marked with."""
    statements = ast.parse(path.read_text()).body
    of_all = [ast.unparse(each) for each in statements if ast.unparse(each).startswith("pytestmark")]
    for test in statements:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            decorators = [ast.unparse(decorator) for decorator in test.decorator_list]
            for promise in MARK.findall("".join([*of_all, *decorators])):
                yield test.name, promise


FILES = list((ROOT / "tests").rglob("test_*.py"))
MARKED = {(str(path.relative_to(ROOT)), test, promise) for path in FILES for test, promise in marks(path)}
PAGE = ROOT / "docs" / "promises.md"
ROWS = ROW.findall(PAGE.read_text())


def test_every_promise_has_a_test_and_every_mark_is_a_promise():
    marked = {promise for path in FILES for promise in MARK.findall(path.read_text())}
    assert {promise for promise, _ in ROWS} == marked, (
        "Mark a test, or write the promise, in docs/promises.md"
    )


def test_every_promise_names_tests_that_exist_and_carry_its_mark():
    for promise, shown_by in ROWS:
        links = LINK.findall(shown_by)
        assert links, f"{promise} names no test in docs/promises.md"
        for sentence, path in links:
            tests = str((PAGE.parent / path).resolve().relative_to(ROOT))
            named = tests, f"test_{sentence.lower().replace(' ', '_')}", promise
            assert named in MARKED, f"{promise} in docs/promises.md: no test with its mark is {sentence!r}"


def test_the_readme_repeats_promises_in_the_words_of_their_page():
    repeated = PROMISE.findall((ROOT / "README.md").read_text())
    assert repeated
    theirs = set(PROMISE.findall(PAGE.read_text()))
    assert set(repeated) <= theirs, "Copy the promise's words from docs/promises.md into the README"
