"""What every command has in common: how it ends."""

import os
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from infra.operations import __main__ as operations
from infra.operations import keys

WORDS = ("--local", "x", "keys", "make", "--account", "alice", "--name", "bot", "--scope", "read")


def test_who_reads_no_further_is_no_failure(monkeypatch):
    """Like `head -1`, which takes the key and leaves."""
    nobody, write = os.pipe()
    os.close(nobody)
    monkeypatch.setattr(operations, "deployed", lambda **_where: nullcontext(SimpleNamespace()))
    monkeypatch.setattr(keys, "make", lambda _given, _at: ["the key", "and a sentence"])
    monkeypatch.setattr(sys, "argv", ["operations", *WORDS])
    with os.fdopen(write, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        assert operations.main() == 0


@pytest.mark.parametrize("words", [["keys"], []])
def test_a_command_line_that_says_too_little_ends_with_2(monkeypatch, words):
    monkeypatch.setattr(sys, "argv", ["operations", *words])
    with pytest.raises(SystemExit) as ended:
        operations.main()
    assert ended.value.code == 2
