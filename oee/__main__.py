"""The command line `oee`: trade over the order execution engine's public API."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from io import TextIOWrapper

from oee import commands
from oee.address import VARIABLE, find_url
from oee.api_key import VARIABLE as KEY_VARIABLE
from oee.api_key import find_api_key
from oee.client import Client
from oee.errors import OeeError
from oee.exits import GIVEN_WRONGLY, INTERRUPTED, MEANINGS, UNREAD, exit_code
from oee.patience import Patience
from oee.screen import JsonScreen, Screen
from oee.version import __version__

EPILOG = f"""\
{MEANINGS}
The API is that of --url, or {VARIABLE}, or the local stack's if one is up. Where it asks for an API key,
that is --api-key's, or {KEY_VARIABLE}'s. An order's id may be cut short to a beginning that no other has.
"""

_PERCENTAGE = re.compile(r"([0-9]{1,2}(\.[0-9]{1,2})?) ?%?", re.ASCII)
_MOST_SLIPPAGE = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; the exit code tells the outcome."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may know no arrow
        elif stream is None:
            return UNREAD  # it was closed before we began, and nothing is done that nobody could read of
    given = _parse([_sendable(text) for text in (sys.argv[1:] if arguments is None else arguments)])
    try:
        return _act(given, JsonScreen() if given.json else Screen())
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:  # the pipe is closed or the disk is full: what is left must not be tried again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return UNREAD


def _act(given: argparse.Namespace, screen: Screen) -> int:
    try:
        url = find_url(given.url, os.environ, stack=given.stack)
        key = find_api_key(given.api_key, os.environ)
        patience = Patience(given.patience)
        with Client(url, api_key=key, patience=patience, on_trouble=screen.on_trouble) as client:
            return int(given.act(client, given, screen))
    except OeeError as error:
        screen.fail(error)
        return exit_code(error)


def _sendable(argument: str) -> str:
    """Return an argument with undecodable bytes replaced, so that it can be sent."""
    return argument.encode(errors="replace").decode()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    if not arguments:
        parser.print_help(sys.stderr)
        raise SystemExit(GIVEN_WRONGLY)
    return parser.parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oee",
        description="Trade over the order execution engine's API.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"oee {__version__}")
    parser.set_defaults(url=None, stack=None, api_key=None, json=False, patience=60.0)
    _add_common(parser)
    below = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, meaning: str) -> argparse.ArgumentParser:
        added = below.add_parser(name, help=meaning, description=meaning)
        _add_common(added)
        added.set_defaults(act=act)
        return added

    quote = command("quote", commands.quote, "Ask what a swap would give, without trading.")
    place = command("place", commands.place, "Place a market order.")
    limit = command("limit", commands.limit, "Place an order that trades at its price or not at all.")
    for swapping in (quote, place, limit):
        _add_swap(swapping)
    _add_limit(limit)
    place.add_argument(
        "--minimum", metavar="AMOUNT",
        help="the least of OUT that it may give. On a terminal it is that of the quote which is shown first, "
        "unless --key is given",
    )  # fmt: skip
    for placing in (place, limit):
        _add_placing(placing)
    orders = command("list", commands.list_orders, "List orders, newest first.")
    orders.add_argument("--status", help="only orders that have it")
    orders.add_argument("--limit", type=int, metavar="N", help="how many, 1 to 100")
    orders.add_argument("--cursor", help="the page after the one that named it")
    watch = command("watch", commands.watch, "Follow an order to its end, or all orders until interrupted.")
    watched = watch.add_mutually_exclusive_group(required=True)
    _add_order(watched)
    watched.add_argument("--all", action="store_true", help="every open order, and each that comes")
    show = command("show", commands.show, "Show an order with its quotes, fill and history.")
    _add_order(show.add_mutually_exclusive_group(required=True))
    cancel = command("cancel", commands.cancel, "Cancel an order while nothing was sent, or all of them.")
    cancelled = cancel.add_mutually_exclusive_group(required=True)
    _add_order(cancelled)
    cancelled.add_argument("--all", action="store_true", help="every open order of the account")
    command("health", commands.health, "Say whether there is trading, and how much work.")
    command("me", commands.me, "Say who you are to the API, and how much of the limits is used.")
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that are allowed both before and after the command."""
    common = parser.add_argument_group("which API, and how")
    unset = argparse.SUPPRESS
    common.add_argument("--url", default=unset, help=f"the API's REST address; {VARIABLE} unless given")
    common.add_argument("--stack", default=unset, metavar="NAME", help="the API of this local stack")
    common.add_argument(
        "--api-key", default=unset, metavar="KEY",
        help=f"who you are to the API; {KEY_VARIABLE} unless given, which others here can't see",
    )  # fmt: skip
    common.add_argument(
        "--json", default=unset, action="store_true", help="one JSON document a line, for scripts"
    )
    common.add_argument(
        "--patience", default=unset, type=_seconds, metavar="SECONDS",
        help="how long a request is tried again; 60 unless given, 0 for once only",
    )  # fmt: skip


def _add_order(named: argparse._MutuallyExclusiveGroup) -> None:
    named.add_argument("order_id", metavar="ID", nargs="?", type=_order_id, help="the order's id")
    named.add_argument("--key", help="the Idempotency-Key that it was placed with, in the last five minutes")


def _add_swap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("token_in", metavar="IN", help="token that is sold: symbol or mint")
    parser.add_argument("token_out", metavar="OUT", help="token that is bought")
    parser.add_argument("amount", metavar="AMOUNT", help="how much of IN, like 1.5")
    parser.add_argument(
        "--slippage", metavar="PERCENT", type=_percentage,
        help="how much less than quoted it may give, in percent: like 0.1, 0.5 or 1. "
        "0.5 is 0.5 %%; 1 %% unless given",
    )  # fmt: skip


def _add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", required=True, metavar="PRICE",
        help="the worst price, net of all fees: so many whole tokens of --price-in for one of the other",
    )  # fmt: skip
    parser.add_argument(
        "--price-in", required=True, metavar="TOKEN", help="IN or OUT: the token in which the price is"
    )
    parser.add_argument(
        "--time-in-force", required=True, choices=("FOK", "IOC"),
        help="it doesn't wait for its price; both mean the same, because a swap is all or nothing",
    )  # fmt: skip


def _add_placing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--valid-for", type=int, metavar="SECONDS", help="the order's life, 5 to 3600")
    parser.add_argument("--key", help="the Idempotency-Key; a random one unless given")
    parser.add_argument(
        "--yes", action="store_true",
        help="place it without a question, also with a slippage over 5 %%, a high price impact, or no quote",
    )  # fmt: skip
    parser.add_argument(
        "--wait", action="store_true",
        help="if trading is stopped or too many came, place it as soon as that ends, within --patience",
    )  # fmt: skip
    parser.add_argument("--watch", action="store_true", help="follow the order to its end")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return seconds


def _percentage(text: str) -> Decimal:
    read = _PERCENTAGE.fullmatch(text.strip())
    if not read or Decimal(read[1]) > _MOST_SLIPPAGE:
        raise argparse.ArgumentTypeError(
            f"{text} is no percentage from 0 to {_MOST_SLIPPAGE} with at most two places, like 0.5"
        )
    return Decimal(read[1])


def _order_id(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text.strip()


if __name__ == "__main__":
    sys.exit(main())
