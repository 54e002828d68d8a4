"""`python -m infra.scan`: checkov over the templates, without the network. It exits with 1 for what it finds.

What it may find stands with its reason in exceptions.toml; a reason that nothing needs is a finding too.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.build import ROOT
from infra.environments import InstallFailed, commands_of

TEMPLATES = ("template.yaml", "infra/resources.yaml")
SCAN_SECONDS = 120

_HERE = Path(__file__).parent
_FOUND = 1


class ScanFailed(Exception):
    """The scanner did not scan; the message says why."""


def scan() -> dict[str, Any]:
    """Run the scanner and return its report.

    Raises
    ------
    ScanFailed, InstallFailed
        It could not run, or could not read a template.
    """
    scanner = commands_of("checkov", _HERE / "checkov.lock") / "checkov"
    arguments = ["--framework", "cloudformation", "--skip-download", "--output", "json"]
    command = [str(scanner), *(f"--file={path}" for path in TEMPLATES), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - ours
            command, cwd=ROOT, capture_output=True, text=True, timeout=SCAN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ScanFailed(f"checkov was not done within {SCAN_SECONDS} s") from error
    if done.returncode not in {0, _FOUND}:
        raise ScanFailed(f"checkov failed: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def findings(report: Mapping[str, Any], exceptions: Mapping[str, str]) -> Iterator[str]:
    """Return a sentence for each failed check without an exception, and for each unused exception."""
    failed: Sequence[Mapping[str, Any]] = report["results"]["failed_checks"]
    checked = {check["repo_file_path"] for check in (*failed, *report["results"]["passed_checks"])}
    for path in TEMPLATES:
        if f"/{path}" not in checked:
            yield f"{path} was not scanned"
    for check in failed:
        if check["check_id"] not in exceptions:
            first, _last = check["file_line_range"]
            place = f"{check['repo_file_path'].lstrip('/')}:{first}"
            yield f"{place} {check['resource']} {check['check_id']} {check['check_name']}"
    for unneeded in sorted(set(exceptions) - {check["check_id"] for check in failed}):
        yield f"infra/scan/exceptions.toml: nothing fails {unneeded} any more"


def read_exceptions() -> dict[str, str]:
    """Return the reasons of the excepted checks."""
    exceptions: dict[str, str] = tomllib.loads((_HERE / "exceptions.toml").read_text())
    return exceptions


def main() -> None:
    """Scan, and tell what was found."""
    try:
        found = list(findings(scan(), read_exceptions()))
    except (ScanFailed, InstallFailed) as error:
        sys.exit(str(error))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
