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


def test_taking_down_what_is_not_up_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "down") == 0
    assert capsys.readouterr().out == "There was no stack local.\n"


def test_the_remains_of_a_stack_that_died_are_removed(local: Path) -> None:
    record = local / "stacks" / "dead.json"
    scratch = emulator.place_of("dead").scratch
    scratch.mkdir(parents=True)
    record.write_text(json.dumps({"name": "dead", "endpoint": NOBODY, "settings": {}, "pid": 2**22 + 1}))

    assert find("dead") is None
    assert not record.exists()
    assert not scratch.exists()
