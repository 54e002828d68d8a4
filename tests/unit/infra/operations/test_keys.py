"""What the commands for API keys say, and what they refuse."""

import json
from types import SimpleNamespace

import pytest

from chalicelib.errors import ApiKeyNotFound
from chalicelib.services.manage_keys import ManageKeys
from infra.operations.__main__ import parser
from infra.operations.failure import OperationFailed
from tests.fakes.accounts import InMemoryApiKeys
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers

MAKE = ("make", "--account", "alice", "--name", "her bot")


@pytest.fixture
def run():
    """Run a command of `keys` against keys in memory; returns the lines that it prints."""
    manage = ManageKeys(InMemoryApiKeys(), FakeClock(), FakeIdentifiers())
    at = SimpleNamespace(engine=SimpleNamespace(manage_keys=manage))

    def running(*words):
        given = parser().parse_args(["--local", "x", "keys", *words])
        return given.act(given, at)

    return running


def test_a_new_key_is_printed_by_itself_and_then_said_to_be_its_only_showing(run):
    key, sentence = run(*MAKE, "--scope", "trade")
    assert key.startswith("oee_000000000001_")
    assert "of alice: read, trade" in sentence
    assert "not shown again" in sentence


def test_scripts_get_the_key_in_one_document(run):
    made = json.loads("\n".join(run(*MAKE, "--scope", "admin", "--scope", "read", "--json")))
    assert made["key"].startswith(f"oee_{made['keyId']}_")
    assert (made["account"], made["name"], made["scopes"]) == ("alice", "her bot", ["admin", "read"])


def test_a_list_shows_whose_keys_are_and_which_are_revoked_and_no_secret(run):
    made = [run(*MAKE, "--scope", "read")[0] for _ in range(2)]
    assert run("revoke", "000000000002") == run("revoke", "000000000002")
    head, first, second = run("list")
    assert head.split() == ["KEY", "ACCOUNT", "NAME", "SCOPES", "MADE", "REVOKED"]
    assert first.endswith("-")
    assert not second.endswith("-")
    assert [line.split()[:2] for line in (first, second)] == [
        ["000000000001", "alice"], ["000000000002", "alice"],
    ]  # fmt: skip
    shown = first + second + "\n".join(run("list", "--json"))
    assert not [key for key in made if key.rpartition("_")[2] in shown]


def test_an_account_without_keys_is_said_to_have_none(run):
    run(*MAKE, "--scope", "read")
    assert run("list", "--account", "bob") == ["There are no keys: `keys make` makes one."]
    assert json.loads(run("list", "--account", "bob", "--json")[0]) == []


def test_a_key_that_is_not_there_can_not_be_revoked(run):
    with pytest.raises(ApiKeyNotFound):
        run("revoke", "000000000009")


@pytest.mark.parametrize(
    ("account", "name"), [("a b", "bot"), ("", "bot"), ("alice", " "), ("alice", "a\nb")]
)
def test_what_names_no_account_or_no_key_is_refused_and_nothing_is_made(run, account, name):
    with pytest.raises(OperationFailed, match=r"is no (account|name)"):
        run("make", "--account", account, "--name", name, "--scope", "read")
    assert json.loads("\n".join(run("list", "--json"))) == []


@pytest.mark.parametrize("words", [MAKE, (*MAKE, "--scope", "everything"), ("revoke",), ()])
def test_a_command_that_lacks_something_is_refused(run, words, capsys):
    with pytest.raises(SystemExit) as refused:
        run(*words)
    assert refused.value.code == 2
    assert "usage" in capsys.readouterr().err
