"""The commands for API keys: each calls a use case and returns the lines to print."""

import argparse
import json
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from chalicelib.api.events import timestamp
from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey, is_name
from infra.operations.commands import Lines, named_account
from infra.operations.deployed import Deployed
from infra.operations.failure import OperationFailed
from infra.operations.wording import table

SHOWN_ONCE = "It is not shown again, for only a digest of it is kept: hand it to its holder now."
SERVES_ON = "API Gateway may remember it for another minute."


def add_to(command: argparse.ArgumentParser, named: Callable[..., argparse.ArgumentParser]) -> None:
    """Add make, revoke and list to the command line; `named` makes one of them."""
    below = command.add_subparsers(required=True, metavar="WHAT")
    made = named(below, "make", make, "Make an API key and show it, once. Each run makes another.")
    made.add_argument("--account", required=True, help="whose orders it places and sees")
    made.add_argument("--name", required=True, help="what you will know it by, like who holds it")
    made.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=[scope.value for scope in Scope],
        help="what it allows; give it again for more. trade includes read",
    )
    revoked = named(below, "revoke", revoke, "Let a key serve no more. To do it twice is fine.")
    revoked.add_argument("key_id", metavar="KEY_ID", help="its id, as `keys list` shows it")
    listed = named(below, "list", list_keys, "Show keys, without their secrets.")
    listed.add_argument("--account", help="one account's only")
    for speaking in (made, revoked, listed):
        speaking.add_argument("--json", action="store_true", help="for scripts")


def make(given: Namespace, at: Deployed) -> Lines:
    """Make a key and show its text, which is never shown again."""
    account = named_account(given.account)
    if not is_name(given.name):
        raise OperationFailed(f"{given.name!r} is no name: it is one line of at most 64 characters")
    made = at.engine.manage_keys.make(account, given.name, map(Scope, given.scope))
    if given.json:
        return [json.dumps({**_record(made.key), "key": made.text}, indent=1)]
    return [made.text, f"Key {made.key.key_id} of {made.key.account}: {_scopes(made.key)}. {SHOWN_ONCE}"]


def revoke(given: Namespace, at: Deployed) -> Lines:
    """Revoke a key."""
    key = at.engine.manage_keys.revoke(given.key_id)
    if given.json:
        return [json.dumps(_record(key), indent=1)]
    return [f"Key {key.key_id} of {key.account} ({key.name}) is revoked. {SERVES_ON}"]


def list_keys(given: Namespace, at: Deployed) -> Lines:
    """List all keys, or an account's."""
    keys = at.engine.manage_keys.made_for(given.account)
    if given.json:
        return [json.dumps([_record(key) for key in keys], indent=1)]
    if not keys:
        return ["There are no keys: `keys make` makes one."]
    rows = [
        (
            key.key_id,
            key.account,
            key.name,
            _scopes(key),
            timestamp(key.created_at),
            timestamp(key.revoked_at) if key.revoked_at is not None else "-",
        )
        for key in keys
    ]
    return table(("KEY", "ACCOUNT", "NAME", "SCOPES", "MADE", "REVOKED"), rows)


def _record(key: ApiKey) -> dict[str, Any]:
    revoked = {} if key.revoked_at is None else {"revokedAt": timestamp(key.revoked_at)}
    return {
        "keyId": key.key_id,
        "account": key.account,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "createdAt": timestamp(key.created_at),
        **revoked,
    }


def _scopes(key: ApiKey) -> str:
    return ", ".join(sorted(key.scopes))
