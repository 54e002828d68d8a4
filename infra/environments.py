"""Virtual environments for tools whose pins conflict with ours, made on first use, one per content."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LOCAL = Path(__file__).resolve().parents[1] / ".local"
INSTALL_SECONDS = 300


class InstallFailed(Exception):
    """An environment could not be made; the message says why."""


def commands_of(name: str, lock: Path) -> Path:
    """Return the directory of the commands of the environment `name`, for this interpreter's version.

    Raises
    ------
    InstallFailed
        What is locked could not be installed, or has other hashes.
    """
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    finished = LOCAL / f"{name}-{sys.version_info.major}.{sys.version_info.minor}-{digest}"
    commands = finished / "bin"
    if (commands / "python").exists():
        return commands
    LOCAL.mkdir(exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=LOCAL))
    try:
        # Relocatable, because it is moved when it is whole: its scripts must not name where it was made.
        run_uv(name, "venv", "--clear", "--relocatable", "--python", sys.executable, str(unfinished))
        install = ("pip", "install", "--require-hashes", "--requirement", str(lock))
        run_uv(name, *install, "--python", str(unfinished))
        if not (commands / "python").exists():  # else another process was first, and uses it already
            shutil.rmtree(finished, ignore_errors=True)
            unfinished.rename(finished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return commands


def run_uv(what: str, *arguments: str) -> None:
    """Run the installer. Raises InstallFailed, whose message says `what` was to be installed."""
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise InstallFailed(f"{what} could not be installed: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise InstallFailed(f"{what} could not be installed within {INSTALL_SECONDS} s") from error
