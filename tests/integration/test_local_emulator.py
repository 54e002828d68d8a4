import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from infra.local import emulator, scratch
from infra.local.failure import LocalFailure
from infra.local.waiting import wait_until

NAME = "here"
IDLES = "import time\ntime.sleep(60)"
HAS_A_STUBBORN_WORKER = """
import signal, subprocess, sys, time
ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
ignore += "time.sleep(60)"
worker = subprocess.Popen([sys.executable, "-c", ignore], stdout=subprocess.PIPE)
worker.stdout.readline()
print(worker.pid, flush=True)
time.sleep(60)
"""

Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a program in the emulator's place."""
    started = []
    monkeypatch.setattr(emulator, "LOCAL", tmp_path)
    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "none")
    python, program = tmp_path / "python", tmp_path / "program.py"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} {program}\n")
    python.chmod(0o755)
    monkeypatch.setattr(emulator, "environment_python", lambda: str(python))

    def start_program(source: str) -> "subprocess.Popen[bytes]":
        program.write_text(source)
        started.append(emulator.start(emulator.place_of(NAME), port=1))
        return started[-1]

    yield start_program
    for process in started:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def log_line(place: emulator.Place) -> str:
    line = wait_until(lambda: place.log.read_text() or None, seconds=10)
    assert line is not None
    return line.strip()


def test_a_started_emulator_is_alive_until_it_ends(start: Start) -> None:
    place = emulator.place_of(NAME)
    assert not emulator.is_alive(place)

    process = start(IDLES)
    assert emulator.is_alive(place)

    process.kill()
    process.wait(10)
    assert not emulator.is_alive(place)


def test_one_name_never_runs_twice(start: Start) -> None:
    start(IDLES)

    with pytest.raises(LocalFailure, match="A stack called here is already running"):
        start(IDLES)


def test_stopping_ends_the_workers_and_removes_the_files(start: Start) -> None:
    place = emulator.place_of(NAME)
    process = start(HAS_A_STUBBORN_WORKER)
    worker = int(log_line(place))
    assert emulator.pids_of(process.pid) == sorted([process.pid, worker])

    emulator.stop(process.pid, place)
    process.wait(10)

    assert wait_until(lambda: None if emulator.pids_of(process.pid) else True, seconds=10)
    assert not place.scratch.exists()


def test_nothing_of_the_callers_environment_reaches_the_emulator(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-a-person")
    monkeypatch.setenv("ORDERS_TABLE", "of-another-stack")

    start("import os\nprint(sorted(os.environ), flush=True)\n" + IDLES)

    seen = log_line(emulator.place_of(NAME))
    assert "GATEWAY_PORT" in seen
    assert "AWS_PROFILE" not in seen
    assert "ORDERS_TABLE" not in seen


def test_an_emulator_that_ends_as_it_starts_is_told_with_its_last_words(start: Start) -> None:
    process = start("print('no ports today')")

    with pytest.raises(LocalFailure, match="The emulator ended as it started: no ports today"):
        emulator.wait_until_ready(process, emulator.place_of(NAME), port=1)


def test_a_taken_port_is_refused() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        with pytest.raises(LocalFailure, match=f"Port {port} is taken"):
            emulator.choose_port(port)


def test_a_port_whose_last_connections_are_still_dying_is_free() -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            served, _ = listener.accept()
            served.close()  # who closes first keeps the port for a minute
            assert client.recv(1) == b""

    assert emulator.choose_port(port) == port


def test_without_a_wanted_port_a_taken_one_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        monkeypatch.setattr(emulator, "DEFAULT_PORT", listener.getsockname()[1])

        assert emulator.choose_port(None) not in {0, emulator.DEFAULT_PORT}


def test_any_free_port_is_none_that_an_outgoing_connection_takes_before_it_is_bound() -> None:
    assert 1024 <= emulator.choose_port(0) < 32_768  # Linux's begin here, those of macOS above
