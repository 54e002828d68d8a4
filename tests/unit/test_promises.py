"""Every promise of the README has a test that is marked with its id, and every mark is a promise."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = re.compile(r'promise\("(R\d+)"\)')
ROW = re.compile(r"^\| (R\d+) \|", re.MULTILINE)


def test_every_promise_has_a_test_and_every_mark_is_a_promise():
    promised = set(ROW.findall((ROOT / "README.md").read_text()))
    tests = (ROOT / "tests").rglob("test_*.py")
    marked = {name for test in tests for name in MARK.findall(test.read_text())}
    assert promised == marked
