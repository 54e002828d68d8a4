"""The runner of mutants, on a tree of its own: what a test notices dies, what none notices is told."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.mutants.reach import RUNGS, Reach
from tests.mutants.sites import Site, sites_of
from tests.mutants.trial import End, Trial

MUTANTS = Path(__file__).parents[1] / "mutants"
RULE = """
def may(amount, limit):
    return amount <= limit


def fee(amount):
    return amount + 1
"""
TESTS = """
from chalicelib.domain.rule import fee, may


def test_at_the_limit_it_may_and_above_it_may_not():
    assert may(1, 1)
    assert not may(2, 1)


def test_a_fee_is_taken():
    fee(1)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("chalicelib/domain", *(f"tests/{rung}" for rung in RUNGS), "tests/mutants"):
        (root / folder).mkdir(parents=True)
    for package in ("chalicelib", "chalicelib/domain", "tests", "tests/unit", "tests/mutants"):
        (root / package / "__init__.py").touch()
    for module in ("recorder.py", "sites.py"):
        shutil.copy(MUTANTS / module, root / "tests" / "mutants")
    (root / "chalicelib/domain/rule.py").write_text(RULE)
    (root / "tests/unit/test_rule.py").write_text(TESTS)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    return root


def the_site(root: Path, after: str) -> Site:
    [site] = [site for site in sites_of(root) if site.after == after]
    return site


@pytest.mark.skipif(sys.version_info < (3, 12), reason="lines are heard of from sys.monitoring")
def test_a_mutant_dies_by_a_test_that_notices_it_and_lives_by_one_that_only_runs_it(
    tree: Path, tmp_path: Path
) -> None:
    record = tmp_path / "record"
    record.mkdir()
    with Trial(tree, tmp_path / "copy") as trial:
        trial.record(record, processes=0)
        reach = Reach.read(record, tree)
        assert reach.tests == 2
        noticed, unnoticed = (the_site(tree, after) for after in ("(amount < limit)", "(amount - 1)"))
        assert [test.id.split("::")[1] for test in reach.of(noticed)] == [
            "test_at_the_limit_it_may_and_above_it_may_not"
        ]
        assert trial.judge(noticed, reach.of(noticed)) is End.KILLED
        assert trial.judge(unnoticed, reach.of(unnoticed)) is End.SURVIVED
    assert (tree / "chalicelib/domain/rule.py").read_text() == RULE
    assert not (tmp_path / "copy").exists()
