"""How the SAM CLI is called."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import sam_cli


def test_a_parameter_can_be_emptied_and_may_have_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sam_cli, "commands_of", lambda *_: Path("bin"))
    parameters = {"AllowedTokens": "", "MaxOrderAmounts": "SOL=5 USDC=900", "LogLevel": "INFO"}
    sam_cli.deploy("stack", Path("template.yaml"), parameters=parameters, tags={"stage": "dev"}, ask=False)

    (command,) = called
    given = command[command.index("--parameter-overrides") + 1 :]
    assert given == ['AllowedTokens=""', 'MaxOrderAmounts="SOL=5 USDC=900"', 'LogLevel="INFO"']
    assert command[command.index("--tags") + 1] == 'stage="dev"'
