"""A copy of the tree in which mutants are made and tests run, so that the tree itself is never touched."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from importlib.util import cache_from_source
from pathlib import Path
from typing import Self

from tests.mutants.reach import RUNGS, TimedTest
from tests.mutants.sites import Site

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".local", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis"
)
STAGES = (
    (("unit", "golden"), 8),
    (("property", "simulation", "contract"), 30),
    (("integration",), 30),
)
"""Which tests a mutant has to survive, stage by stage, and how many seconds of them: the cheapest first."""

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no")
UNLOADED = ("-p", "no:schemathesis")
"""A plugin that integration tests alone need, and that takes a second to load."""

PASSED, NOT_FOUND = 0, 4


class End(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNREACHED = "reached by no test"

    @property
    def is_death(self) -> bool:
        """Whether the tests told that something was wrong."""
        return self in {End.KILLED, End.TIMED_OUT}


class Trial:
    """One copy of the tree; the tests in it are run one at a time."""

    def __init__(self, root: Path, place: Path) -> None:
        self._place = place
        shutil.copytree(root, place, ignore=NOT_COPIED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._place)

    def record(self, into: Path, processes: int) -> int | None:
        """Run all tests of the rungs once and record their reach; return pytest's status."""
        folders = [f"tests/{rung}" for rung in RUNGS]
        options = ["-p", "tests.mutants.recorder", "-n", str(processes), "--dist", "loadgroup", *folders]
        return self._run(options, timeout=3_600, MUTANTS_RECORD=str(into))

    def passes(self, tests: Sequence[TimedTest]) -> bool:
        """Whether these tests pass as things are."""
        return self._run_tests(tests) == PASSED

    def judge(self, site: Site, tests: Sequence[TimedTest]) -> End:
        """Make the mutant, run the tests that reach it until one fails, and take it back."""
        if not tests:
            return End.UNREACHED
        file = self._place / site.path
        source = file.read_bytes()
        Path(cache_from_source(str(file))).unlink(missing_ok=True)
        file.write_bytes(site.apply(source))
        try:
            return self._end_of(tests)
        finally:
            file.write_bytes(source)

    def _end_of(self, tests: Sequence[TimedTest]) -> End:
        for rungs, seconds in STAGES:
            batch = within(seconds, (test for test in tests if test.rung in rungs))
            status = self._run_tests(batch) if batch else PASSED
            if status is None:
                return End.TIMED_OUT
            if status != PASSED:
                return End.KILLED
        return End.SURVIVED

    def _run_tests(self, tests: Sequence[TimedTest]) -> int | None:
        patience = 30 + 4 * sum(test.seconds for test in tests)
        status = self._run_named([test.id for test in tests], patience)
        if status == NOT_FOUND:  # a test's id is made of what was changed: its file has it under another one
            files = list(dict.fromkeys(test.id.split("::")[0] for test in tests))
            status = self._run_named(files, patience + 120)
        return status

    def _run_named(self, names: Sequence[str], timeout: float) -> int | None:
        listed = self._place / ".mutant-tests"
        listed.write_text("\n".join(names) + "\n")
        loaded = () if any(name.startswith("tests/integration/") for name in names) else UNLOADED
        return self._run(["-x", *loaded, f"@{listed.name}"], timeout)

    def _run(self, options: Sequence[str], timeout: float, **environment: str) -> int | None:
        """Pytest's status; None when it took too long."""
        fixed: Mapping[str, str] = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
        command = [sys.executable, *PYTEST, *options]
        with subprocess.Popen(  # noqa: S603 - our own tests
            command,
            cwd=self._place,
            env=fixed,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            try:
                return running.wait(timeout)
            except subprocess.TimeoutExpired:
                return None
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGKILL)


def within(seconds: float, tests: Iterable[TimedTest]) -> list[TimedTest]:
    """The first of these tests that take so long together, and at least one."""
    chosen: list[TimedTest] = []
    left = seconds
    for test in tests:
        left -= test.seconds
        if chosen and left < 0:
            break
        chosen.append(test)
    return chosen
