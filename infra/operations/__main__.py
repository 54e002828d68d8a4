"""`python -m infra.operations`: the operator's commands, which call the engine's own use cases."""

# ruff: noqa: T201 - this module speaks to a person

import argparse
import getpass
import os
import sys
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import InvalidSettings
from chalicelib.domain.trading import TradingState
from chalicelib.errors import EngineError, TradingActive
from infra.local.failure import LocalFailure
from infra.operations import commands, keys, limits, pools, steering
from infra.operations.deployed import deployed
from infra.operations.failure import OperationFailed


def main() -> int:
    """Do what the command line asks; the exit code is 1 when it went wrong, 2 when it was asked wrongly."""
    given = parser().parse_args()
    try:
        with deployed(local=given.local, stack=given.stack, table=given.table) as at:
            lines = given.act(given, at)
    except (OperationFailed, TradingActive, LocalFailure, InvalidSettings) as failure:
        return _refused(str(failure))
    except EngineError as error:
        return _refused(f"{type(error).__name__}: {error}")
    except (BotoCoreError, ClientError) as error:
        return _refused(f"AWS refused or did not answer: {error}")
    _say(lines)
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(
        prog="python -m infra.operations",
        description="See and steer a running engine. Every command is safe to repeat.",
        epilog="What to do when: infra/runbooks. AWS credentials and region are those of the AWS CLI.",
    )
    where = whole.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", metavar="NAME", help="a running local stack")
    where.add_argument("--stack", metavar="NAME", help="an application stack in the AWS account")
    whole.add_argument(
        "--table", metavar="NAME", help="another orders table than the stack's, like a restored one"
    )
    below = whole.add_subparsers(required=True, metavar="COMMAND")
    command = partial(_named, below)
    shown = command("list", commands.list_orders, "Show the open orders, the queues and the trading switch.")
    shown.add_argument("--limit", type=int, default=100, help="most orders to show; 100 unless given")
    one = command("explain", commands.explain_order, "Show what happened to an order and what will.")
    one.add_argument("order", metavar="ORDER", help="its id")
    back = command("redrive", commands.redrive, "Send dead letters and parked messages back to work.")
    back.add_argument("--discard", action="store_true", help="delete messages that are none of ours")
    swept = command("reconcile", commands.reconcile, "Sweep once now, or send one order's message now.")
    swept.add_argument("order", metavar="ORDER", nargs="?", help="its id")
    command("watch", commands.watch, "Watch prices from here for a minute, while orders are armed.")
    turned = command("trading", commands.trading, "Show the trading switch, or turn it.")
    turned.add_argument("state", nargs="?", choices=[state.value for state in TradingState])
    turned.add_argument("--why", default="", help="the reason, kept beside it")
    turned.add_argument("--who", default=getpass.getuser(), help="who turns it; your login name unless given")
    command(
        "expire-open", commands.expire_open, "Close every open order of which no transaction is recorded."
    )
    for speaking in (shown, one, turned):
        speaking.add_argument("--json", action="store_true", help="for scripts")
    meaning = "Make, revoke and list API keys."
    keys.add_to(below.add_parser("keys", help=meaning, description=meaning), _named)
    meaning = "Show an account's limits, or give it some of its own."
    limits.add_to(command("limits", limits.show_or_set, meaning))
    meaning = "Read pools from the chain of a stack with live prices, and say how to list them."
    pools.add_to(command("pools", pools.recognise, meaning))
    meaning = "Move a price of the paper market, where the setting PAPER_CONTROLS is on."
    steering.add_move_to(command("market", steering.move_market, meaning))
    meaning = "Change what quotes of the paper market read, where the setting PAPER_CONTROLS is on."
    steering.add_feed_to(command("feed", steering.set_feeds, meaning))
    return whole


def _named(below: Any, name: str, act: commands.Command, meaning: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = below.add_parser(name, help=meaning, description=meaning)
    added.set_defaults(act=act)
    return added


def _say(lines: commands.Lines) -> None:
    """Print what was done; a reader that closes the pipe early, like `head -1`, is no failure."""
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - what is left unread is flushed once more at the end
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
