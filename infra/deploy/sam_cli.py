"""The SAM CLI, in an environment of its own."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.build import ROOT
from infra.environments import commands_of

LOCK = Path(__file__).with_name("sam.lock")
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


class SamFailed(Exception):
    """The SAM CLI failed; it has printed the error itself."""


def deploy(
    stack: str,
    template: Path,
    *,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    ask: bool,
) -> None:
    """Show the change set of a stack and run it once it is confirmed. An empty one is no error.

    Parameters that aren't given keep the values that the stack has.

    Raises
    ------
    SamFailed
        It was refused or failed.
    InstallFailed
        The SAM CLI could not be installed.
    """
    command = ["deploy", "--stack-name", stack, "--template-file", str(template), "--resolve-s3"]
    command += ["--no-fail-on-empty-changeset", "--confirm-changeset" if ask else "--no-confirm-changeset"]
    command += ["--capabilities", *CAPABILITIES, "--tags", *_pairs(tags)]
    command += ["--parameter-overrides", *_pairs(parameters)] if parameters else []
    _run(command)


def delete(stack: str, *, ask: bool) -> None:
    """Delete a stack and the code that was uploaded for it. Raises SamFailed, InstallFailed."""
    _run(["delete", "--stack-name", stack, *([] if ask else ["--no-prompts"])])


def _pairs(values: Mapping[str, str]) -> Iterable[str]:
    """Return each as one argument. Only between quotes SAM takes an empty value, or one with a space."""
    return (f'{name}="{value}"' for name, value in values.items())


def _run(arguments: list[str]) -> None:
    sam = commands_of("sam", LOCK) / "sam"
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    # How long CloudFormation takes is its own affair, and a person may be asked: there is no time-out.
    if subprocess.run([str(sam), *arguments], cwd=ROOT, env=environment, check=False).returncode:  # noqa: S603 - ours
        raise SamFailed(f"sam {arguments[0]} failed: see above")
