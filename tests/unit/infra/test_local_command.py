import json
import sys
from pathlib import Path

import pytest

from infra.local import emulator, scratch
from infra.local.__main__ import main
from infra.local.stack import find

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(emulator, "LOCAL", tmp_path)
    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "none")
    monkeypatch.setattr("infra.local.__main__._on_interrupt", lambda _handler: None)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (tmp_path / "stacks").mkdir()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["infra.local", *arguments])
    return main()


def test_an_unknown_setting_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "up", "--set", "SPEED=9") == 2
    assert capsys.readouterr().err.startswith("There is no setting SPEED; there are ")


def test_a_malformed_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "up", "--name", "../etc") == 2
    assert "'../etc' is no name for a stack" in capsys.readouterr().err


def test_an_emulator_that_does_not_answer_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)

    assert run(monkeypatch, "up", "--detach") == 1
    assert capsys.readouterr().err == f"No emulator answers at {NOBODY}, which AWS_ENDPOINT_URL names\n"


@pytest.mark.parametrize("command", ["status", "logs"])
def test_asking_about_no_stack_says_how_to_bring_it_up(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, command) == 1
    assert "python -m infra.local up --name local" in capsys.readouterr().err


def test_a_stack_that_died_is_told_from_one_that_never_was(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(local, pid=2**22 + 1)
    assert run(monkeypatch, "status", "--name", "dead") == 1
    assert "The stack dead died, and all that it held is gone" in capsys.readouterr().err
    assert run(monkeypatch, "status", "--name", "dead") == 1
    assert "There is no stack dead" in capsys.readouterr().err


def test_the_status_of_a_stack_that_is_not_deployed_shows_no_addresses(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(local, pid=None)
    assert run(monkeypatch, "status", "--name", "dead") == 1
    shown = capsys.readouterr()
    assert "The stack dead is being deployed, or that failed" in shown.err
    assert shown.out == ""


def test_taking_down_what_is_not_up_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "down") == 0
    assert capsys.readouterr().out == "There was no stack local.\n"


def record(local: Path, pid: int | None) -> Path:
    """Leave the record of a stack that was never deployed; its emulator is no process of ours."""
    written = local / "stacks" / "dead.json"
    written.write_text(json.dumps({"name": "dead", "endpoint": NOBODY, "settings": {}, "pid": pid}))
    return written


def test_the_remains_of_a_stack_that_died_are_removed(local: Path) -> None:
    scratch = emulator.place_of("dead").scratch
    scratch.mkdir(parents=True)
    written = record(local, pid=2**22 + 1)

    assert find("dead") is None
    assert not written.exists()
    assert not scratch.exists()
