"""What an operator types, done to a running local stack."""

import json
import subprocess
import sys
from typing import Any

from infra.local.stack import Stack
from tests.e2e.trader import PATIENCE, Trader


def operate(stack: Stack, *words: str) -> str:
    """One command; returns what it printed."""
    command = [sys.executable, "-m", "infra.operations", "--local", stack.name, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_key(stack: Stack, account: str, *scopes: str) -> dict[str, Any]:
    """A new key: its id and text, and what it is for."""
    named = [word for scope in scopes for word in ("--scope", scope)]
    made: dict[str, Any] = json.loads(
        operate(stack, "keys", "make", "--account", account, "--name", "a test's", *named, "--json")
    )
    return made


def key_holder(stack: Stack, account: str, *scopes: str) -> Trader:
    """A client that has a new key of the account."""
    return Trader(stack.rest_url, make_key(stack, account, *scopes)["key"])
