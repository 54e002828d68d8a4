"""A plugin of pytest that runs tests on request, in forks of one process that has loaded the libraries.

No module of ours that a mutant may change is loaded before the fork: it is imported as it stands in its file.
Requests and answers are lines of JSON over the socket whose descriptor MUTANTS_SOCKET names.
"""

import importlib
import importlib.util
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import settings

LIBRARIES = (
    "boto3",
    "botocore.session",
    "chalice.test",
    "hypothesis.stateful",
    "jsonschema_rs",
    "moto.backends",
    "pydantic",
    "pynamodb.models",
    "rich.live",
    "schemathesis",
    "websockets.sync.client",
    "yaml",
)
"""What many tests import and no mutant changes; one that is not installed is passed over."""


class Forks:
    """The process that forks; in each fork, what reports how its tests ended."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._report = -1
        self._failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Answer requests until there are no more; in a fork alone, go on with the session."""
        load_libraries()
        with self._requests.makefile("rw") as lines:
            for line in lines:
                request = json.loads(line)
                heard, self._report = os.pipe()
                fork = os.fork()
                if not fork:
                    begin(session, **request)
                    return
                os.close(self._report)
                with ended(fork), os.fdopen(heard, "rb") as report:
                    answer = report_of(report.fileno(), fork, request["patience"])
                lines.write(json.dumps(answer) + "\n")
                lines.flush()
        pytest.exit("no more requests", returncode=0)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Report, and end the fork at once: nothing that it does after its last test is of interest."""
        if self._report >= 0:
            os.write(self._report, json.dumps({"status": int(exitstatus), "failed": self._failed}).encode())
            os._exit(0)

    def _note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.failed and not self._failed:
            self._failed = report.nodeid


def load_libraries() -> None:
    """Load what forks share, and see that nothing of ours came with it."""
    for library in LIBRARIES:
        with suppress(ModuleNotFoundError):
            importlib.import_module(library)
    ours = [
        name for name in sys.modules if name.split(".")[0] in {"app", "chalicelib", "infra", "oee", "bench"}
    ]
    if ours:
        raise RuntimeError(f"Loaded before any fork: {ours}")


def begin(session: pytest.Session, tests: list[str], cpu: float, **_: Any) -> None:
    """Be the fork that runs these tests, for so many seconds of a processor."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    seconds = int(cpu + sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    session.config.args = tests


@contextmanager
def ended(fork: int) -> Iterator[None]:
    """See that neither the fork nor what it started outlives this."""
    try:
        yield
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(fork, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(fork, 0)


def report_of(heard: int, fork: int, patience: float) -> dict[str, Any]:
    """What the fork reports; without a status when it used up its time, and with the signal that ended it."""
    nothing: dict[str, Any] = {"status": None, "failed": "", "signal": 0}
    if not select.select([heard], [], [], patience)[0]:
        return nothing
    if report := os.read(heard, 65_536):
        return {**nothing, **json.loads(report)}
    _, status = os.waitpid(fork, 0)
    by = os.waitstatus_to_exitcode(status)
    return nothing if by == -signal.SIGXCPU else {**nothing, "signal": -by}


def pytest_configure(config: pytest.Config) -> None:
    """Take requests; keep no examples, so that a run is what the one before it was."""
    settings.register_profile("mutants", database=None, deadline=None, derandomize=True)
    settings.load_profile("mutants")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    requests = socket.socket(fileno=int(os.environ["MUTANTS_SOCKET"]))
    requests.set_inheritable(False)
    config.pluginmanager.register(Forks(requests))
