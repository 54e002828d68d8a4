"""The runner of mutants, on a tree of its own: what a test notices dies, what none notices is told."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.reach import RUNGS, Reach, TimedTest
from tests.mutants.sites import Site, sites_of
from tests.mutants.trial import End, Trial, Verdict

MUTANTS = Path(__file__).parents[1] / "mutants"
RULE = """
def may(amount, limit):
    return amount <= limit


def fee(amount):
    return amount + 1
"""
TESTS = {
    "test_rule": """
from chalicelib.domain.rule import fee, may


def test_at_the_limit_it_may_and_above_it_may_not():
    assert may(1, 1)
    assert not may(2, 1)


def test_a_fee_is_taken():
    fee(1)
""",
    "test_endless": """
from chalicelib.domain.rule import fee


def test_fees_add_up():
    paid = 0
    while paid < 5:
        paid = fee(paid)
""",
    "test_named": """
import pytest

from chalicelib.domain.rule import fee


@pytest.mark.parametrize("paid", [fee(1)])
def test_a_fee_is(paid):
    assert paid == 2
""",
    "test_imported": """
from chalicelib.domain.rule import fee

assert fee(1) == 2


def test_nothing():
    pass
""",
    "test_ended": """
import os

from chalicelib.domain.rule import fee


def test_a_fee_ends_it():
    if fee(1) == 0:
        os.kill(os.getpid(), 15)
""",
    "test_wrong": """
def test_wrong():
    assert not "right"
""",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mutants") / "root"
    for folder in ("chalicelib/domain", *(f"tests/{rung}" for rung in RUNGS), "tests/mutants"):
        (root / folder).mkdir(parents=True)
    for package in ("chalicelib", "chalicelib/domain", "tests", "tests/unit", "tests/mutants"):
        (root / package / "__init__.py").touch()
    for module in ("forks.py", "recorder.py", "sites.py"):
        shutil.copy(MUTANTS / module, root / "tests" / "mutants")
    (root / "chalicelib/domain/rule.py").write_text(RULE)
    for name, text in TESTS.items():
        (root / f"tests/unit/{name}.py").write_text(text)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    return root


@pytest.fixture(scope="module")
def trial(tree: Path) -> Iterator[Trial]:
    with Trial(tree, tree.with_name("copy")) as trial:
        yield trial
    assert [place.name for place in tree.parent.iterdir() if place.name != "record"] == ["root"]
    assert (tree / "chalicelib/domain/rule.py").read_text() == RULE


def the_site(root: Path, after: str) -> Site:
    [site] = [site for site in sites_of(root) if site.after == after]
    return site


def timed(name: str, seconds: float = 0.0) -> TimedTest:
    return TimedTest(f"tests/unit/{name}", seconds)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="lines are heard of from sys.monitoring")
def test_a_mutant_dies_by_a_test_that_notices_it_and_lives_by_one_that_only_runs_it(
    tree: Path, trial: Trial
) -> None:
    record = tree.with_name("record")
    record.mkdir()
    trial.record(record, processes=0)
    reach = Reach.read(record, tree)
    noticed, unnoticed = (the_site(tree, after) for after in ("(amount < limit)", "(amount - 1)"))
    [killer] = reach.of(noticed)
    assert killer.id == "tests/unit/test_rule.py::test_at_the_limit_it_may_and_above_it_may_not"
    assert trial.judge(noticed, [killer]) == Verdict(End.KILLED, killer.id)
    blind = [
        test for test in reach.of(unnoticed) if test.id == "tests/unit/test_rule.py::test_a_fee_is_taken"
    ]
    assert trial.judge(unnoticed, blind) == Verdict(End.SURVIVED)


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        # A test that takes -2 s is given 2 s of a processor instead of 10.
        (timed("test_endless.py::test_fees_add_up", -2.0), Verdict(End.TIMED_OUT)),
        (
            timed("test_named.py::test_a_fee_is[2]"),
            Verdict(End.KILLED, "tests/unit/test_named.py::test_a_fee_is[0]"),
        ),
        (timed("test_imported.py::test_nothing"), Verdict(End.KILLED, "tests/unit/test_imported.py")),
    ],
    ids=["one that never ends", "one that names tests otherwise", "one that cannot be imported"],
)
def test_a_mutant_dies_whatever_it_breaks_and_leaves_nothing_behind(
    tree: Path, trial: Trial, test: TimedTest, verdict: Verdict
) -> None:
    assert not trial.failing([test])
    assert trial.judge(the_site(tree, "(amount - 1)"), [test]) == verdict
    assert not trial.failing([test])


def test_nothing_is_told_of_tests_that_something_else_ended(tree: Path, trial: Trial) -> None:
    with pytest.raises(RuntimeError, match="signal 15"):
        trial.judge(the_site(tree, "(amount - 1)"), [timed("test_ended.py::test_a_fee_ends_it")])


def test_a_test_that_fails_as_things_are_is_named(trial: Trial) -> None:
    wrong = timed("test_wrong.py::test_wrong")
    assert trial.failing([wrong]) == wrong.id
