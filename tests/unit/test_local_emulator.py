import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import emulator, stack
from infra.local.failure import LocalFailure

IDLE = "import time; time.sleep(60)"
SPAWNS_A_WORKER = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {IDLE!r}]); {IDLE}"


@pytest.fixture(autouse=True)
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(emulator, "LOCAL", tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def start(monkeypatch: pytest.MonkeyPatch, name: str, program: str) -> subprocess.Popen[bytes]:
    """Start a program in the emulator's place: a python that ignores `-m ministack.app`."""
    place = emulator.place_of(name)
    place.scratch.mkdir(parents=True)
    python = place.scratch / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c {program!r}\n".replace("'", '"', 0))
    python.chmod(0o755)
    monkeypatch.setattr(emulator, "environment_python", lambda: str(python))
    return emulator.start(place, 1)
