"""A plugin of pytest that notes which lines of the mutated packages each passing test reaches, and its time.

It writes one JSON file a process into the folder that MUTANTS_RECORD names. Lines are heard of from
sys.monitoring, once a test each, in whatever thread they run.
"""

import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.mutants.sites import PACKAGES

ROOT = Path(__file__).parents[2]
MONITORING: Any = sys.monitoring  # type: ignore[attr-defined] # there is one from Python 3.12 on
MUTATED = tuple(f"{ROOT}/chalicelib/{package}/" for package in PACKAGES)


class Recorder:
    """Lines by test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{os.getpid()}.json"
        self._tests: dict[str, dict[str, Any]] = {}
        self._reached: defaultdict[str, set[int]] = defaultdict(set)
        self._seconds = 0.0
        self._passed = True
        monitoring = MONITORING
        monitoring.use_tool_id(monitoring.COVERAGE_ID, "mutants")
        monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, self._reach)
        monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)

    def _reach(self, code: CodeType, line: int) -> Any:
        if code.co_filename.startswith(MUTATED):
            self._reached[code.co_filename].add(line)
        return MONITORING.DISABLE

    def pytest_runtest_logstart(self) -> None:
        self._reached.clear()
        self._seconds, self._passed = 0.0, True
        MONITORING.restart_events()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds += report.duration
        self._passed = self._passed and report.passed

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if self._passed:
            lines = {os.path.relpath(file, ROOT): sorted(reached) for file, reached in self._reached.items()}
            self._tests[nodeid] = {"seconds": round(self._seconds, 3), "lines": lines}

    def pytest_sessionfinish(self) -> None:
        MONITORING.set_events(MONITORING.COVERAGE_ID, 0)
        MONITORING.free_tool_id(MONITORING.COVERAGE_ID)
        self._file.write_text(json.dumps(self._tests))


def pytest_configure(config: pytest.Config) -> None:
    """Record in each process that runs tests: in the workers, where there are any."""
    runs_tests = hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
    if runs_tests:
        config.pluginmanager.register(Recorder(Path(os.environ["MUTANTS_RECORD"])))
