"""The official JavaScript SDKs: installed from npm into this folder, and timed by Node in one process."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INSTALL_SECONDS, RUN_SECONDS = 900, 600


class SdksUnavailable(Exception):
    """The SDKs could not be installed or run, and why."""


def timed(folder: Path, cases: Mapping[str, list[str]], seconds: float) -> dict[str, Any]:
    """Return per pool type the package, its microseconds per quote and amounts out, or an error."""
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    if not all((HERE / "node_modules" / package).is_dir() for package in wanted):
        _run(
            ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"],
            INSTALL_SECONDS,
        )
    asked = json.dumps({"folder": str(folder), "cases": cases, "seconds": seconds})
    answer: dict[str, Any] = json.loads(_run(["node", "official_sdks.cjs"], RUN_SECONDS, asked))
    return answer


def _run(command: list[str], seconds: float, text: str | None = None) -> str:
    program = shutil.which(command[0])
    if program is None:
        raise SdksUnavailable(f"{command[0]} is not installed")
    try:
        done = subprocess.run(  # noqa: S603
            [program, *command[1:]],
            cwd=HERE,
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise SdksUnavailable(f"{command[0]} failed: {error.stderr.strip()[-300:]}") from error
    except subprocess.TimeoutExpired as error:
        raise SdksUnavailable(f"{command[0]} took more than {seconds} s") from error
    return done.stdout
