from functools import partial
from io import StringIO

import httpx
import pytest

import oee.__main__ as command
from oee import Client
from oee.screen import Screen
from tests.unit.oee.answers import URL, Script


class Keyboard(StringIO):
    """What a person types."""

    def isatty(self):
        return True


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command against scripted answers; its exit code and what it said."""
    monkeypatch.setenv("OEE_URL", URL)

    def running(*arguments, answers):
        script = answers if isinstance(answers, Script) else Script(*answers)
        monkeypatch.setattr(command, "Client", partial(Client, transport=httpx.MockTransport(script)))
        code = command.main([*arguments, "--patience", "0"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return running


@pytest.fixture
def on_terminal(run, monkeypatch):
    """The same on a terminal, before which somebody types."""

    def running(*arguments, answers, typed=""):
        monkeypatch.setattr(Screen, "is_read_by_a_person", True)
        monkeypatch.setattr("sys.stdin", Keyboard(typed))
        return run(*arguments, answers=answers)

    return running
