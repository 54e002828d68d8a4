"""Tests are run side by side, and those of a group after each other: what `make test` relies on."""

import subprocess
import sys
from pathlib import Path

GROUP = '@pytest.mark.xdist_group("quarrelsome")\n'
TESTS = f"""
import os
from pathlib import Path

import pytest


{GROUP}@pytest.mark.parametrize("number", range(12))
def test_leaves_the_name_of_its_worker(number):
    Path(os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


def test_the_tests_of_a_group_share_a_worker(tmp_path: Path) -> None:
    assert workers_of(TESTS, tmp_path) == 1


def test_control_without_their_group_they_are_shared_out(tmp_path: Path) -> None:
    assert workers_of(TESTS.replace(GROUP, ""), tmp_path) > 1


def workers_of(tests: str, folder: Path) -> int:
    (folder / "test_group.py").write_text(tests)
    options = ["-q", "-p", "no:cacheprovider", "--numprocesses", "2", "--dist", "loadgroup"]
    pytest_run = [sys.executable, "-m", "pytest", *options, "."]
    subprocess.run(pytest_run, cwd=folder, check=True, timeout=60)  # noqa: S603 - tests of our own
    return len(list(folder.glob("gw*")))
