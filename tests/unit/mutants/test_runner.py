"""How mutants are drawn, which tests they have to survive, and how that is told."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import draw, summed
from tests.mutants.reach import Reach, TimedTest
from tests.mutants.sites import PACKAGES, Site
from tests.mutants.trial import IMPORT_SECONDS, End, batches, within

SITES = [
    Site(f"chalicelib/{package}/rule.py", line, "rule", line, line + 1, "a", "b")
    for package in PACKAGES
    for line in range(1, 21)
]


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def recorded(root, **lines):
    """A record in which each named test reaches these lines of the first site's file."""
    for package in ("services", "domain"):
        write(root, f"chalicelib/{package}/rule.py", "def rule():\n    pass\n")
    write(root, "test_rule.py", "from chalicelib.services.rule import rule\nimport json\n")
    write(root, "test_own.py", "from chalicelib.domain.rule import rule\n")
    file = SITES[0].path
    return Reach(
        {
            f"test_{'own' if name == 'own' else 'rule'}.py::{name}": {
                "seconds": seconds,
                "lines": {file: reached},
            }
            for name, (seconds, reached) in lines.items()
        },
        root,
    )


def names(tests):
    return [test.id.split("::")[1] for test in tests]


@pytest.mark.parametrize("count", [4, 7, 42])
def test_a_seed_draws_the_same_mutants_again_and_as_many_from_each_package(count):
    drawn = draw(SITES, 1, count)
    assert drawn == draw(SITES, 1, count) != draw(SITES, 2, count)
    assert len(set(drawn)) == len(drawn) == count
    shares = [sum(f"/{package}/" in site.path for site in drawn) for package in PACKAGES]
    assert max(shares) - min(shares) <= 1


def test_no_more_are_drawn_than_there_are():
    assert sorted(draw(SITES, 1, 1_000), key=SITES.index) == SITES


def test_the_tests_of_a_line_are_those_that_reach_it_the_fastest_first(tmp_path: Path):
    reach = recorded(tmp_path, slow=(2.0, [1, 2]), fast=(0.1, [1]), other=(0.1, [2]))
    assert names(reach.of(SITES[0])) == ["fast", "slow"]


@pytest.mark.parametrize(("takes", "order"), [(0.1, ["own", "fast"]), (0.2, ["fast", "own"])])
def test_a_quick_test_whose_file_names_the_module_comes_before_all_others(tmp_path: Path, takes, order):
    reach = recorded(tmp_path, fast=(0.05, [1]), own=(takes, [1]))
    assert names(reach.of(SITES[0])) == order


def test_a_line_that_runs_at_the_import_is_left_to_all_that_use_its_module(tmp_path: Path):
    reach = recorded(tmp_path, one=(0.1, [1]), two=(0.2, [2]))
    assert names(reach.of(SITES[7])) == ["one", "two"]
    by_name = next(site for site in SITES if site.path == "chalicelib/services/rule.py")
    assert names(reach.of(by_name)) == ["one", "two"]
    assert reach.of(next(site for site in SITES if "/api/" in site.path)) == []


def test_a_module_that_no_test_names_is_left_to_all_that_import_it_through_others(tmp_path: Path):
    write(tmp_path, "chalicelib/api/__init__.py", "from chalicelib.api.rule import RULE\n")
    write(tmp_path, "chalicelib/api/rule.py", "import chalicelib.api\n\nRULE = 1\n")
    write(tmp_path, "test_package.py", "from chalicelib.api import RULE\n")
    write(tmp_path, "test_other.py", "import json\n")
    records = {f"test_{name}.py::{name}": {"seconds": 0.1, "lines": {}} for name in ("package", "other")}
    reach = Reach(records, tmp_path)
    assert names(reach.of(next(site for site in SITES if "/api/" in site.path))) == ["package"]


def timed(name: str, seconds: float) -> TimedTest:
    return TimedTest(f"tests/unit/{name[0]}.py::{name}", seconds)


def test_tests_are_run_for_so_long_with_the_imports_of_their_files_and_one_at_least():
    tests = [timed("a1", 1), timed("a2", 2), timed("a3", 3)]
    assert within(3 + IMPORT_SECONDS, tests) == tests[:2]
    assert within(0.5, tests) == tests[:1]
    assert within(9, []) == []


def test_a_test_of_one_more_file_is_passed_over_for_one_of_a_file_that_is_imported_anyway():
    tests = [timed("a1", 0), timed("b1", 0), timed("a2", 0)]
    assert within(IMPORT_SECONDS, tests) == [tests[0], tests[2]]
    assert within(2 * IMPORT_SECONDS, tests) == tests


def test_each_stage_runs_what_the_stage_before_left_and_no_test_twice():
    tests = [timed(f"a{number}", 0.25) for number in range(300)]
    first, second, third = batches(tests)
    assert [len(first), len(second), len(third)] == [3, 31, 239]
    assert [*first, *second, *third] == tests[:273]
    assert list(batches(tests[:2])) == [tests[:2]]


def test_what_became_of_them_is_told_by_package_and_in_all():
    ends = [(site, End.SURVIVED) for site in SITES[:1]]
    ends += [(site, End.KILLED) for site in SITES[1:3]]
    ends += [(SITES[-1], End.TIMED_OUT)]
    assert list(summed(ends)) == [
        "domain: 2 of 3 died, 66.7% (2 killed, 1 survived)",
        "api: 1 of 1 died, 100.0% (1 timed out)",
        "all: 3 of 4 died, 75.0% (2 killed, 1 timed out, 1 survived)",
    ]
