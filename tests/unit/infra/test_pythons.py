"""The versions of Python that the project allows, that make takes, and that the pages name are the same."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from infra.build import LAMBDA_PYTHON

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ALLOWED = [
    f"3.{minor}" for minor in range(100) if SpecifierSet(PROJECT["requires-python"]).contains(f"3.{minor}")
]
MAKEFILE = (ROOT / "Makefile").read_text()


def test_make_looks_for_every_version_that_the_project_allows_and_first_for_the_one_of_lambda():
    (looked_for,) = re.findall(r"for candidate in (.+) python3;", MAKEFILE)
    versions = looked_for.replace("python", "").split()
    assert sorted(versions) == ALLOWED
    assert versions[0] == LAMBDA_PYTHON


def test_make_takes_a_python_of_any_name_within_the_bounds_of_the_project():
    ((lowest, bound),) = re.findall(r"\((3, \d+)\) <= sys\.version_info < \((3, \d+)\)", MAKEFILE)
    taken = SpecifierSet(f">={lowest.replace(', ', '.')},<{bound.replace(', ', '.')}")
    assert taken == SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_a_page_says_which_versions_there_may_be(page):
    assert f"CPython {ALLOWED[0]} to {ALLOWED[-1]}." in (ROOT / page).read_text()
