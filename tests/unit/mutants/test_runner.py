"""How mutants are drawn, which tests they have to survive, and how that is told."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import draw, summed
from tests.mutants.reach import Reach, TimedTest
from tests.mutants.sites import PACKAGES, Site
from tests.mutants.trial import End, within

SITES = [
    Site(f"chalicelib/{package}/rule.py", line, "rule", line, line + 1, "a", "b")
    for package in PACKAGES
    for line in range(1, 21)
]


def recorded(root, **lines):
    """A record in which each named test reaches these lines of the first site's file."""
    (root / "test_rule.py").write_text("from chalicelib.services.rule import rule\nimport json\n")
    file = SITES[0].path
    return Reach(
        {
            f"test_rule.py::{name}": {"seconds": seconds, "lines": {file: reached}}
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


def test_a_line_that_runs_at_the_import_is_left_to_all_that_use_its_module(tmp_path: Path):
    reach = recorded(tmp_path, one=(0.1, [1]), two=(0.2, [2]))
    assert names(reach.of(SITES[7])) == ["one", "two"]
    by_name = next(site for site in SITES if site.path == "chalicelib/services/rule.py")
    assert names(reach.of(by_name)) == ["one", "two"]
    assert reach.of(next(site for site in SITES if "/api/" in site.path)) == []


def test_tests_are_run_for_so_long_and_one_at_least():
    tests = [TimedTest(str(seconds), seconds) for seconds in (1, 2, 3)]
    assert within(3, tests) == tests[:2]
    assert within(0.5, tests) == tests[:1]
    assert within(9, []) == []


def test_what_became_of_them_is_told_by_package_and_in_all():
    ends = [(site, End.SURVIVED) for site in SITES[:1]]
    ends += [(site, End.KILLED) for site in SITES[1:3]]
    ends += [(SITES[-1], End.TIMED_OUT)]
    assert list(summed(ends)) == [
        "domain: 2 of 3 died, 66.7% (2 killed, 1 survived)",
        "api: 1 of 1 died, 100.0% (1 timed out)",
        "all: 3 of 4 died, 75.0% (2 killed, 1 timed out, 1 survived)",
    ]
