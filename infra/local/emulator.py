"""MiniStack as a child process: its environment, its start, its end.

A running emulator holds an exclusive lock on its log file through its standard output. So "is it alive" has
one answer that no crash, restart or reused process id can falsify, and one name never runs twice.
"""

import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from infra import environments
from infra.environments import InstallFailed, commands_of
from infra.local.failure import LocalFailure
from infra.local.scratch import scratch_of
from infra.local.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
LOCAL = environments.LOCAL
LOCK = Path(__file__).with_name("emulator.lock")
DEFAULT_PORT = 4566
START_SECONDS = 30
QUIET_PORTS = range(20_000, 30_000)
"""Linux and macOS take higher ones for outgoing connections: one found free stays so until it is bound."""

SERVER = (
    *("--app-dir", str(ROOT), "--factory", "infra.local.turns:served"),
    *("--host", "127.0.0.1", "--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio"),
    *("--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "1"),
    *("--no-access-log", "--no-server-header", "--log-level", "warning"),
)
"""uvicorn's arguments for serving MiniStack with turns; of the servers that can, it is the fastest."""
STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a stack's emulator: its log and its scratch directory."""

    log: Path
    scratch: Path


def place_of(name: str) -> Place:
    """Return the files of the emulator called `name`."""
    return Place(log=LOCAL / "stacks" / f"{name}.log", scratch=scratch_of(LOCAL, name))


def is_alive(place: Place) -> bool:
    """Return whether an emulator is running with these files."""
    if not place.log.exists():
        return False
    with place.log.open("rb") as log:
        return not _locked(log, fcntl.LOCK_SH)


def start(place: Place, port: int) -> subprocess.Popen[bytes]:
    """Start an emulator on loopback; it is not ready yet.

    Raises
    ------
    LocalFailure
        One runs there already, or its environment could not be made.
    """
    python = environment_python()
    place.log.parent.mkdir(parents=True, exist_ok=True)
    place.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.log.open("ab") as log:
        if wait_until(lambda: _locked(log, fcntl.LOCK_EX) or None, seconds=1) is None:
            raise LocalFailure(f"A stack called {place.log.stem} is already running")
        log.truncate(0)
        return subprocess.Popen(  # noqa: S603
            [python, "-m", "uvicorn", *SERVER, "--port", str(port)],
            cwd=place.scratch,
            env=_variables(place, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until_ready(process: subprocess.Popen[bytes], place: Place, port: int) -> None:
    """Wait until a started emulator answers. Raises LocalFailure when it dies, or takes over 30 s."""

    def look() -> bool | None:
        return True if process.poll() is not None or answers(f"http://127.0.0.1:{port}") else None

    ready = wait_until(look, START_SECONDS)
    if process.poll() is not None:
        raise LocalFailure(f"The emulator ended as it started: {_last_line(place.log)} ({place.log})")
    if ready is None:
        raise LocalFailure(f"The emulator did not answer within {START_SECONDS} s; its log is {place.log}")


def answers(endpoint: str) -> bool:
    """Return whether an emulator answers at `endpoint`, by the health path of MiniStack and LocalStack."""
    try:
        with httpx.Client(trust_env=False, timeout=2) as client:
            return client.get(f"{endpoint}/_localstack/health").is_success
    except httpx.HTTPError:
        return False


def stop(pid: int, place: Place) -> None:
    """End an emulator with all its workers, whatever they are doing, and remove what it kept."""
    if is_alive(place):
        # Nobody left in the group is ProcessLookupError, on macOS PermissionError while one isn't reaped.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: None if is_alive(place) else True, STOP_SECONDS)
            os.killpg(pid, signal.SIGKILL)
    shutil.rmtree(place.scratch, ignore_errors=True)


def pids_of(pid: int) -> list[int]:
    """Return the process ids of a running emulator and its workers, which are one process group."""
    ps = shutil.which("ps")
    if ps is None:
        return [pid]
    command = [ps, "-A", "-o", "pid=,pgid="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    rows = (line.split() for line in listed.stdout.splitlines())
    return sorted(int(process) for process, group in rows if int(group) == pid)


def choose_port(wanted: int | None) -> int:
    """Return a free port: the wanted one, or else the usual one, or else any.

    Raises
    ------
    LocalFailure
        The wanted port is taken.
    """
    if wanted is None:
        return DEFAULT_PORT if _is_free(DEFAULT_PORT) else choose_port(0)
    if wanted and not _is_free(wanted):
        raise LocalFailure(
            f"Port {wanted} is taken; choose another with --port, or --port 0 for any free one"
        )
    if wanted:
        return wanted
    return next(port for port in random.sample(QUIET_PORTS, len(QUIET_PORTS)) if _is_free(port))


def environment_python() -> str:
    """Return the interpreter of the emulator's own environment, which is made on first use.

    It is of this interpreter's version, because the emulator runs the handlers itself.
    """
    try:
        return str(commands_of("emulator", LOCK) / "python")
    except InstallFailed as error:
        raise LocalFailure(str(error)) from error


def _variables(place: Place, port: int) -> dict[str, str]:
    """Return the emulator's environment. Its handlers inherit it, so it has only PATH of the caller's."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(place.scratch),
        "TMPDIR": str(place.scratch),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _locked(log: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(log, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
