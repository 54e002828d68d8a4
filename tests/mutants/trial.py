"""A copy of the tree in which mutants are made and tests run, so that the tree itself is never touched."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from tests.mutants.reach import RUNGS, TimedTest
from tests.mutants.sites import Site

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".local", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis"
)
STAGES = (1, 8, 60)
"""How many seconds of the tests that are left a mutant has to survive, stage by stage."""

IMPORT_SECONDS = 0.2
"""What importing a file of tests may take, with all that it imports."""

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no")

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


@dataclass(frozen=True)
class Verdict:
    """How it ended, and the test that failed first; none where nothing could be imported any more."""

    end: End
    killer: str = ""


@dataclass(frozen=True)
class Outcome:
    """Pytest's status, none when it took too long, and the test that failed first."""

    status: int | None
    failed: str


class Trial:
    """One copy of the tree; the tests in it are run one at a time."""

    def __init__(self, root: Path, place: Path) -> None:
        self._place = place
        self._writes = 0
        shutil.copytree(root, place, ignore=NOT_COPIED)
        self._scratch = place.with_name(f"{place.name}-scratch")
        self._scratch.mkdir()
        self._forks = _Forks(place, self._scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._forks.end()
        shutil.rmtree(self._place)
        shutil.rmtree(self._scratch)

    def record(self, into: Path, processes: int) -> int | None:
        """Run all tests of the rungs once and record their reach; return pytest's status."""
        folders = [f"tests/{rung}" for rung in RUNGS]
        options = ["-p", "tests.mutants.recorder", "-n", str(processes), "--dist", "loadgroup", *folders]
        with _started(self._place, options, MUTANTS_RECORD=str(into)) as running:
            try:
                return running.wait(3_600)
            except subprocess.TimeoutExpired:
                return None
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGKILL)

    def failing(self, tests: Sequence[TimedTest]) -> str:
        """The first of these tests that doesn't pass as things are; nothing when all do."""
        outcome = self._run(tests)
        return "" if outcome.status == PASSED else outcome.failed or f"pytest's status {outcome.status}"

    def judge(self, site: Site, tests: Sequence[TimedTest]) -> Verdict:
        """Make the mutant, run the tests that reach it until one fails, and take it back."""
        if not tests:
            return Verdict(End.UNREACHED)
        file = self._place / site.path
        source = file.read_bytes()
        self._write(file, site.apply(source))
        try:
            return self._verdict_of(tests)
        finally:
            self._write(file, source)

    def _write(self, file: Path, source: bytes) -> None:
        """Write it with a time of its own, so that no bytecode of another text is taken for its."""
        self._writes += 1
        file.write_bytes(source)
        os.utime(file, (self._writes, self._writes))

    def _verdict_of(self, tests: Sequence[TimedTest]) -> Verdict:
        for batch in batches(tests):
            outcome = self._run(batch)
            if outcome.status is None:
                return Verdict(End.TIMED_OUT)
            if outcome.status != PASSED:
                return Verdict(End.KILLED, outcome.failed)
        return Verdict(End.SURVIVED)

    def _run(self, tests: Sequence[TimedTest]) -> Outcome:
        seconds = sum(test.seconds for test in tests)
        outcome = self._forks.run([test.id for test in tests], seconds)
        if (
            outcome.status == NOT_FOUND
        ):  # a test's id is made of what was changed: its file has it under another one
            files = list(dict.fromkeys(test.file for test in tests))
            outcome = self._forks.run(files, seconds + 60)
        return outcome


class _Forks:
    """Tests in forks of one process that stays: see tests.mutants.forks."""

    def __init__(self, place: Path, scratch: Path) -> None:
        self._ours, theirs = socket.socketpair()
        options = ["-x", "-p", "tests.mutants.forks", f"--basetemp={scratch}/pytest"]
        self._running = _started(
            place,
            options,
            pass_fds=(theirs.fileno(),),
            MUTANTS_SOCKET=str(theirs.fileno()),
            TMPDIR=str(scratch),
        )
        theirs.close()
        self._lines = self._ours.makefile("rw")

    def run(self, tests: Sequence[str], seconds: float) -> Outcome:
        """Run tests that usually take so long, until one fails.

        A fork may take several times as long of a processor's time. By the clock it may take long, for the
        machine may be busy with other things.

        Raises
        ------
        RuntimeError
            Something else than the tests ended it: nothing can be told.
        """
        request = {"tests": list(tests), "cpu": 10 + 4 * seconds, "patience": 120 + 20 * seconds}
        self._lines.write(json.dumps(request) + "\n")
        self._lines.flush()
        answer = json.loads(self._lines.readline() or '{"signal": "unknown"}')
        if answer["signal"]:
            raise RuntimeError(f"The tests were ended by the signal {answer['signal']}")
        return Outcome(answer["status"], answer["failed"])

    def end(self) -> None:
        """End the process, and the fork that it may have."""
        self._lines.close()
        self._ours.close()
        self._running.terminate()
        self._running.wait()


def _started(
    place: Path, options: Sequence[str], pass_fds: Sequence[int] = (), **environment: str
) -> subprocess.Popen[bytes]:
    """Pytest, begun in the copy."""
    fixed: Mapping[str, str] = {**os.environ, **environment}
    return subprocess.Popen(  # noqa: S603 - our own tests
        [sys.executable, *PYTEST, *options],
        cwd=place,
        env=fixed,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=pass_fds,
    )


def batches(tests: Sequence[TimedTest]) -> Iterator[list[TimedTest]]:
    """The tests of each stage: of what is left the first that take its seconds together, and at least one."""
    left = list(tests)
    for seconds in STAGES:
        if batch := within(seconds, left):
            yield batch
            chosen = set(batch)
            left = [test for test in left if test not in chosen]


def within(seconds: float, tests: Iterable[TimedTest]) -> list[TimedTest]:
    """The first of these tests that take so long together, their files' imports included, and at least one.

    A test whose file would take too long is passed over for the next of a file that is imported anyway.
    """
    chosen: list[TimedTest] = []
    files: set[str] = set()
    left = seconds
    for test in tests:
        needed = test.seconds + (0 if test.file in files else IMPORT_SECONDS)
        if not chosen or needed <= left:
            chosen.append(test)
            files.add(test.file)
            left -= needed
    return chosen
