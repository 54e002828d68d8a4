"""The command for an account's limits: it calls a use case and returns the lines to print."""

import argparse
import json
from argparse import Namespace
from collections.abc import Iterable, Mapping

from chalicelib.domain.limits import write_amounts, write_limits
from chalicelib.domain.tokens import TokenList
from chalicelib.services.set_limits import AccountUsage
from infra.operations.commands import Lines, named_account
from infra.operations.deployed import Deployed
from infra.operations.failure import OperationFailed
from infra.operations.wording import table

TAKEN_ON = "API Gateway may remember the limits before for another minute."
OPEN = "This stack asks for no keys: everybody is one account, which has the settings' limits and no others."


def add_to(command: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    command.add_argument("--account", required=True, help="whose limits")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a limit by the name of its setting, like MAX_ORDER_AMOUNTS=SOL=10,USDC=500; it stands in for "
        "the account's own one before as a whole, and an empty value takes that back; once for each name",
    )
    command.add_argument("--json", action="store_true", help="for scripts")


def show_or_set(given: Namespace, at: Deployed) -> Lines:
    """Show an account's limits and how much of them is used, or change its own."""
    account = named_account(given.account)
    if given.set and at.engine.settings.is_open:
        raise OperationFailed(OPEN)
    changes = _changes(given.set)
    use_case = at.engine.set_limits
    try:
        usage = use_case.change(account, changes) if changes else use_case.read(account)
    except ValueError as error:
        raise OperationFailed(str(error)) from None
    if given.json:
        return [json.dumps(_record(account, usage, at.engine.tokens), indent=1)]
    return [f"Account {account}", *_table(usage, at.engine.tokens), *([TAKEN_ON] if changes else [])]


def _changes(pairs: Iterable[str]) -> Mapping[str, str]:
    changes: dict[str, str] = {}
    for text in pairs:
        name, equals, value = text.partition("=")
        if not equals:
            raise OperationFailed(f"{text!r} is no NAME=VALUE")
        if name in changes:
            raise OperationFailed(f"{name} is given twice: give each limit once, amounts as SOL=10,USDC=500")
        changes[name] = value
    return changes


def _used(usage: AccountUsage, tokens: TokenList) -> Mapping[str, str]:
    exposure = usage.exposure
    return {
        "RATE_LIMIT_PER_MINUTE": f"{exposure.requests} in this minute",
        "MAX_OPEN_ORDERS": f"{len(exposure.open_orders)} or fewer",
        "MAX_DAILY_AMOUNTS": write_amounts(exposure.amounts, tokens) or "nothing today (UTC)",
    }


def _table(usage: AccountUsage, tokens: TokenList) -> Lines:
    used = _used(usage, tokens)
    rows = [
        (name, text or "no limit", "its own" if name in usage.own else "the settings'", used.get(name, ""))
        for name, text in write_limits(usage.limits, tokens).items()
    ]
    return table(("LIMIT", "STANDS AT", "IS", "USED"), rows)


def _record(account: str, usage: AccountUsage, tokens: TokenList) -> Mapping[str, object]:
    return {
        "account": account,
        "limits": write_limits(usage.limits, tokens),
        "own": dict(usage.own),
        "used": {
            "ordersThisMinute": usage.exposure.requests,
            "openOrdersAtMost": len(usage.exposure.open_orders),
            "amountsToday": write_amounts(usage.exposure.amounts, tokens),
        },
    }
